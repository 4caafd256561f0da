import { spawnSync } from 'node:child_process';
import { afterEach, describe, expect, test } from 'vitest';
import { guardedStatement, patchMark } from '../../src/lxd/catalogue/patch.ts';
import { COMMON, DATABASE, type MemberRoot } from '../support/member-root.ts';
import { BACK_UP, createStepMembers, lookAt, PATCH, REMOVE, RUN, runStep, WRITE } from '../support/step-members.ts';

const members = createStepMembers();

afterEach(() => {
  members.dispose();
});

/** A serving member with this run's copy on it. */
function backedUp(): MemberRoot {
  const root = members.serving();
  expect(runStep(root, { ...BACK_UP, consistent: false })).toMatchObject({ status: 'done' });
  return root;
}

describe('the guarded patch', () => {
  test('has the form of the recovery rules', () => {
    expect(guardedStatement(PATCH)).toBe(
      "UPDATE nodes SET api_extensions=387 WHERE schema=73 AND id IN (1,2,3) AND api_extensions IN (402,433) AND CAST(strftime('%s','now') AS INTEGER) <",
    );
  });

  test('goes up only where the plan says so: the row of a dead member', () => {
    const up = { ...PATCH, target: 433, rowIds: [3], oldCounts: [402] };
    expect(() => guardedStatement(up)).toThrow('not above');
    expect(guardedStatement({ ...up, mayRaise: true })).toContain(
      'SET api_extensions=433 WHERE schema=73 AND id IN (3) AND api_extensions IN (402)',
    );
  });

  test('is written once, private, with mark and deadline', () => {
    const root = backedUp();
    expect(lookAt(root, WRITE)).toBe('not-done');
    const before = Math.floor(Date.now() / 1000);
    const result = runStep(root, WRITE);
    expect(result).toMatchObject({ kind: 'said', status: 'done' });
    const [mark, statement, end] = root.read(`${DATABASE}/patch.global.sql`).split('\n');
    expect(mark).toBe(patchMark(RUN));
    expect(statement?.startsWith(`${guardedStatement(PATCH)} `)).toBe(true);
    const deadline = Number(/< (\d+);$/.exec(statement ?? '')?.[1]);
    expect(deadline).toBeGreaterThanOrEqual(before + 600);
    expect(deadline).toBeLessThanOrEqual(before + 660);
    expect(end).toBe('');
    expect(spawnSync('stat', ['-c', '%a %h', root.at(`${DATABASE}/patch.global.sql`)]).stdout.toString()).toBe(
      '600 1\n',
    );
    expect(runStep(root, WRITE)).toMatchObject({ status: 'already', values: { deadline: String(deadline) } });
    expect(lookAt(root, WRITE)).toBe('done');
  });

  test('that was taken meanwhile is known to have been written', () => {
    const root = backedUp();
    runStep(root, WRITE);
    root.remove(`${DATABASE}/patch.global.sql`);
    expect(lookAt(root, WRITE)).toBe('done');
    expect(runStep(root, { kind: 'await-patch-consumed', waitS: 1 })).toMatchObject({ status: 'done' });
  });

  test('that was being written when the member died is neither', () => {
    const root = backedUp();
    root.put(`${COMMON}/lockstep/${RUN}/patch.log`, 'writing 1795418768\n');
    expect(lookAt(root, WRITE)).toBe('cannot-tell');
  });

  test.each([
    ['a foreign file', 'patch.global.sql', 'UPDATE nodes SET api_extensions=1;\n', 'foreign'],
    ['another run’s file', 'patch.global.sql', '-- lockstep r999999\nUPDATE x;\n', 'foreign'],
    ['our mark over another statement', 'patch.global.sql', '-- lockstep r123abc\nDELETE FROM nodes;\n', 'foreign'],
    ['a local patch', 'patch.local.sql', '', 'refused'],
    ['a recovery tarball', 'lxd_recovery_db.tar.gz', '', 'refused'],
  ])('%s is left alone', (_, name, content, status) => {
    const root = backedUp();
    root.put(`${DATABASE}/${name}`, content);
    expect(runStep(root, WRITE)).toMatchObject({ status });
    expect(root.read(`${DATABASE}/${name}`)).toBe(content);
  });

  test('an expired one of ours is written anew', () => {
    const root = backedUp();
    root.put(`${DATABASE}/patch.global.sql`, `${patchMark(RUN)}\n${guardedStatement(PATCH)} 1000;\n`);
    expect(runStep(root, WRITE)).toMatchObject({ status: 'done' });
    expect(root.read(`${DATABASE}/patch.global.sql`)).not.toContain('< 1000;');
  });

  test.each([
    ['no back-up of this run', (root: MemberRoot) => root.remove(`${COMMON}/lockstep/${RUN}`)],
    ['one of another size', (root: MemberRoot) => root.put(`${COMMON}/lockstep/${RUN}/database.size`, '1\n')],
    [
      'one with another content',
      (root: MemberRoot) => {
        const name = `${COMMON}/lockstep/${RUN}/database.tgz`;
        root.put(name, 'x'.repeat(root.read(`${COMMON}/lockstep/${RUN}/database.size`).length));
      },
    ],
    ['one whose hash is gone', (root: MemberRoot) => root.remove(`${COMMON}/lockstep/${RUN}/database.tgz.sha256`)],
  ])('is not written over %s', (_, spoil) => {
    const root = backedUp();
    spoil(root);
    expect(runStep(root, WRITE)).toMatchObject({ status: 'refused', values: { reason: 'no-verified-backup' } });
    expect(root.has(`${DATABASE}/patch.global.sql`)).toBe(false);
  });

  test('a link in its place is foreign', () => {
    const root = backedUp();
    root.link(`${DATABASE}/patch.global.sql`, '/nowhere');
    expect(runStep(root, WRITE)).toMatchObject({ status: 'foreign' });
    expect(runStep(root, REMOVE)).toMatchObject({ status: 'foreign' });
  });

  test('removing takes ours and nothing else', () => {
    const root = backedUp();
    expect(runStep(root, REMOVE)).toMatchObject({ status: 'already' });
    runStep(root, WRITE);
    expect(runStep(root, { kind: 'await-patch-consumed', waitS: 1 })).toMatchObject({ status: 'waiting' });
    expect(lookAt(root, REMOVE)).toBe('not-done');
    expect(runStep(root, REMOVE)).toMatchObject({ status: 'done', values: { removed: 'yes' } });
    expect(root.has(`${DATABASE}/patch.global.sql`)).toBe(false);
    expect(lookAt(root, WRITE)).toBe('not-done');
    root.put(`${DATABASE}/patch.global.sql`, 'SELECT 1;\n');
    expect(runStep(root, REMOVE)).toMatchObject({ status: 'foreign' });
    expect(lookAt(root, REMOVE)).toBe('cannot-tell');
  });
});

