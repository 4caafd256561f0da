import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { MemberFacts } from '../../../src/domain/observation.ts';
import { logPatterns, releaseTable } from '../../../src/lxd/data/index.ts';
import { parseFrame } from '../../../src/lxd/parse/frame.ts';
import { parseMember } from '../../../src/lxd/parse/member.ts';

function factsOf(name: string): MemberFacts {
  const bytes = readFileSync(new URL(`../../fixtures/probe/${name}.frame`, import.meta.url));
  const frame = parseFrame(bytes, 'n1');
  if (!frame.ok) throw new Error(frame.error.text);
  const context = { sentAt: 0, receivedAt: 0, knownBinaries: new Map(), releases: releaseTable, patterns: logPatterns };
  return parseMember(frame.value, context).facts;
}

describe('answers captured from real daemons (LXD 5.0.2 and its shortened 5.0.1)', () => {
  test.each(['serving', 'serving-without-curl', 'crash-loop', 'waiting', 'stopped'])('%s: nothing failed', (name) => {
    const facts = factsOf(name);
    expect(facts.failedParts).toEqual([]);
    expect(facts.install).toBe('snap');
    expect(facts.raft?.map(({ role }) => role)).toEqual(['voter', 'voter', 'voter']);
    expect(facts.instances?.running).toHaveLength(1);
    expect(facts.stopKnowsCrashed).toBe(true);
    expect(facts.clustered).toBe(true);
  });

  test('the names read out of the binaries are those of the release table', () => {
    const { binaries } = factsOf('crash-loop');
    expect(
      binaries.map(({ revision, extensions, schema, localSchema }) => [revision, extensions, schema, localSchema]),
    ).toEqual([
      ['501', 313, 60, 42],
      ['502', 318, 60, 42],
    ]);
    expect(binaries[0]?.names).toEqual(releaseTable.extensionNames('5.0.1'));
    expect(binaries[1]?.names).toEqual(releaseTable.extensionNames('5.0.2'));
  });

  test('a serving member gives its rows, its list and its cluster live', () => {
    const facts = factsOf('serving');
    expect(facts).toMatchObject({ ready: 'ready', process: { extensions: 318, exe: '/snap/lxd/502/bin/lxd' } });
    expect(facts.api?.extensions).toEqual(releaseTable.extensionNames('5.0.2'));
    expect(facts.nodes).toMatchObject({ source: 'live', databaseSchema: 60 });
    expect(facts.nodes?.rows.map(({ apiExtensions, state }) => [apiExtensions, state])).toEqual([
      [318, 'created'],
      [318, 'created'],
      [318, 'created'],
    ]);
    expect(facts.clusterList?.map(({ status }) => status)).toEqual(['Online', 'Online', 'Online']);
  });

  test('without curl the boxes of `lxd sql` give the same', () => {
    const facts = factsOf('serving-without-curl');
    expect(facts).toMatchObject({
      ready: 'ready',
      nodes: { source: 'live', databaseSchema: 60 },
      clusterAddress: '10.80.0.2:8443',
    });
    expect(facts.nodes?.rows).toHaveLength(3);
    expect(facts.nodes?.rows.every(({ heartbeatMs }) => heartbeatMs !== null)).toBe(true);
  });

  test('a crash-looping member tells by its log and by the table on disk', () => {
    const facts = factsOf('crash-loop');
    expect(facts).toMatchObject({
      ready: 'not-ready',
      api: null,
      nodes: { source: 'disk', databaseSchema: 60 },
      unit: { restarts: 1, restartsLater: 2 },
    });
    expect(facts.nodes?.rows.map(({ apiExtensions }) => apiExtensions)).toEqual([318, 318, 318]);
    const fatal = facts.log.filter(({ pattern }) => pattern === 'behind_fatal');
    expect(new Set(fatal.map(({ source }) => source))).toEqual(new Set(['lxd.log', 'journal']));
    expect(fatal.every(({ at }) => at !== null)).toBe(true);
  });

  test('a waiting member tells its rows live, though its public API hangs', () => {
    const facts = factsOf('waiting');
    expect(facts).toMatchObject({
      ready: 'not-ready',
      api: null,
      nodes: { source: 'live' },
      process: { extensions: 318 },
    });
    expect(facts.nodes?.rows.map(({ apiExtensions }) => apiExtensions)).toEqual([318, 313, 313]);
    expect(facts.log.map(({ pattern }) => pattern)).toContain('ahead_wait_old');
  });

  test('a stopped member was not asked, and its instances go on', () => {
    const facts = factsOf('stopped');
    expect(facts).toMatchObject({
      ready: 'not-asked',
      process: null,
      stateFile: 'shutdown',
      nodes: { source: 'disk' },
      lxcfsPid: 4,
    });
    expect(facts.instances?.running.map(({ name }) => name)).toEqual(['c3']);
  });
});
