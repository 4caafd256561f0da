import { existsSync, readdirSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { logPatterns, releaseTable } from '../../src/lxd/data/index.ts';
import type { MeasuredBinary } from '../../src/lxd/parse/binary.ts';
import { parseFrame, type Frame } from '../../src/lxd/parse/frame.ts';
import { parseMember, type ParsedMember } from '../../src/lxd/parse/member.ts';
import { compileProbe } from '../../src/lxd/probe-script.ts';
import { LOG_FILTER } from '../../src/lxd/script/files.ts';
import { buildLxdBinary } from '../../src/rehearsal/binary.ts';
import { COMMON, DATABASE, servingMember, type MemberRoot, type Ran } from '../support/member-root.ts';
import { LOG_SAMPLES } from '../support/log-samples.ts';

const CURRENT = buildLxdBinary({
  names: releaseTable.extensionNames('5.21.2'),
  globalSchema: 73,
  localSchema: 43,
  version: '5.21.2',
});
const KEPT = buildLxdBinary({
  names: releaseTable.extensionNames('5.21.3'),
  globalSchema: 73,
  localSchema: 43,
  version: '5.21.3',
});

const roots: MemberRoot[] = [];

function member(current = CURRENT): MemberRoot {
  const root = servingMember({ current, kept: KEPT });
  roots.push(root);
  return root;
}

afterEach(() => {
  for (const root of roots.splice(0)) root.dispose();
});

function requireFrame(ran: Ran): Frame {
  expect(ran.stderr).toBe('');
  expect(ran.code).toBe(0);
  const frame = parseFrame(ran.stdout, 'nonce');
  if (!frame.ok) throw new Error(`${frame.error.kind}: ${frame.error.text}`);
  return frame.value;
}

function look(root: MemberRoot, known: ReadonlyMap<string, MeasuredBinary> = new Map(), shell = 'sh'): ParsedMember {
  const frame = requireFrame(root.run(compileProbe({ nonce: 'nonce', knownBinaries: [...known.keys()] }), shell));
  return parseMember(frame, {
    sentAt: 0,
    receivedAt: 1000,
    knownBinaries: known,
    releases: releaseTable,
    patterns: logPatterns,
  });
}

describe.each(['dash', 'bash'])('the probe text under %s', (shell) => {
  test('finds every fact of a serving member', () => {
    const { facts } = look(member(), new Map(), shell);
    expect(facts.failedParts).toEqual([]);
    expect(facts).toMatchObject({
      install: 'snap',
      snap: {
        version: '5.21.2-2f4ba6b',
        revision: '30131',
        tracking: '5.21/stable',
        held: true,
        inCohort: true,
        disabled: false,
      },
      changes: [{ id: '7', status: 'Done', spawn: 'today at 07:20 UTC', summary: 'Refresh "lxd" snap' }],
      unit: { activeState: 'active', mainPid: 4200, restarts: 0, restartsLater: null },
      stateFile: '',
      ready: 'ready',
      process: { pid: 4242, extensions: 387 },
      api: { version: '5.21.2', serverName: 'm1', clustered: true },
      nodes: { source: 'live', at: 1000, databaseSchema: 73, rows: [{ id: 1, apiExtensions: 402, state: 'created' }] },
      raft: [{ id: 1, role: 'voter' }],
      settings: { healingThresholdS: 30, offlineThresholdS: null },
      clusterAddress: '10.0.0.1:8443',
      clustered: true,
      instances: {
        running: [
          { pid: 4300, name: 'web1' },
          { pid: 4301, name: 'vm1' },
        ],
      },
      lxcfsPid: 4100,
      leftovers: { patchGlobal: null, patchLocal: false, recoveryTarball: false, lxdDebug: false },
      stopKnowsCrashed: true,
      extensionBump: null,
    });
    expect(facts.binaries).toMatchObject([
      { revision: '30131', path: '/snap/lxd/30131/bin/lxd', extensions: 387, schema: 73, localSchema: 43 },
      { revision: '33110', path: '/snap/lxd/33110/sbin/lxd', extensions: 402, schema: 73, localSchema: 43 },
    ]);
    expect(facts.binaries[1]?.names).toEqual(releaseTable.extensionNames('5.21.3'));
    expect(facts.log).toMatchObject([
      { pattern: 'time_skew', source: 'lxd.log', at: Date.UTC(2026, 10, 23, 4, 35, 58) },
    ]);
  });

  test('a healthy member is asked once: one curl, no journal, no second look', () => {
    const root = member();
    look(root, new Map(), shell);
    const calls = root.calls();
    expect(calls.filter((call) => call.startsWith('curl'))).toHaveLength(1);
    expect(calls.filter((call) => call.startsWith('systemctl'))).toHaveLength(1);
    expect(calls.some((call) => call.startsWith('journalctl'))).toBe(false);
  });
});

describe('what the probe must not do', () => {
  test('it never asks the socket while the unit is not active', () => {
    const root = member();
    root.answer('systemctl.show', 'LoadState=loaded\nActiveState=inactive\nSubState=dead\nNRestarts=0\n');
    const { facts } = look(root);
    expect(facts.ready).toBe('not-asked');
    expect(root.calls().filter((call) => /^(curl|lxc|lxd) /.test(call))).toEqual([]);
  });

  test('it asks nothing public of a member that is not ready, and looks at the restart counter twice', () => {
    const root = member();
    root.answer('curl.ready.code', '503');
    const { facts } = look(root);
    expect(facts).toMatchObject({
      ready: 'not-ready',
      api: null,
      clusterList: null,
      nodes: { source: 'live' },
      unit: { restartsLater: 0 },
    });
    const asked = root.calls().filter((call) => call.startsWith('curl'));
    expect(asked).toHaveLength(2);
    expect(asked[1]).not.toContain('/1.0');
  });

  test('it leaves nothing behind', () => {
    const before = new Set([...readdirSync('/tmp'), ...(existsSync('/dev/shm') ? readdirSync('/dev/shm') : [])]);
    const root = member();
    look(root);
    const after = [...readdirSync('/tmp'), ...(existsSync('/dev/shm') ? readdirSync('/dev/shm') : [])];
    expect(after.filter((name) => name.startsWith('lockstep.') && !before.has(name))).toEqual([]);
  });

  test('no path of LXD or the snap stands in it without the prefix', () => {
    const rest = compileProbe({ nonce: 'n' }).replaceAll('$R/var/snap/', '').replaceAll('$R/snap/', '');
    expect(rest).not.toMatch(/\/snap\b/);
  });

  test('a nonce that is not one is refused, keys that are not keys are left out', () => {
    expect(() => compileProbe({ nonce: "n'; reboot; '" })).toThrow('nonce');
    expect(compileProbe({ nonce: 'n', knownBinaries: ["1:2:3:4'; reboot", '1:2:3:4'] })).toContain("KNOWN=' 1:2:3:4 '");
  });
});

describe('binaries', () => {
  test('known ones are not read again and keep their facts', () => {
    const root = member();
    const first = look(root);
    const frame = requireFrame(root.run(compileProbe({ nonce: 'nonce', knownBinaries: [...first.measured.keys()] })));
    expect([...frame.parts.keys()].filter((name) => name.startsWith('binary-'))).toEqual([]);
    expect(look(root, first.measured).facts.binaries).toEqual(first.facts.binaries);
  });

  test('a replaced file has another key and is read again', () => {
    const root = member();
    const first = look(root);
    root.put('snap/lxd/30131/bin/lxd', KEPT, 0o755);
    expect(look(root, first.measured).facts.binaries[0]?.extensions).toBe(402);
  });

  test('a daemon whose file is gone from the snap is measured by itself', () => {
    const root = member();
    root.put('gone/lxd', CURRENT);
    root.link('proc/4242/exe', root.at('gone/lxd'));
    root.put('snap/lxd/30131/bin/lxd', KEPT, 0o755);
    const { facts } = look(root);
    expect(facts.process?.extensions).toBe(387);
    expect(facts.binaries.map(({ revision, extensions }) => [revision, extensions])).toEqual([
      ['30131', 402],
      ['33110', 402],
      [null, 387],
    ]);
  });

  test.each([0x40_0a00, 0x0a0a_0000, 0x1_000a_0000])(
    'newline bytes in addresses (0x%s) do not hide the list',
    (loadAddress) => {
      const names = releaseTable.extensionNames('6.6');
      const root = member(buildLxdBinary({ names, globalSchema: 78, localSchema: 43, version: '6.6', loadAddress }));
      expect(look(root).facts.binaries[0]).toMatchObject({ extensions: 448, schema: 78, names });
    },
  );

  test('in 4.0 the global schema is the smaller number', () => {
    const names = releaseTable.extensionNames('4.0.9');
    const root = member(buildLxdBinary({ names, globalSchema: 30, localSchema: 42, version: '4.0.9' }));
    expect(look(root).facts.binaries[0]).toMatchObject({ extensions: 220, schema: 30, localSchema: 42 });
  });

  test('position independent, foreign and truncated files are unknown, never guessed', () => {
    const independent = CURRENT.slice();
    independent[16] = 3;
    for (const bytes of [
      independent,
      new TextEncoder().encode('#!/bin/sh\n'),
      new Uint8Array(),
      CURRENT.slice(0, 9000),
    ]) {
      const { facts } = look(member(bytes));
      expect(facts.binaries[0]).toMatchObject({ revision: '30131', extensions: null, schema: null, names: null });
      expect(facts.failedParts.map(({ part }) => part)).toContain('binary');
      expect(facts.binaries[1]?.extensions).toBe(402);
    }
  });
});

describe('what may be missing', () => {
  test('without curl the command line asks', () => {
    const root = member();
    const text = compileProbe({ nonce: 'nonce' }).replace('command -v curl', 'command -v no-such-command');
    root.answer('lxd.waitready', '');
    root.answer('lxc.query', '{"api_extensions": ["a", "b"], "environment": {"server_clustered": true}}');
    root.answer('lxd.sql', '+----+\n| id |\n+----+\n| 1  |\n+----+\n');
    const frame = requireFrame(root.run(text));
    expect(
      root
        .calls()
        .filter((call) => /^(lxd|lxc) /.test(call))
        .sort()
        .map((call) => call.split(' ').slice(0, 3).join(' ')),
    ).toEqual([
      'lxc query /1.0',
      'lxc query /1.0/cluster/members?recursion=1',
      'lxd sql global',
      'lxd sql global',
      'lxd sql local',
      'lxd waitready --timeout',
    ]);
    expect(frame.parts.has('global-text')).toBe(true);
  });

  test('no snap, no lxd: absent; an lxd from elsewhere: not a snap', () => {
    const root = member();
    root.answer('snap.list.code', '1');
    root.answer('snap.list', 'error: no matching snaps installed\n');
    root.remove('snap');
    root.remove('proc/4242');
    expect(look(root).facts.install).toBe('not-a-snap');
    expect(look(root).facts.snap).toBeNull();
  });

  test('leftovers are seen, and an unreadable answer is not "none"', () => {
    const root = member();
    root.put(`${DATABASE}/patch.global.sql`, 'UPDATE nodes SET api_extensions=1;\n');
    root.put(`${DATABASE}/patch.local.sql`, '');
    root.put(`${DATABASE}/lxd_recovery_db.tar.gz`, '');
    root.put(`${COMMON}/lxd.debug`, '', 0o755);
    expect(look(root).facts.leftovers).toEqual({
      patchGlobal: 'UPDATE nodes SET api_extensions=1;\n',
      patchLocal: true,
      recoveryTarball: true,
      lxdDebug: true,
    });
  });

  test('a bumped daemon shows the bump', () => {
    const root = member();
    root.put('proc/4242/environ', 'A=b\0LXD_ARTIFICIALLY_BUMP_API_EXTENSIONS=-2\0');
    expect(look(root).facts.extensionBump).toBe(-2);
  });
});

describe('the coarse log filter', () => {
  test.each(
    logPatterns.filter((entry) => LOG_SAMPLES[entry.id] !== undefined).map((entry) => [entry.id, entry] as const),
  )('lets %s through, and its pattern matches', (id, entry) => {
    const line = LOG_SAMPLES[id] ?? '';
    expect(entry.pattern.test(line)).toBe(true);
    expect(new RegExp(LOG_FILTER).test(line)).toBe(true);
  });

  test('every pattern that a log can hold has a sample', () => {
    const missing = logPatterns.filter(
      ({ id }) => !/^(?:cli_|list_|waitready|join_)/.test(id) && LOG_SAMPLES[id] === undefined,
    );
    expect(missing.map(({ id }) => id)).toEqual([]);
  });
});