describe('the back-up', () => {
  test('of a stopped database is whole, labelled, and not made twice', () => {
    const root = members.stopped();
    expect(lookAt(root, BACK_UP)).toBe('not-done');
    const result = runStep(root, BACK_UP);
    expect(result).toMatchObject({ status: 'done', values: { consistent: 'yes', unchanged: 'yes', tries: '1' } });
    const folder = `${COMMON}/lockstep/${RUN}`;
    const listed = spawnSync('tar', ['-tzf', root.at(`${folder}/database.tgz`)])
      .stdout.toString()
      .split('\n');
    expect(listed).toContain('database/local.db');
    expect(spawnSync('stat', ['-c', '%a', root.at(folder)]).stdout.toString()).toBe('700\n');
    expect(root.read(`${folder}/database.tgz.sha256`).split(' ')[0]).toBe(
      result.kind === 'said' ? result.values['sha256'] : '',
    );
    expect(runStep(root, BACK_UP)).toMatchObject({ status: 'already' });
    expect(lookAt(root, BACK_UP)).toBe('done');
  });

  test('a damaged one is made again', () => {
    const root = members.stopped();
    runStep(root, BACK_UP);
    root.put(`${COMMON}/lockstep/${RUN}/database.tgz`, 'x');
    expect(lookAt(root, BACK_UP)).toBe('not-done');
    expect(runStep(root, BACK_UP)).toMatchObject({ status: 'done' });
  });

  test('of a running database is refused, or evidence', () => {
    const root = members.serving();
    expect(runStep(root, BACK_UP)).toMatchObject({ status: 'refused', values: { reason: 'running' } });
    expect(runStep(root, { kind: 'back-up', run: RUN, consistent: false })).toMatchObject({
      status: 'done',
      values: { consistent: 'no' },
    });
    expect(root.read(`${COMMON}/lockstep/${RUN}/database.label`)).toContain('evidence');
    expect(lookAt(root, BACK_UP)).toBe('not-done');
  });

  test('of a database that keeps changing fails after a few tries', () => {
    const root = members.stopped();
    root.standIn(
      'tar',
      `#!/bin/sh\n[ "$1" = -C ] && date +%N >>"$LOCKSTEP_ROOT/${DATABASE}/local.db"\nexec /usr/bin/tar "$@"\n`,
    );
    expect(runStep(root, BACK_UP)).toMatchObject({ status: 'failed', values: { reason: 'changing', tries: '5' } });
    expect(root.has(`${COMMON}/lockstep/${RUN}/database.tgz`)).toBe(false);
  });

  test('without room for it is refused', () => {
    const root = members.stopped();
    root.standIn('stat', '#!/bin/sh\nif [ "$1" = -f ]; then echo 10 4096; else exec /usr/bin/stat "$@"; fi\n');
    expect(runStep(root, BACK_UP)).toMatchObject({ status: 'refused', values: { reason: 'disk-low', free: '40960' } });
  });
});

