/**
 * Words that all formats share: times, what kind of thing an entry is, when it was really known and what became of it, how a run
 * ended, what an incident took. Pure; escapes nothing: each format escapes in its own way.
 */
import { assertNever } from '../domain/assert-never.ts';
import { describeDuration } from '../domain/duration.ts';
import type { Incident, Moment } from '../domain/incident.ts';
import type { Run } from '../domain/run.ts';
import { describeEntries, type OrderedEntry } from '../domain/timeline-order.ts';
import type { MemberState, TimelineEntry, TimelineKind } from '../domain/timeline.ts';
import { visibleLine } from '../domain/visible.ts';
import type { ReportSubject, TimeRange } from './subject.ts';

export const STATE_LABELS: Readonly<Record<MemberState, string>> = {
  serving: 'serving',
  waiting: 'waiting',
  'crash-looping': 'crash-looping',
  stopped: 'stopped',
  patched: 'patched',
  unreachable: 'unreachable',
  unknown: 'unknown',
};

/** Groups of kinds that a reader picks by. */
export const KIND_GROUPS = ['incident', 'finding', 'member', 'run', 'approval', 'step', 'note', 'other'] as const;
export type KindGroup = (typeof KIND_GROUPS)[number];

const GROUP_OF: Readonly<Record<TimelineKind, KindGroup>> = {
  'finding-appeared': 'finding',
  'finding-cleared': 'finding',
  'status-read': 'other',
  'plan-drafted': 'run',
  'plan-refused': 'run',
  'approval-asked': 'approval',
  'approval-given': 'approval',
  'approval-refused': 'approval',
  rejected: 'approval',
  expired: 'approval',
  'run-started': 'run',
  'run-stale': 'run',
  'step-started': 'step',
  'step-done': 'step',
  'step-failed': 'step',
  'step-unknown': 'step',
  verified: 'run',
  'verify-failed': 'run',
  'run-paused': 'run',
  'run-resumed': 'run',
  'run-ended': 'run',
  'abort-asked': 'run',
  'lockstep-started': 'other',
  'incident-opened': 'incident',
  'incident-acknowledged': 'incident',
  'incident-mitigated': 'incident',
  'incident-resolved': 'incident',
  'incident-reopened': 'incident',
  'incident-lead': 'incident',
  'member-state': 'member',
  'not-seen': 'other',
  'revision-changed': 'member',
  'watch-said': 'other',
  note: 'note',
};

/** A kind that an older or newer version wrote counts as another. */
export function groupOf(kind: TimelineKind): KindGroup {
  const groups: Readonly<Record<string, KindGroup>> = GROUP_OF;
  return groups[kind] ?? 'other';
}

export function isoTime(at: number): string {
  return new Date(at).toISOString();
}

/** `2026-03-02 01:15:09Z` */
export function seconds(at: number): string {
  return `${isoTime(at).slice(0, 19).replace('T', ' ')}Z`;
}

/** Whether all of it is of one day of UTC. */
export function isOneDay(range: TimeRange | null): boolean {
  return range !== null && isSameDay(range.from, range.to);
}

function isSameDay(one: number, other: number): boolean {
  return isoTime(one).slice(0, 10) === isoTime(other).slice(0, 10);
}

export function titleOf({ kind, name, incident, cluster }: ReportSubject): string {
  switch (kind) {
    case 'incident':
      return `Post-incident report ${name}${incident === null ? '' : ` on ${incident.cluster}: ${visibleLine(incident.title)}`}`;
    case 'run':
      return `Report of run ${name}${cluster === null ? '' : ` on ${cluster}`}`;
    case 'cluster':
      return `Report of cluster ${name}`;
    case 'everything':
      return 'Report of everything on record';
    default:
      return assertNever(kind);
  }
}

export function rangeWords({ entries, range }: ReportSubject): string {
  if (range === null) return 'No entries.';
  const count = entries.length === 1 ? 'One entry' : `${entries.length} entries`;
  return `${count} from ${seconds(range.from)} to ${seconds(range.to)} (${describeDuration(range.to - range.from)}).`;
}

