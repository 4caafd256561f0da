import { afterEach, describe, expect, test } from 'vitest';
import type { StepCall } from '../../src/domain/plan.ts';
import type { MemberRoot } from '../support/member-root.ts';
import { createStepMembers, lookAt, runStep } from '../support/step-members.ts';

const members = createStepMembers();

afterEach(() => {
  members.dispose();
});

/** snapd with a change that ends after some looks: state in files `rev`, `change` (looks left) and `end` (the revision afterwards). */
const SNAP = `#!/bin/sh
printf 'snap %s\\n' "$*" >>"$LOCKSTEP_ROOT/calls"
cd "$LOCKSTEP_ROOT"
case $1 in
  list) printf 'Name  Version  Rev  Tracking\\nlxd  5.21.3-x  %s  5.21/stable\\n' "$(cat rev)" ;;
  changes)
    left=$(cat change)
    if [ "$left" = none ]; then echo 'error: no changes found' >&2; exit 1; fi
    if [ "$left" -gt 0 ]; then echo $((left - 1)) >change; status=Doing; else status=$(cat status); [ "$status" = Done ] && cat end >rev; fi
    printf 'ID  Status  Spawn  Ready  Summary\\n7  Done  a  b  Old\\n8  %s  a  -  Refresh "lxd" snap\\n' "$status" ;;
  refresh)
    if [ -e busy ]; then rm busy; echo 'error: change in progress' >&2; exit 10; fi
    [ -e refuse ] && { echo 'error: no such revision' >&2; exit 1; }
    echo 2 >change; echo 32455 >end; echo 8 ;;
esac
`;

const REFRESH: StepCall = { kind: 'refresh', revision: '32455', waitS: 5 };
const CHECK: StepCall = { kind: 'check-refreshed', revision: '32455' };

function onRevision(revision: string, change = 'none'): MemberRoot {
  const root = members.serving();
  root.standIn('snap', SNAP);
  root.put('rev', `${revision}\n`);
  root.put('end', `${revision}\n`);
  root.put('change', `${change}\n`);
  root.put('status', 'Done\n');
  return root;
}

function refreshesOf(root: MemberRoot): readonly string[] {
  return root.calls().filter((call) => call.startsWith('snap refresh'));
}

describe('a refresh', () => {
  test('is asked for without waiting, and watched until snapd is done', () => {
    const root = onRevision('30131');
    expect(lookAt(root, REFRESH)).toBe('not-done');
    expect(runStep(root, REFRESH)).toMatchObject({ status: 'done', values: { revision: '32455', change: '8' } });
    expect(refreshesOf(root)).toEqual(['snap refresh --no-wait lxd --revision=32455']);
    expect(lookAt(root, REFRESH)).toBe('done');
    expect(runStep(root, REFRESH)).toMatchObject({ status: 'already' });
    expect(refreshesOf(root).length).toBe(1);
  });

  test('waits for a change that is under way, and adds none when that one led there', () => {
    const root = onRevision('30131', '2');
    root.put('end', '32455\n');
    expect(lookAt(root, REFRESH)).toBe('cannot-tell');
    expect(runStep(root, REFRESH)).toMatchObject({ status: 'done', values: { change: 'none' } });
    expect(refreshesOf(root)).toEqual([]);
  });

  test('is asked for again when another change came between', () => {
    const root = onRevision('30131');
    root.put('busy', '');
    expect(runStep(root, REFRESH)).toMatchObject({ status: 'done' });
    expect(refreshesOf(root).length).toBe(2);
  });

  test('whose change fails is a failure, not tried again', () => {
    const root = onRevision('30131');
    root.put('status', 'Error\n');
    expect(runStep(root, REFRESH)).toMatchObject({
      status: 'failed',
      values: { reason: 'change-failed', change: '8' },
    });
    expect(refreshesOf(root).length).toBe(1);
    expect(lookAt(root, REFRESH)).toBe('not-done');
  });

  test('that snapd refuses is a failure', () => {
    const root = onRevision('30131');
    root.put('refuse', '');
    expect(runStep(root, REFRESH)).toMatchObject({ status: 'failed', values: { reason: 'snap-refresh', code: '1' } });
  });

  test('that hangs, as it does while LXD waits for others, is waited for and left alone', () => {
    const root = onRevision('30131', '900');
    expect(runStep(root, { ...REFRESH, waitS: 1 })).toMatchObject({ status: 'waiting' });
    expect(refreshesOf(root)).toEqual([]);
    expect(lookAt(root, REFRESH)).toBe('cannot-tell');
  });

  test('never reverts, holds or releases', () => {
    const root = onRevision('30131');
    runStep(root, REFRESH);
    expect(root.calls().filter((call) => /revert|hold/.test(call))).toEqual([]);
  });

  test.each(['', '0', '-1', '5.21.3', '1; reboot', '$(id)'])('is never compiled for the revision %j', (revision) => {
    const root = onRevision('30131');
    expect(() => runStep(root, { kind: 'refresh', revision, waitS: 5 })).toThrow('not a snap revision');
  });
});

describe('the check before a patch', () => {
  test('passes where the revision is in place and LXD does not serve', () => {
    const root = onRevision('32455');
    root.answer('curl.ready.code', '503');
    expect(runStep(root, CHECK)).toMatchObject({ status: 'done' });
    expect(lookAt(root, CHECK)).toBe('done');
  });

  test.each([
    ['LXD serves', '32455', 'none', 'serving'],
    ['another revision is installed', '30131', 'none', 'revision'],
    ['snapd is at work', '32455', '9', 'change-in-progress'],
  ])('refuses when %s', (_, revision, change, reason) => {
    const root = onRevision(revision, change);
    expect(runStep(root, CHECK)).toMatchObject({ status: 'refused', values: { reason } });
    expect(lookAt(root, CHECK)).toBe('not-done');
  });
});
