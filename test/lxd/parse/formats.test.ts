import { describe, expect, test } from 'vitest';
import { logPatterns } from '../../../src/lxd/data/index.ts';
import { parseDatabases } from '../../../src/lxd/parse/database.ts';
import { mergeLogs, parseLog } from '../../../src/lxd/parse/log.ts';
import { nodesOf } from '../../../src/lxd/parse/nodes.ts';
import type { Parts } from '../../../src/lxd/parse/part.ts';
import { parseSnapChanges, parseSnapList } from '../../../src/lxd/parse/snap.ts';
import { parseCsv, parseSqlBoxes, parseSqlJson } from '../../../src/lxd/parse/tables.ts';
import { parseTime } from '../../../src/lxd/parse/times.ts';
import { parseUnit } from '../../../src/lxd/parse/unit.ts';

function parts(content: Readonly<Record<string, string | Uint8Array>>, code = 0): Parts {
  return new Map(
    Object.entries(content).map(([name, text]) => [
      name,
      { code, bytes: typeof text === 'string' ? new TextEncoder().encode(text) : text },
    ]),
  );
}

const HEADER = 'Name  Version         Rev    Tracking     Publisher   Notes\n';

describe('snap list', () => {
  test.each([
    [
      'lxd   5.21.3-c5ae129  33110  5.21/stable  canonical✓  -',
      { revision: '33110', held: false, tracking: '5.21/stable' },
    ],
    ['lxd   5.21.3-c5ae129  33110  5.21/stable  canonical**  in-cohort,held', { inCohort: true, held: true }],
    [
      'lxd   git-1a2b3c4     x1     -            -            disabled,broken',
      { revision: 'x1', tracking: null, disabled: true, broken: true },
    ],
    ['lxd   6.9-ab8fad2     39999  latest/stab…  canonical✓  held', { tracking: 'latest/stab…', held: true }],
  ])('%s', (row, expected) => {
    expect(parseSnapList(parts({ snap: HEADER + row + '\n' }))).toMatchObject({ ok: true, value: expected });
  });

  test('a publisher that is not UTF-8 does not hide the row', () => {
    const bytes = Buffer.concat([
      Buffer.from(`${HEADER}lxd 5.0.2-838e1b2 502 5.0/stable canonical`),
      Buffer.from([0xe2, 0x9c]),
      Buffer.from(' held\n'),
    ]);
    expect(parseSnapList(parts({ snap: bytes }))).toMatchObject({ ok: true, value: { revision: '502', held: true } });
  });

  test('no such snap is an answer, anything else is a failure with its reason', () => {
    expect(parseSnapList(parts({ snap: 'error: no matching snaps installed\n' }, 1))).toEqual({
      ok: true,
      value: null,
    });
    expect(parseSnapList(parts({ snap: 'sh: snap: not found' }, 127))).toMatchObject({
      ok: false,
      error: { reason: 'command-missing' },
    });
    expect(parseSnapList(parts({ snap: '' }, 124))).toMatchObject({ ok: false, error: { reason: 'timed-out' } });
    expect(parseSnapList(parts({ snap: `${HEADER}lxd ; rm -rf\n` }))).toMatchObject({
      ok: false,
      error: { reason: 'unparsable' },
    });
  });
});

describe('snap changes', () => {
  test('times in words and in digits', () => {
    const text = [
      'ID    Status  Spawn                   Ready                   Summary',
      '101   Done    3 days ago, at 11:08 UTC  3 days ago, at 11:09 UTC  Refresh "lxd" snap',
      '102   Doing   today at 10:14 UTC      -                       Auto-refresh snaps "core22",  "lxd"',
      '',
    ].join('\n');
    expect(parseSnapChanges(parts({ changes: text }))).toMatchObject({
      ok: true,
      value: [
        { id: '101', status: 'Done', spawn: '3 days ago, at 11:08 UTC', summary: 'Refresh "lxd" snap' },
        { id: '102', status: 'Doing', summary: 'Auto-refresh snaps "core22",  "lxd"' },
      ],
    });
  });

  test('no changes is an empty list', () => {
    expect(parseSnapChanges(parts({ changes: 'error: no changes found\n' }, 1))).toEqual({ ok: true, value: [] });
  });
});