/** `not so yet at 01:15:30Z`, `recorded 5 min later`. */
export function marksOf({ entry, lateMs, correctedBy }: OrderedEntry): readonly string[] {
  return [
    ...(entry.since === undefined ? [] : [`not so yet at ${momentBefore(entry.since, entry.happenedAt)}`]),
    ...(entry.includes === undefined ? [] : [`${describeEntries(entry.includes)} led to it`]),
    ...(lateMs === null ? [] : [`recorded ${describeDuration(lateMs)} later`]),
    ...(entry.corrects === undefined ? [] : [`corrects ${entry.corrects}`]),
    ...(correctedBy.length === 0 ? [] : [`corrected by ${correctedBy.join(', ')}`]),
  ];
}

function momentBefore(at: number, later: number): string {
  return isSameDay(at, later) ? seconds(at).slice(11) : seconds(at);
}

/** What an entry says, as one line that can be shown. Every format shows exactly this. */
export function textOf({ text }: Pick<TimelineEntry, 'text'>): string {
  return visibleLine(text);
}

export function commandsRun({ steps, compiled }: Run): readonly CommandRun[] {
  const texts = new Map(compiled.map(({ id, member, text }) => [`${id}@${member}`, text]));
  const groups = new Map<string, { id: string; text: string; steps: Run['steps'][number][] }>();
  for (const step of steps) {
    if (step.state === 'pending') continue;
    const text = texts.get(`${step.id}@${step.member}`) ?? '';
    const key = `${step.id}\n${text}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { id: step.id, text, steps: [step] });
    else group.steps.push(step);
  }
  return [...groups.values()];
}

/** One text, and each member that it was sent to. */
export interface CommandRun {
  readonly id: string;
  readonly text: string;
  readonly steps: Run['steps'];
}

/** `done in 4 s, exit 0: back-up of 12 MB`. */
export function stepWords({ state, startedAt, endedAt, exitCode, note, attempts }: Run['steps'][number]): string {
  const took = startedAt === null || endedAt === null ? '' : ` in ${describeDuration(endedAt - startedAt)}`;
  const exit = exitCode === null ? '' : `, exit ${exitCode}`;
  const tries = attempts > 1 ? `, sent ${attempts} times` : '';
  return `${state}${took}${exit}${tries}${note === null ? '' : `: ${visibleLine(note)}`}`;
}

/** `rolled-back, 4 min, requested by …, approved by …`. */
export function runWords(run: Run): string {
  const { state, startedAt, endedAt, requesterDescribedAs, approvals } = run;
  const took = startedAt === null || endedAt === null ? '' : ` after ${describeDuration(endedAt - startedAt)}`;
  const decided = approvals.map(
    ({ decision, describedAs, at }) =>
      `${decision === 'approve' ? 'approved' : 'rejected'} by ${visibleLine(describedAs)} at ${seconds(at)}`,
  );
  return [`${state}${took}`, `requested by ${visibleLine(requesterDescribedAs)}`, ...decided].join(', ');
}

/** Milestones of an incident: label and value. */
export function milestonesOf(incident: Incident): readonly (readonly [label: string, value: string])[] {
  const since = (moment: Moment | null): string =>
    moment === null
      ? 'not yet'
      : `${seconds(moment.at)} by ${visibleLine(moment.by)}, ${describeDuration(moment.at - incident.opened.at)} after it was opened`;
  return [
    ['Opened', `${seconds(incident.opened.at)} by ${visibleLine(incident.opened.by)}`],
    ['Acknowledged', since(incident.acknowledged)],
    ['Mitigated', since(incident.mitigated)],
    ['Resolved', since(incident.resolved)],
    ...(incident.reopens === 0 ? [] : [['Opened again', String(incident.reopens)] as const]),
  ];
}
