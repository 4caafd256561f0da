/** Who and what the made-up incident is about: members, runs, people, moments, and the records of runs and incident. */
import { createHash } from 'node:crypto';
import {
  requireClusterName,
  requireIncidentId,
  requireMemberName,
  requireRunId,
  type MemberName,
  type RunId,
} from '../../src/domain/ids.ts';
import { newIncident, type Incident } from '../../src/domain/incident.ts';
import type { Run, RunState, StepRecord } from '../../src/domain/run.ts';
import { aRun } from '../contract/store-fixtures.ts';

const MINUTE = 60_000;
const BEGAN = Date.UTC(2026, 10, 23, 1, 12, 30);
export const CLUSTER = requireClusterName('prod');
export const INCIDENT = requireIncidentId('i7k2x9a');
export const FIRST = requireRunId('r4k2x9a');
export const SECOND = requireRunId('r9m3p1q');
export const MEMBERS = ['m1', 'm2', 'm3', 'm4', 'm5'].map(requireMemberName);

export const ALICE = 'slack:U01ALICE (Alice Example)';
export const BOB = 'slack:U02BOB (Bob Example)';

export const STEPS = [
  'hold-refreshes',
  'stop-serving',
  'back-up',
  'write-patch',
  'start',
  'await-patch-consumed',
  'await-ready',
];

/** That many minutes after it began, ms UTC. */
export function at(min: number): number {
  return BEGAN + Math.round(min * MINUTE);
}

export function theRun(id: RunId, state: RunState, from: number, to: number, done: number): Run {
  const stages = STEPS.map((kind, index) => `${index + 1}-${kind}`);
  const pairs = stages.flatMap((step) => MEMBERS.map((member) => ({ step, member })));
  return aRun({
    id,
    state,
    reason: 'taken back after the upgrade',
    incident: INCIDENT,
    requesterDescribedAs: ALICE,
    createdAt: at(from - 8),
    startedAt: at(from),
    endedAt: at(to),
    approvals: [{ by: 'slack:U02BOB', describedAs: BOB, at: at(from - 1), decision: 'approve', reason: null }],
    explanation:
      state === 'aborted' ? 'Aborted after a failed back-up on m5; nothing was changed in any database.' : null,
    compiled: pairs.map(({ step, member }) => ({ id: step, member, text: commandOf(step, member) })),
    steps: pairs.map(({ step, member }, index) =>
      stepRecord(step, member, at(from + 0.3 + index * 0.5), index / 5 < done),
    ),
  });
}

function commandOf(step: string, member: MemberName): string {
  const file = createHash('sha256').update(step).digest('hex').slice(0, 8);
  return `set -eu\nPATH=/snap/bin:$PATH\n# ${step}\ntest -d /var/snap/lxd/common/lxd\n${step.includes('write') ? `mv .${file}.tmp patch.global.sql # ${member}` : `systemctl is-active snap.lxd.daemon || true`}`;
}

function stepRecord(id: string, member: MemberName, startedAt: number, isDone: boolean): StepRecord {
  const facts = isDone
    ? { state: 'done' as const, attempts: 1, startedAt, endedAt: startedAt + 9_000, exitCode: 0, note: 'done' }
    : { state: 'pending' as const, attempts: 0, startedAt: null, endedAt: null, exitCode: null, note: null };
  return { id, member, output: null, ...facts };
}

export function theIncident(): Incident {
  const opened = { at: at(5), by: 'lockstep' };
  return {
    ...newIncident({
      id: INCIDENT,
      cluster: CLUSTER,
      title: 'prod fell out of step after a downgrade',
      severity: 'major',
      origin: 'watch',
      place: { platform: 'slack', channel: 'C1', thread: null },
      opened,
    }),
    state: 'resolved',
    lead: ALICE,
    acknowledged: { at: at(14), by: ALICE },
    mitigated: { at: at(131), by: 'lockstep' },
    resolved: { at: at(178), by: ALICE },
    summary: 'An image build took the upgrade back on every member; the counts were corrected and the build is pinned.',
    runs: [FIRST, SECOND],
  };
}
