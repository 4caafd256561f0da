import { describe, expect, test } from 'vitest';
import { LXD_CATALOGUE } from '../../src/engine/catalogue.ts';
import { compileStep } from '../../src/lxd/compile.ts';
import { reasonInWords } from '../../src/lxd/reason-words.ts';
import { observationOf, three } from '../support/observation.ts';
import {
  downgradedAll,
  downgradedOne,
  plan,
  putBackWhileServing,
  requirePlan,
  stoppedAll,
} from '../support/planning.ts';

const unheld = {
  version: '5.21.2-2f4ba6b',
  revision: '30131',
  tracking: '5.21/stable',
  held: false,
  inCohort: false,
  disabled: false,
  broken: false,
};
const instances = { running: [{ pid: 7, name: 'c7' }] };
const plans = [
  plan(downgradedAll()),
  plan(stoppedAll({ m2: { facts: { snap: unheld } } })),
  plan(putBackWhileServing()),
  plan(downgradedOne()),
  plan(observationOf({ members: three({ build: '5.21.3', kept: ['5.21.2'] }) }), {
    strategy: 'planned-downgrade',
    to: '5.21.2',
  }),
  plan(putBackWhileServing(), { strategy: 'stop-patch-start' }),
  plan(putBackWhileServing({ m1: { facts: { instances } } }), {
    strategy: 'stop-patch-start',
    instances: 'stop',
    confirmStop: 1,
  }),
].map(requirePlan);
const steps = plans.flatMap(({ stages }) => stages.flatMap((stage) => stage.steps));
const patchStep = steps.find(({ call }) => call.kind === 'write-patch')!;

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

describe('the catalogue', () => {
  test('has a text and a look for every step that the planner makes', () => {
    expect(new Set(steps.map(({ call }) => call.kind)).size).toBe(14);
    for (const step of steps) {
      expect(compileStep(step).length, step.id).toBeGreaterThan(100);
      expect(LXD_CATALOGUE.lookText(step).length, step.id).toBeGreaterThan(100);
    }
  });

  test('writes the guarded statement of the plan, with every guard', () => {
    const text = compileStep(patchStep);
    expect(text).toContain(
      'UPDATE nodes SET api_extensions=387 WHERE schema=73 AND id IN (1,2,3) AND api_extensions IN (402)',
    );
  });

  test.each<[string, number, string]>([
    ['done', 0, 'done'],
    ['already', 3, 'done'],
    ['refused', 4, 'failed'],
    ['failed', 5, 'failed'],
    ['foreign', 6, 'failed'],
    ['waiting', 7, 'failed'],
  ])('reads %s as a verdict', (status, code, verdict) => {
    const said = bytes(`noise\nlockstep-result write-patch status=${status} deadline=1\n`);
    expect(LXD_CATALOGUE.readStep(patchStep, said, code).kind).toBe(verdict);
  });

  test('takes what it does not understand for unknown, never for success', () => {
    const done = bytes('lockstep-result write-patch status=done\n');
    expect(LXD_CATALOGUE.readStep(patchStep, done, 5).kind).toBe('unknown');
    expect(LXD_CATALOGUE.readStep(patchStep, bytes(''), 0).kind).toBe('unknown');
    expect(LXD_CATALOGUE.readStep(patchStep, bytes(''), 124).kind).toBe('unknown');
    expect(LXD_CATALOGUE.readLook(patchStep, bytes(''), 0).kind).toBe('unknown');
    expect(LXD_CATALOGUE.readLook(patchStep, done, 0).kind).toBe('done');
  });
});

describe('why a step ended', () => {
  test('is said in words for every reason that a text can give', () => {
    const reasons = new Set(
      steps.flatMap((step) => [...compileStep(step).matchAll(/reason=([a-z0-9-]+)/g)].map(([, word]) => word ?? '')),
    );
    expect(reasons.size).toBeGreaterThan(30);
    expect([...reasons].filter((reason) => reasonInWords(reason) === null)).toEqual([]);
  });

  test('keeps the word of the text beside it', () => {
    const write = steps.find(({ call }) => call.kind === 'write-patch');
    if (write === undefined) throw new Error('no plan writes a patch');
    const said = new TextEncoder().encode('lockstep-result write-patch status=failed reason=notes\n');
    expect(LXD_CATALOGUE.readStep(write, said, 5)).toEqual({
      kind: 'failed',
      note: 'the notes of this run could not be written on the member; its disk may be full or read-only (reason=notes)',
    });
  });
});
