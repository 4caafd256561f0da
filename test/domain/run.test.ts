/** Which steps a person has to give a verdict on, and whether a verdict has something to be about. */
import { describe, expect, test } from 'vitest';
import { requireMemberName } from '../../src/domain/ids.ts';
import { isEnded, openSteps, RUN_STATES, takesVerdict, type StepRecord, type StepState } from '../../src/domain/run.ts';

type Step = readonly [id: string, member: string, state: StepState];

function stepsOf(...steps: readonly Step[]): { readonly steps: readonly StepRecord[] } {
  const blank = { attempts: 1, startedAt: null, endedAt: null, exitCode: null, note: null, output: null };
  return { steps: steps.map(([id, member, state]) => ({ ...blank, id, member: requireMemberName(member), state })) };
}

test('a run has ended in eight of its states', () => {
  expect(RUN_STATES.filter(isEnded)).toEqual([
    'succeeded',
    'failed',
    'rolled-back',
    'aborted',
    'rejected',
    'expired',
    'superseded',
    'stale',
  ]);
  expect(RUN_STATES.filter((state) => !isEnded(state))).toEqual([
    'drafted',
    'awaiting-approval',
    'approved',
    'running',
    'paused',
  ]);
});

test('open is what failed, what is unknown and what was begun, in the order of the run', () => {
  const run = stepsOf(
    ['1-back-up', 'm1', 'done'],
    ['1-back-up', 'm2', 'started'],
    ['2-start', 'm1', 'unknown'],
    ['2-start', 'm2', 'failed'],
    ['3-await-ready', 'm1', 'pending'],
  );
  expect(openSteps(run).map(({ id, member }) => `${id} ${member}`)).toEqual([
    '1-back-up m2',
    '2-start m1',
    '2-start m2',
  ]);
});

describe('a verdict', () => {
  const oneOpen = () =>
    stepsOf(['1-back-up', 'm1', 'done'], ['1-back-up', 'm2', 'failed'], ['2-start', 'm1', 'pending']);
  const noneOpen = () => stepsOf(['1-back-up', 'm1', 'done'], ['2-start', 'm1', 'pending']);
  const allDone = () => stepsOf(['1-back-up', 'm1', 'done'], ['2-start', 'm1', 'done']);
  const m1 = 'm1';
  const m2 = 'm2';

  test.each([
    ['of a named step takes that step where it is open', oneOpen, '1-back-up', null, true],
    ['of a named step takes it on the member that is named', oneOpen, '1-back-up', m2, true],
    ['of a named step does not take it from another member', oneOpen, '1-back-up', m1, false],
    ['of a named step does not take one that never began', oneOpen, '2-start', null, false],
    ['of a named step does not take one that is done', noneOpen, '1-back-up', null, false],
    ['of a named step does not take one that the run does not have', oneOpen, '9-none', null, false],
  ] as const)('%s', (_, run, step, name, taken) => {
    const member = name === null ? null : requireMemberName(name);
    for (const verdict of ['retry', 'done'] as const)
      expect(takesVerdict(run(), { verdict, step, member })).toBe(taken);
  });

  test('of no step in particular: a retry is always about something', () => {
    for (const run of [oneOpen(), noneOpen(), allDone()]) {
      expect(takesVerdict(run, { verdict: 'retry', step: null, member: null })).toBe(true);
    }
  });

  test('of no step in particular: done takes open steps, or an end at which every step is done', () => {
    const done = { verdict: 'done', step: null, member: null } as const;
    expect(takesVerdict(oneOpen(), done)).toBe(true);
    expect(takesVerdict(allDone(), done)).toBe(true);
    expect(takesVerdict(noneOpen(), done)).toBe(false);
  });
});
