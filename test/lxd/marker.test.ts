import { spawn, spawnSync } from 'node:child_process';
import { afterEach, describe, expect, test } from 'vitest';
import { requireRunId } from '../../src/domain/ids.ts';
import {
  DROP_MARKER,
  dropMarkerText,
  TAKE_MARKER,
  takeMarkerText,
  type MarkerClaim,
} from '../../src/lxd/catalogue/marker.ts';
import { PRUNE_BACKUPS, pruneBackupsText } from '../../src/lxd/catalogue/prune.ts';
import { parseStepResult, type StepResult } from '../../src/lxd/step-result.ts';
import { COMMON, type MemberRoot } from '../support/member-root.ts';
import { createStepMembers } from '../support/step-members.ts';

const members = createStepMembers();
const MARKER = `${COMMON}/lockstep/marker`;
const OURS: MarkerClaim = {
  installation: 'ops1-aa',
  run: requireRunId('r123abc'),
  by: 'console:alice; rm -rf $HOME',
  lifeS: 1800,
  replaces: null,
};
const THEIRS: MarkerClaim = { ...OURS, installation: 'ops2-bb', run: requireRunId('r999zzz'), by: 'slack:U01BOB' };

afterEach(() => {
  members.dispose();
});

function take(root: MemberRoot, claim: MarkerClaim): StepResult {
  const ran = root.run(takeMarkerText(claim));
  return parseStepResult(TAKE_MARKER, ran.stdout, ran.code ?? -1);
}

function drop(root: MemberRoot, { installation, run }: MarkerClaim): StepResult {
  const ran = root.run(dropMarkerText({ installation, run }));
  return parseStepResult(DROP_MARKER, ran.stdout, ran.code ?? -1);
}

function expired({ installation, run }: MarkerClaim): string {
  return `lockstep-marker 1 ${installation} ${run} 1000 900 somebody\n`;
}

/** Both at the same time, each in a shell of its own. */
async function takeAtOnce(root: MemberRoot, claims: readonly MarkerClaim[]): Promise<readonly StepResult[]> {
  return Promise.all(
    claims.map(
      (claim) =>
        new Promise<StepResult>((resolve) => {
          const child = spawn('sh', ['-c', takeMarkerText(claim)], {
            env: { PATH: `${root.at('bin')}:/usr/bin:/bin`, LOCKSTEP_ROOT: root.path },
          });
          const chunks: Buffer[] = [];
          child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
          child.on('close', (code) => resolve(parseStepResult(TAKE_MARKER, Buffer.concat(chunks), code ?? -1)));
        }),
    ),
  );
}

