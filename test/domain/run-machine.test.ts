import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  RUN_TRANSITIONS,
  STEP_TRANSITIONS,
  statesBefore,
  transitionRun,
  transitionStep,
} from '../../src/domain/run-machine.ts';
import { isEnded, RUN_STATES, STEP_STATES, type RunState } from '../../src/domain/run.ts';

const anyRunState = fc.constantFrom(...RUN_STATES);

/** Follows the wishes that are legal, ignores the others: every history that the store can hold. */
function historyOf(wishes: readonly RunState[]): readonly RunState[] {
  const history: RunState[] = ['drafted'];
  for (const wish of wishes) {
    const moved = transitionRun(history.at(-1) ?? 'drafted', wish);
    if (moved.ok) history.push(moved.value);
  }
  return history;
}

describe('the run machine', () => {
  test('knows every state', () => {
    expect(Object.keys(RUN_TRANSITIONS).sort()).toEqual([...RUN_STATES].sort());
    expect(Object.keys(STEP_TRANSITIONS).sort()).toEqual([...STEP_STATES].sort());
  });

  test('never runs what was not approved', () => {
    fc.assert(
      fc.property(fc.array(anyRunState, { maxLength: 60 }), (wishes) => {
        const history = historyOf(wishes);
        const running = history.indexOf('running');
        if (running !== -1) expect(history.slice(0, running)).toContain('approved');
        expect(history.filter((state) => state === 'approved').length).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('never leaves an ended state, except to be rolled back', () => {
    fc.assert(
      fc.property(fc.array(anyRunState, { maxLength: 60 }), (wishes) => {
        const history = historyOf(wishes);
        const ended = history.findIndex(isEnded);
        if (ended !== -1) for (const state of history.slice(ended + 1)) expect(state).toBe('rolled-back');
      }),
    );
  });

  test('reaches an end from every state', () => {
    for (const start of RUN_STATES) {
      const seen = new Set<RunState>([start]);
      for (const state of seen) for (const next of RUN_TRANSITIONS[state]) seen.add(next);
      expect([...seen].some(isEnded), start).toBe(true);
    }
  });

  test('allows exactly what its table says', () => {
    fc.assert(
      fc.property(anyRunState, anyRunState, (from, to) => {
        expect(transitionRun(from, to).ok).toBe(RUN_TRANSITIONS[from].includes(to));
        expect(statesBefore(to).includes(from)).toBe(RUN_TRANSITIONS[from].includes(to));
      }),
    );
  });

  test.each([
    ['drafted', ['awaiting-approval', 'superseded']],
    ['awaiting-approval', ['approved', 'aborted', 'rejected', 'expired', 'superseded']],
    ['approved', ['running', 'aborted', 'expired', 'stale']],
    ['running', ['running', 'paused', 'succeeded', 'failed', 'aborted']],
    ['paused', ['running', 'succeeded', 'aborted']],
    ['succeeded', ['rolled-back']],
    ['aborted', ['rolled-back']],
    ['failed', []],
    ['rolled-back', []],
    ['rejected', []],
    ['expired', []],
    ['superseded', []],
    ['stale', []],
  ] as const)('after %s come %j', (from, next) => {
    expect(RUN_STATES.filter((to) => transitionRun(from, to).ok)).toEqual(next);
  });

  test('says what was not allowed', () => {
    expect(transitionRun('failed', 'running')).toEqual({ ok: false, error: { from: 'failed', to: 'running' } });
    expect(transitionStep('done', 'failed')).toEqual({ ok: false, error: { from: 'done', to: 'failed' } });
    expect(transitionRun('approved', 'running')).toEqual({ ok: true, value: 'running' });
    expect(transitionStep('pending', 'started')).toEqual({ ok: true, value: 'started' });
  });

  test.each([
    ['pending', ['started']],
    ['started', ['started', 'done', 'failed', 'unknown']],
    ['unknown', ['started', 'done', 'failed', 'unknown']],
    ['failed', ['started', 'done']],
    ['done', ['started']],
  ] as const)('after a step is %s come %j', (from, next) => {
    expect(STEP_STATES.filter((to) => transitionStep(from, to).ok)).toEqual(next);
  });

  test('a step is never done, failed or unknown before it was started', () => {
    for (const to of STEP_STATES) expect(transitionStep('pending', to).ok).toBe(to === 'started');
  });

  test('no step goes back to pending', () => {
    for (const from of STEP_STATES) expect(transitionStep(from, 'pending').ok).toBe(false);
  });
});