describe('the hold', () => {
  const TABLE = (notes: string): string =>
    `Name Version Rev Tracking Publisher Notes\nlxd 5.21.2-2f4ba6b 30131 5.21/stable canonical✓ ${notes}\n`;

  test('is ours only if it was not there before', () => {
    const root = members.serving();
    root.answer('snap.list', TABLE('in-cohort,held'));
    expect(runStep(root, { kind: 'hold-refreshes' })).toMatchObject({ status: 'already', values: { own: 'no' } });
    expect(runStep(root, { kind: 'release-hold' })).toMatchObject({ status: 'already' });
    expect(root.calls().filter((call) => call.startsWith('snap refresh'))).toEqual([]);
  });

  test('is set, and released again', () => {
    const root = members.serving();
    root.answer('snap.list', TABLE('-'));
    root.answer(
      'snap.refresh.sh',
      `case $2 in --hold) n=held ;; *) n=- ;; esac\nsed -i "s/canonical✓ .*/canonical✓ $n/" "$LOCKSTEP_ROOT/answers/snap.list"\n`,
    );
    expect(runStep(root, { kind: 'hold-refreshes' })).toMatchObject({ status: 'done', values: { own: 'yes' } });
    expect(lookAt(root, { kind: 'hold-refreshes' })).toBe('done');
    expect(lookAt(root, { kind: 'release-hold' })).toBe('not-done');
    expect(runStep(root, { kind: 'release-hold' })).toMatchObject({ status: 'done' });
    expect(runStep(root, { kind: 'hold-refreshes' })).toMatchObject({ status: 'done' });
    expect(root.calls().filter((call) => call.startsWith('snap refresh'))).toEqual([
      'snap refresh --hold lxd',
      'snap refresh --unhold lxd',
      'snap refresh --hold lxd',
    ]);
  });

  test('that did not take is a failure', () => {
    const root = members.serving();
    root.answer('snap.list', TABLE('-'));
    expect(runStep(root, { kind: 'hold-refreshes' })).toMatchObject({
      status: 'failed',
      values: { reason: 'not-held' },
    });
  });
});
