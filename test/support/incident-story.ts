/** What happened in the made-up incident, entry by entry. */
import type { RunId } from '../../src/domain/ids.ts';
import type { MemberState, NewTimelineEntry } from '../../src/domain/timeline.ts';
import { ALICE, at, BOB, FIRST, INCIDENT, MEMBERS, SECOND, STEPS } from './incident-cast.ts';

export interface Told extends Partial<NewTimelineEntry> {
  /** Minutes after it began. */
  readonly min: number;
  /** Recorded so many minutes after it happened. */
  readonly late?: number;
  readonly text: string;
  readonly kind: NewTimelineEntry['kind'];
}

export function story(): readonly Told[] {
  const run = (id: RunId): Pick<NewTimelineEntry, 'run'> => ({ run: id });
  return [
    ...states(0.2, 2, ['serving', 'serving', 'serving', 'serving', 'serving']),
    ...states(4, 1, [null, 'crash-looping', null, null, null]),
    ...downgraded(4, [1]),
    {
      min: 3.6,
      late: 1.2,
      kind: 'finding-appeared',
      finding: 'stale-counter',
      members: MEMBERS.slice(1, 2),
      text: 'm2: the table holds 402, its binary has 387',
      evidence:
        'level=error msg="Failed to start the daemon" err="Wait for other cluster nodes to upgrade their version"',
    },
    {
      min: 3.6,
      late: 1.41,
      kind: 'watch-said',
      finding: 'stale-counter',
      members: MEMBERS.slice(1, 2),
      text: 'm2: the table holds 402, its binary has 387. An upgrade was taken back, and the record of it was not',
    },
    { min: 5, kind: 'incident-opened', text: `Opened ${INCIDENT} (major): prod fell out of step after a downgrade` },
    ...states(11, 1, [null, null, 'crash-looping', 'waiting', null]),
    ...downgraded(11, [2, 3]),
    {
      min: 11,
      since: at(10),
      kind: 'finding-appeared',
      finding: 'stale-counter',
      members: MEMBERS.slice(2, 4),
      text: 'm3 and m4: the table holds 402, their binaries have 387',
    },
    { min: 14, kind: 'incident-acknowledged', actor: ALICE, text: `${INCIDENT} acknowledged` },
    { min: 15, kind: 'incident-lead', actor: ALICE, text: 'Alice Example leads' },
    {
      min: 21,
      kind: 'note',
      actor: ALICE,
      text: 'Note: the upgrade was taken back at 01:10 by the image build, not by a person',
      author: 'Carla Example',
      link: 'https://example.slack.com/archives/C1/p1',
      evidence: 'we rolled the image back at 01:10, sorry',
    },
    ...states(26, 1, ['waiting', null, null, null, 'unreachable']),
    {
      min: 26,
      since: at(25),
      kind: 'finding-appeared',
      finding: 'member-unreachable',
      members: MEMBERS.slice(4),
      text: 'm5 does not answer',
    },
    {
      min: 34,
      kind: 'finding-cleared',
      finding: 'member-unreachable',
      members: MEMBERS.slice(4),
      since: at(33),
      text: 'No longer so: m5 does not answer',
    },
    ...states(34, 1, [null, null, null, null, 'waiting']),
    ...downgraded(34, [0, 4]),
    {
      min: 36,
      kind: 'plan-refused',
      actor: ALICE,
      text: 'A recovery was asked for and refused: strategy-not-available',
    },
    { min: 38, kind: 'plan-drafted', ...run(FIRST), actor: ALICE, text: `${FIRST}: stop-patch-start drafted` },
    { min: 38.1, kind: 'approval-asked', ...run(FIRST), text: `${FIRST} waits for approval` },
    { min: 40, kind: 'approval-refused', ...run(FIRST), actor: ALICE, text: 'Refused: whoever asked may not approve' },
    { min: 46, kind: 'approval-given', ...run(FIRST), actor: BOB, text: `${FIRST} approved` },
    { min: 47, kind: 'run-started', ...run(FIRST), text: `${FIRST} started` },
    ...states(50, 0.5, ['stopped', 'stopped', 'stopped', 'stopped', 'stopped']),
    {
      min: 57,
      kind: 'step-failed',
      ...run(FIRST),
      member: MEMBERS[4] ?? null,
      text: '4-back-up failed on m5: no space left on device',
      evidence: 'tar: /var/snap/lxd/common/lockstep/b.tar: Cannot write: No space left on device',
    },
    { min: 57.2, kind: 'run-paused', ...run(FIRST), text: `${FIRST} paused: 4-back-up failed on m5` },
    { min: 60, kind: 'note', actor: BOB, text: 'Note: m5 has an old image store on /; clearing it' },
    { min: 62, kind: 'abort-asked', ...run(FIRST), actor: ALICE, text: `${ALICE} asked to stop ${FIRST}` },
    { min: 63, kind: 'run-ended', ...run(FIRST), text: `${FIRST} aborted; nothing was changed in any database` },
    ...states(66, 1, ['waiting', 'crash-looping', 'crash-looping', 'waiting', 'waiting']),
    { min: 74, kind: 'lockstep-started', text: 'Lockstep was started again' },
    {
      min: 88,
      kind: 'not-seen',
      since: at(70),
      text: 'Nobody looked at prod for 18 min: what was so in between is not known',
    },
    { min: 92, kind: 'plan-drafted', ...run(SECOND), actor: ALICE, text: `${SECOND}: stop-patch-start drafted` },
    { min: 92.1, kind: 'approval-asked', ...run(SECOND), text: `${SECOND} waits for approval` },
    { min: 95, kind: 'approval-given', ...run(SECOND), actor: BOB, text: `${SECOND} approved` },
    { min: 96, kind: 'run-started', ...run(SECOND), text: `${SECOND} started` },
    ...states(99, 0.5, ['stopped', 'stopped', 'stopped', 'stopped', 'stopped']),
    ...states(112, 0.5, ['patched', 'patched', 'patched', 'patched', 'patched']),
    {
      min: 118,
      kind: 'step-unknown',
      ...run(SECOND),
      member: MEMBERS[2] ?? null,
      text: '7-start on m3: the connection was lost, outcome unknown',
    },
    ...states(121, 0.5, ['serving', 'serving', null, 'serving', 'serving']),
    ...states(126, 0.5, [null, null, 'serving', null, null]),
    { min: 130, kind: 'verified', ...run(SECOND), text: 'Verified: every member ready, rows equal to each binary' },
    { min: 118.6, kind: 'run-resumed', ...run(SECOND), text: `${SECOND} goes on: m3 was looked at, and serves` },
    { min: 131, kind: 'run-ended', ...run(SECOND), text: `${SECOND} succeeded` },
    {
      min: 131,
      kind: 'incident-mitigated',
      text: `${INCIDENT} mitigated: run ${SECOND} succeeded and prod is in step`,
    },
    {
      min: 132,
      since: at(126),
      kind: 'finding-cleared',
      finding: 'stale-counter',
      members: MEMBERS.slice(1, 4),
      text: 'No longer so: the table holds 402',
    },
    { min: 90, late: 55, kind: 'note', actor: BOB, text: 'Note: m5 had 11 GB free again at 02:42' },
    { min: 178, kind: 'incident-resolved', actor: ALICE, text: `${INCIDENT} resolved: image build pinned, m5 cleared` },
  ];
}