describe('the unit', () => {
  test('two samples of the restart counter', () => {
    const first =
      'LoadState=loaded\nActiveState=activating\nSubState=auto-restart\nUnitFileState=enabled\nResult=exit-code\nMainPID=0\nNRestarts=7\n';
    expect(parseUnit(parts({ unit: first, 'unit-later': first.replace('=7', '=9') }))).toMatchObject({
      ok: true,
      value: { activeState: 'activating', mainPid: null, result: 'exit-code', restarts: 7, restartsLater: 9 },
    });
  });

  test('systemd without that unit', () => {
    expect(parseUnit(parts({ unit: 'LoadState=not-found\nActiveState=inactive\n' }))).toEqual({
      ok: true,
      value: null,
    });
  });
});

describe('times', () => {
  test.each([
    ['2026-11-23T04:01:25.57028336Z', Date.UTC(2026, 10, 23, 4, 1, 25, 570)],
    ['2026-11-23 04:01:25.57028336+00:00', Date.UTC(2026, 10, 23, 4, 1, 25, 570)],
    ['2026-11-23 04:01:25', Date.UTC(2026, 10, 23, 4, 1, 25)],
    ['2026-11-23T05:01:25+0100', Date.UTC(2026, 10, 23, 4, 1, 25)],
    ['2026-11-23 04:01:38.7 +0000 UTC', Date.UTC(2026, 10, 23, 4, 1, 38, 700)],
    ['0001-01-01T00:00:00Z', null],
    ['11-23|04:01:25', null],
    ['soon', null],
  ])('%s', (text, expected) => {
    expect(parseTime(text)).toBe(expected);
  });
});

describe('tables', () => {
  const NODES_40 = {
    columns: ['id', 'name', 'description', 'address', 'schema', 'api_extensions', 'heartbeat', 'pending', 'arch'],
    rows: [
      [1, 'm1', null, '10.0.0.1:8443', 28, 181, '2020-04-01 10:00:00', 0, 2],
      [2, 'm2', '', '10.0.0.2:8443', 28, 181, '2020-04-01T10:00:00.5Z', 1, 2],
    ],
  };

  test('4.0 has `pending` where later releases have `state` (derived from its schema)', () => {
    expect(nodesOf(NODES_40)?.map(({ state }) => state)).toEqual(['created', 'pending']);
  });

  test('5.0 and later: 0 created, 1 pending, 2 evacuated, anything else unknown', () => {
    const columns = ['id', 'name', 'address', 'schema', 'api_extensions', 'heartbeat', 'state'];
    const rows = [0, 1, 2, 7].map((state) => [state + 1, 'm', 'a', 73, 402, 'x', state]);
    expect(nodesOf({ columns, rows })?.map(({ state }) => state)).toEqual([
      'created',
      'pending',
      'evacuated',
      'unknown',
    ]);
  });

  test('one bad row spoils the table', () => {
    expect(
      nodesOf({ columns: NODES_40.columns, rows: [...NODES_40.rows, [3, 'm3', '', 'a', 'x', 1, '', 0, 2]] }),
    ).toBeNull();
  });

  test('JSON of /internal/sql, the box of `lxd sql`, CSV of sqlite3', () => {
    const json = parseSqlJson(
      '{"metadata":{"Results":[{"type":"select","columns":["id"],"rows":[[1]]},{"columns":["key","value"],"rows":null}]}}',
    );
    expect(json).toEqual([
      { columns: ['id'], rows: [[1]] },
      { columns: ['key', 'value'], rows: [] },
    ]);
    expect(
      parseSqlBoxes(
        '=> Query 0:\n\n+----+-------+\n| id | name  |\n+----+-------+\n| 1  | <nil> |\n+----+-------+\n\n=> Query 1:\n\n+---+\n| v |\n+---+\n+---+\n',
      ),
    ).toEqual([
      { columns: ['id', 'name'], rows: [['1', null]] },
      { columns: ['v'], rows: [] },
    ]);
    expect(parseCsv('id,name\r\n1,"a ""b"", c\nd"\r\n')).toEqual({
      columns: ['id', 'name'],
      rows: [['1', 'a "b", c\nd']],
    });
  });

  test.each(['', '{', '{"metadata":{"Results":[]}}', '{"metadata":{"Results":[{"columns":["a"],"rows":[[1,2]]}]}}'])(
    '%j is no result',
    (text) => {
      expect(parseSqlJson(text)).toBeNull();
    },
  );

  test('a torn box or CSV is no table', () => {
    expect(parseSqlBoxes('+---+\n| v |\n+---+\n| 1 |\n')).toBeNull();
    expect(parseSqlBoxes('+---+\n| v |\n+---+\n| a | b |\n+---+\n')).toBeNull();
    expect(parseCsv('a,b\n1\n')).toBeNull();
    expect(parseCsv('a,b\n1,"x')).toBeNull();
  });

  test('a dump that changed while it was copied is refused', () => {
    const content = {
      'disk-nodes': 'id,name,address,schema,api_extensions,heartbeat,state\n1,m1,a,73,402,x,0\n',
      'sqlite-db.bin': '',
    };
    const same = parseDatabases(
      parts({ ...content, 'stat-db.bin': 'db.bin 1 1795418313.5\ndb.bin 1 1795418313.5\n' }),
      0,
      false,
    );
    expect(same.nodes).toMatchObject({ source: 'disk', at: 1795418313000 });
    const moved = parseDatabases(
      parts({ ...content, 'stat-db.bin': 'db.bin 1 1795418313.5\ndb.bin 2 1795418314.5\n' }),
      0,
      false,
    );
    expect(moved.nodes).toBeNull();
    expect(moved.failed[0]?.text).toContain('changed');
  });

  test('a ready daemon whose global database is silent says so beside the rows on disk', () => {
    const silent = new Map(parts({ 'disk-nodes': 'id\n1\n' })).set('http', {
      code: 28,
      bytes: new TextEncoder().encode('ready 200\nglobal 000\n'),
    });
    expect(parseDatabases(silent, 0, true).failed[0]).toMatchObject({ part: 'global', reason: 'timed-out' });
    expect(parseDatabases(silent, 0, false).failed[0]?.part).toBe('nodes');
  });

  test('a server that stands alone has a local database without an address', () => {
    const local =
      '{"metadata":{"Results":[{"columns":["id","address","role"],"rows":[]},{"columns":["version"],"rows":[[43]]},{"columns":["key","value"],"rows":[]}]}}';
    expect(parseDatabases(parts({ local }), 0, false)).toMatchObject({
      clusterAddress: null,
      raft: [],
      localSchema: 43,
    });
    expect(parseDatabases(parts({}), 0, false).clusterAddress).toBeUndefined();
  });
});