describe('the marker on a member', () => {
  test('is placed once, private, outside the database, with a deadline on the member’s own clock', () => {
    const root = members.serving();
    const before = Math.floor(Date.now() / 1000);
    expect(take(root, OURS)).toMatchObject({ status: 'done', values: { how: 'placed' } });
    const [head, version, installation, run, until, since, by] = root.read(MARKER).trim().split(' ');
    expect([head, version, installation, run, by]).toEqual([
      'lockstep-marker',
      '1',
      'ops1-aa',
      'r123abc',
      'console:alice_rm_-rf_HOME',
    ]);
    expect(Number(until) - Number(since)).toBe(1800);
    expect(Number(since)).toBeGreaterThanOrEqual(before);
    expect(spawnSync('stat', ['-c', '%a %h', root.at(MARKER)]).stdout.toString()).toBe('600 1\n');
    expect(spawnSync('ls', ['-A', root.at(`${COMMON}/lockstep`)]).stdout.toString()).toBe('marker\n');
  });

  test('of the same run is renewed, and never shortened', () => {
    const root = members.serving();
    take(root, { ...OURS, lifeS: 3600 });
    const long = root.read(MARKER).split(' ')[4];
    expect(take(root, OURS)).toMatchObject({ status: 'done', values: { how: 'renewed', until: long } });
    expect(root.read(MARKER).split(' ')[4]).toBe(long);
  });

  test('of another installation is left as it is, and named', () => {
    const root = members.serving();
    take(root, THEIRS);
    const theirs = root.read(MARKER);
    expect(take(root, OURS)).toMatchObject({
      status: 'foreign',
      values: { reason: 'held', installation: 'ops2-bb', run: 'r999zzz', by: 'slack:U01BOB' },
    });
    expect(drop(root, OURS)).toMatchObject({ status: 'already' });
    expect(root.read(MARKER)).toBe(theirs);
  });

  test('whose deadline has passed is taken over', () => {
    const root = members.serving();
    root.put(MARKER, expired(THEIRS), 0o600);
    expect(take(root, OURS)).toMatchObject({ status: 'done', values: { how: 'taken-over' } });
    expect(root.read(MARKER)).toContain(' ops1-aa r123abc ');
  });

  test('of an ended run of this installation gives way only when that run is named', () => {
    const root = members.serving();
    take(root, { ...OURS, run: requireRunId('r000old') });
    expect(take(root, OURS)).toMatchObject({ status: 'foreign', values: { run: 'r000old' } });
    expect(take(root, { ...OURS, replaces: requireRunId('r000old') })).toMatchObject({
      status: 'done',
      values: { how: 'replaced' },
    });
    expect(take(root, { ...THEIRS, replaces: OURS.run })).toMatchObject({ status: 'foreign' });
  });

  test('of two that take an expired one over at the same time, one wins', { timeout: 60_000 }, async () => {
    const root = members.serving();
    for (let round = 0; round < 10; round += 1) {
      root.put(MARKER, expired({ ...OURS, installation: 'ops3-cc', run: requireRunId('r555555') }), 0o600);
      const said = await takeAtOnce(root, [OURS, THEIRS, { ...THEIRS, installation: 'ops4-dd' }]);
      const words = said.map((one) => (one.kind === 'said' ? one.status : one.kind)).sort();
      expect(words).toEqual(['done', 'foreign', 'foreign']);
    }
  });

  test.each([
    ['half a line', 'lockstep-marker 1 ops2-bb'],
    ['an empty file', ''],
    ['another format', 'lockstep-marker 2 ops2-bb r999zzz 1000 900 bob\n'],
    ['a run that is none', 'lockstep-marker 1 ops2-bb ../../x 1000 900 bob\n'],
    ['a deadline that is no number', 'lockstep-marker 1 ops2-bb r999zzz 10x 900 bob\n'],
    ['a deadline years ahead', 'lockstep-marker 1 ops2-bb r999zzz 99999999999 900 bob\n'],
    ['more words than one', 'lockstep-marker 1 ops2-bb r999zzz 1000 900 bob $(reboot)\n'],
  ])('%s in its place is nobody’s: refused and not touched', (_, content) => {
    const root = members.serving();
    root.put(MARKER, content, 0o600);
    expect(take(root, OURS)).toMatchObject({ status: 'foreign', values: { reason: 'unreadable' } });
    expect(drop(root, OURS)).toMatchObject({ status: 'already', values: { there: 'damaged' } });
    expect(root.read(MARKER)).toBe(content);
  });

  test('is no link to somewhere else', () => {
    const root = members.serving();
    root.put('elsewhere', expired(THEIRS));
    root.link(MARKER, root.at('elsewhere'));
    expect(take(root, OURS)).toMatchObject({ status: 'foreign', values: { reason: 'unreadable' } });
    expect(root.read('elsewhere')).toBe(expired(THEIRS));
  });

  test('is taken away by its own run, twice without harm', () => {
    const root = members.serving();
    expect(drop(root, OURS)).toMatchObject({ status: 'already' });
    take(root, OURS);
    expect(drop(root, OURS)).toMatchObject({ status: 'done' });
    expect(root.has(MARKER)).toBe(false);
    expect(drop(root, OURS)).toMatchObject({ status: 'already' });
  });

  test('a host without LXD gets no folder', () => {
    const root = members.serving();
    root.remove(COMMON);
    expect(take(root, OURS)).toMatchObject({ status: 'refused', values: { reason: 'no-lxd' } });
    expect(root.has(COMMON)).toBe(false);
  });

  test.each([
    ['an installation with a space', { ...OURS, installation: 'a b' }],
    ['a life of days', { ...OURS, lifeS: 1_000_000 }],
    ['no life', { ...OURS, lifeS: 0 }],
  ])('%s does not become a text', (_, claim) => {
    expect(() => takeMarkerText(claim)).toThrow(/not/);
  });
});

describe('back-ups of ended runs', () => {
  const gone = requireRunId('r000gon');

  test('are removed by name, and every other stays', () => {
    const root = members.serving();
    for (const run of ['r000gon', 'r000new', 'r777oth']) root.put(`${COMMON}/lockstep/${run}/database.tgz`, 'x');
    take(root, OURS);
    const text = pruneBackupsText([gone, requireRunId('r000non')]);
    const ran = root.run(text);
    expect(parseStepResult(PRUNE_BACKUPS, ran.stdout, ran.code ?? -1)).toMatchObject({
      status: 'done',
      values: { removed: '1' },
    });
    expect(spawnSync('ls', [root.at(`${COMMON}/lockstep`)]).stdout.toString()).toBe('marker\nr000new\nr777oth\n');
  });

  test('are not followed through a link', () => {
    const root = members.serving();
    root.put('precious/file', 'x');
    root.link(`${COMMON}/lockstep/r000gon`, root.at('precious'));
    expect(root.run(pruneBackupsText([gone])).code).toBe(6);
    expect(root.has('precious/file')).toBe(true);
  });

  test('nothing but run ids becomes a text', () => {
    expect(() => pruneBackupsText([])).toThrow('not a list');
    expect(() => pruneBackupsText(['../x' as typeof gone])).toThrow('not a list');
  });
});