/** Members that a look found on another revision. */
function downgraded(min: number, rows: readonly number[]): readonly Told[] {
  return rows.flatMap((row): Told[] => {
    const member = MEMBERS[row];
    if (member === undefined) return [];
    const text = `${member} went from 5.21.3 (revision 503) to 5.21.2 (revision 502)`;
    return [{ min, since: at(min - 1), kind: 'revision-changed', member, text }];
  });
}

/** What one look saw of the members that do something else than before. */
function states(min: number, every: number, seen: readonly (MemberState | null)[]): readonly Told[] {
  return seen.flatMap((state, index): Told[] => {
    const member = MEMBERS[index];
    if (state === null || member === undefined) return [];
    const since = min < 1 ? {} : { since: at(min - every) };
    return [{ min, kind: 'member-state', member, state, text: `${member} ${state}.`, ...since }];
  });
}

export function stepsOf(run: RunId, from: number, minutes: number, count: number): readonly Told[] {
  return MEMBERS.flatMap((member, row) =>
    Array.from({ length: count }, (_, index): readonly Told[] => {
      const min = from + 0.3 + ((minutes - 1) * (index + row / 10)) / count;
      const name = `${index + 1}-${STEPS[index % STEPS.length] ?? ''}`;
      const common = { run, member };
      return [
        { ...common, min, kind: 'step-started', text: `${name} started on ${member}` },
        { ...common, min: min + 0.2, kind: 'step-done', text: `${name} done on ${member}` },
      ];
    }).flat(),
  );
}

export function looks(): readonly Told[] {
  return [9, 30, 70, 88, 140, 160].map((min) => ({ min, kind: 'status-read', actor: ALICE, text: 'Looked at prod' }));
}