describe('log lines', () => {
  test.each([
    ['time="2026-11-23T04:24:05Z" level=warning msg="Failed heartbeat"', 'lxd.log', Date.UTC(2026, 10, 23, 4, 24, 5)],
    ['t=2020-05-19T12:07:56+0200 lvl=warn msg="Failed heartbeat"', 'lxd.log', Date.UTC(2020, 4, 19, 10, 7, 56)],
    ['WARN  [2026-11-23T04:24:05Z] Failed heartbeat', 'lxd.log', Date.UTC(2026, 10, 23, 4, 24, 5)],
    [
      '2026-11-23T04:24:05.123456+0000 m1 lxd.daemon[12]: Failed heartbeat',
      'journal',
      Date.UTC(2026, 10, 23, 4, 24, 5, 123),
    ],
    ['Failed heartbeat', 'lxd.log', null],
  ] as const)('%s', (line, source, at) => {
    expect(parseLog(line, source, logPatterns)).toMatchObject([{ pattern: 'heartbeat_failed', at, source }]);
  });

  test('captures come along, lines of two sources in one order', () => {
    const log = parseLog(
      'time="2026-11-23T04:24:05Z" msg="Dqlite: attempt 3: server 10.0.0.2:8443: no known leader"',
      'lxd.log',
      logPatterns,
    );
    const journal = parseLog(
      '2026-11-23T04:24:04.000000+0000 m1 systemd[1]: x: Scheduled restart job, restart counter is at 7.',
      'journal',
      logPatterns,
    );
    expect(log[0]?.captures).toEqual(['3', '10.0.0.2:8443', 'no known leader']);
    expect(mergeLogs(log, journal).map(({ pattern }) => pattern)).toEqual(['systemd_restart', 'dqlite_attempt']);
  });
});
