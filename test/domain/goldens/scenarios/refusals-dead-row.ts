/** Situations in which a member may not be given up. */
import type { ClusterObservation, MemberFacts, Reach } from '../../../../src/domain/observation.ts';
import type { Scenario } from '../../../support/golden.ts';
import { logLine, NOW, observationOf, three, UNREACHABLE } from '../../../support/observation.ts';
import { deadRow, downgradedAll } from '../../../support/planning.ts';
import { CLEAN, SILENT } from './facts.ts';

const BREAK = { strategy: 'unblock-dead-row' } as const;

function dead(name: string, about: string, observation: ClusterObservation): Scenario {
  return {
    name: `refused-dead-row-${name}`,
    about: `A member is to be given up, but: ${about}`,
    observation,
    asks: [BREAK],
  };
}

function answering(kind: Reach['kind']): ClusterObservation {
  const text = 'no';
  const reach: Reach = kind === 'host-key-refused' ? { kind, reason: 'changed', text } : { kind, text };
  return deadRow({ m3: { reach } });
}

function voters(...ids: readonly number[]): Partial<MemberFacts> {
  const raft = [1, 2, 3].map((id) => ({
    id,
    address: `10.0.0.${id}:8443`,
    name: `m${id}`,
    role: ids.includes(id) ? ('voter' as const) : ('stand-by' as const),
  }));
  return { raft };
}

export const DEAD_ROW_REFUSALS: readonly Scenario[] = [
  dead('answers', 'everybody answers', downgradedAll()),
  ...(['auth-failed', 'host-key-refused', 'sudo-refused', 'garbled', 'lost', 'timed-out'] as const).map((kind) =>
    dead(kind, `its host: ${kind}`, answering(kind)),
  ),
  dead('heard', 'LXD has just heard of it', deadRow({}, { row: { m3: { heartbeatMs: NOW - 59_000 } } })),
  dead('two', 'two do not answer', deadRow({ m2: { reach: UNREACHABLE } })),
  dead('serves', 'somebody serves', deadRow({ m1: { daemon: 'serving' } })),
  dead('stopped', 'a living member is stopped', deadRow({ m2: { daemon: 'stopped' } })),
  dead('mixed', 'the living differ', deadRow({ m2: { build: '5.21.3', daemon: 'waiting' } })),
  dead('odd-row', 'a living row is odd too', deadRow({}, { rows: { m1: 402, m3: 402 } })),
  dead('all-odd', 'all rows are odd', deadRow({}, { rows: 402 })),
  dead('schema-newer', 'its row has a newer schema', deadRow({}, { row: { m3: { schema: 78 } } })),
  dead('schema-older', 'its row has an older schema', deadRow({}, { row: { m3: { schema: 72 } } })),
  dead('database-older', 'the database has an older schema', deadRow({}, { databaseSchema: 72 })),
  dead('no-table', 'no table', deadRow({}, { rows: null })),
  dead('no-row', 'it has no row', deadRow({}, { row: { m3: null } })),
  dead('pending', 'its row is pending', deadRow({}, { row: { m3: { state: 'pending' } } })),
  dead('evacuated', 'it is evacuated', deadRow({}, { row: { m3: { state: 'evacuated' } } })),
  dead(
    'other-cause',
    'another fatal line',
    deadRow({ m2: { facts: { log: [logLine('patch_failed', 'fatal', 'x')] } } }),
  ),
  dead('no-cause', 'no fatal line', deadRow({ m2: { facts: { log: [] } } })),
  dead(
    'leader',
    'a living member looks for a leader',
    deadRow({ m2: { daemon: 'waiting', facts: { log: [logLine('no_leader', 'blocked', 'x')] } } }),
  ),
  dead(
    'lower-row',
    'its row is below',
    observationOf({
      members: three({ build: '5.21.3', daemon: 'crash-looping' }, { m3: { build: '5.21.2', reach: UNREACHABLE } }),
      row: { m3: SILENT },
    }),
  ),
  dead(
    'majority',
    'no majority of voters without it',
    deadRow({ m1: { facts: voters(1, 3) }, m2: { facts: voters(1, 3) } }),
  ),
  dead('spare', 'it is no voter', deadRow({ m1: { facts: voters(1, 2) }, m2: { facts: voters(1, 2) } })),
  dead('bump', 'a count that is bumped', deadRow({ m2: { facts: { extensionBump: 2 } } })),
  dead('patch', 'somebody left a file', deadRow({ m2: { facts: { leftovers: { ...CLEAN, patchGlobal: 'x' } } } })),
  dead('track', 'its row is of another track', deadRow({}, { rows: { m3: 420 } })),
  dead('disk', 'no room for a back-up', deadRow({ m2: { facts: { disk: { databaseBytes: 9, freeBytes: 9 } } } })),
  dead('same-row', 'its row is like all others', deadRow({}, { rows: { m3: 387 } })),
];
