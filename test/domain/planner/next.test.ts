/** Where a refusal leads: never to what would be refused again, and never around a guard. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ClusterObservation } from '../../../src/domain/observation.ts';
import { STRATEGIES, type RefusalReason } from '../../../src/domain/plan.ts';
import { anySpec } from '../../support/any-observation.ts';
import { observationOf, THEIR_MARKER, three } from '../../support/observation.ts';
import { downgradedAll, plan, putBackWhileServing } from '../../support/planning.ts';

/** Fewer where every change of the domain is judged anew (`npm run mutate`). */
const runs = { numRuns: Number(process.env['LOCKSTEP_PROPERTY_RUNS'] ?? 300) };

function refusalOf(planned: ReturnType<typeof plan>): {
  readonly next: string;
  readonly reasons: readonly RefusalReason[];
} {
  return planned.kind === 'refusal' ? planned.refusal : { next: '', reasons: [] };
}

describe('the way forward of a refusal, for any observation and strategy', () => {
  const refused = fc.record({ spec: anySpec, strategy: fc.constantFrom(null, ...STRATEGIES) });

  test('is a statement to type only where Lockstep would write the rows itself', () => {
    fc.assert(
      fc.property(refused, ({ spec, strategy }) => {
        const observation = observationOf(spec);
        const { next } = refusalOf(plan(observation, { strategy }));
        if (next.includes('lxd sql')) expect(plan(observation, { strategy: 'sql-live' }).kind).toBe('plan');
      }),
      runs,
    );
  });

  test('is a recovery only where that is planned', () => {
    fc.assert(
      fc.property(refused, ({ spec, strategy }) => {
        const observation = observationOf(spec);
        const { next } = refusalOf(plan(observation, { strategy }));
        const named =
          STRATEGIES.find((one) => next.includes(`recover ${observation.cluster} --strategy ${one}`)) ?? null;
        if (/recover \S+$/.test(next)) expect(plan(observation).kind).toBe('plan');
        if (next.startsWith('What is safe now') && named !== null) {
          expect(plan(observation, { strategy: named }).kind).toBe('plan');
        }
      }),
      runs,
    );
  });
});

const LATENT = { rows: { m1: 387 } };

/** Somebody serves and a row is wrong, but a guard stands before it: the same holds for a statement that is typed. */
test.each<[string, ClusterObservation, string]>([
  [
    'another installation works',
    putBackWhileServing({ m2: { facts: { marker: THEIR_MARKER } } }),
    'On ops2-bb: /lxd wait r999zzz',
  ],
  [
    'a join is not finished',
    observationOf({ members: three({ build: '5.21.3' }), ...LATENT, row: { m3: { state: 'pending' } } }),
    'Finish or remove the join.',
  ],
  [
    'a daemon is older than its binary',
    observationOf({ members: three({ build: '5.21.3' }, { m2: { runs: '5.21.2' } }), ...LATENT }),
    'Decide which of the two versions is meant',
  ],
  [
    'the count is bumped',
    observationOf({ members: three({ build: '5.21.3', facts: { extensionBump: 5 } }), ...LATENT }),
    'Remove LXD_ARTIFICIALLY_BUMP_API_EXTENSIONS',
  ],
])('no statement is offered while %s', (_why, observation, next) => {
  for (const strategy of [null, 'sql-live', 'align-revision', 'stop-patch-start'] as const) {
    expect(refusalOf(plan(observation, { strategy })).next, String(strategy)).toContain(next);
  }
});

test('a strategy that is no choice leads to what stands against the one that would be', () => {
  const healthy = observationOf({ members: three({ build: '5.21.2' }) });
  const full = { facts: { disk: { databaseBytes: 20_000_000, freeBytes: 1_000_000 } } };
  const noRoom = downgradedAll({ m2: full });
  expect(refusalOf(plan(healthy, { strategy: 'align-revision' })).next).toBe('Nothing to do. /lxd status prod');
  expect(refusalOf(plan(noRoom, { strategy: 'align-revision' })).next).toContain('Free space on that member.');
  expect(refusalOf(plan(downgradedAll(), { strategy: 'align-revision' })).next).toBe(
    'What is safe now: /lxd recover prod --strategy patch-in-place',
  );
});
