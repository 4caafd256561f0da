/**
 * What must hold of every list of events, whatever was clicked, lost or killed. Written from the design, not from the engine: the
 * table of transitions here is a second one on purpose.
 */
import type { Run, RunState } from '../../../src/domain/run.ts';
import type { TimelineKind } from '../../../src/domain/timeline.ts';
import type { Event } from './events.ts';

type StateEvent = Extract<Event, { kind: 'state' }>;
type ProbeEvent = Extract<Event, { kind: 'probe' }>;

const LEGAL: Readonly<Record<string, readonly RunState[]>> = {
  'awaiting-approval': ['approved', 'rejected', 'expired', 'aborted'],
  approved: ['running', 'stale', 'expired', 'aborted'],
  running: ['running', 'paused', 'succeeded', 'failed', 'aborted'],
  paused: ['running', 'succeeded', 'aborted'],
  succeeded: ['rolled-back'],
  aborted: ['rolled-back'],
};

/** The kinds of entries of which one must be put on record in the same commit. */
const ON_RECORD: Readonly<Record<RunState, readonly TimelineKind[]>> = {
  drafted: ['plan-drafted'],
  'awaiting-approval': ['plan-drafted'],
  approved: ['approval-given'],
  running: ['run-started', 'run-resumed'],
  paused: ['run-paused'],
  succeeded: ['run-ended'],
  failed: ['run-ended'],
  'rolled-back': ['run-ended'],
  aborted: ['run-ended'],
  rejected: ['rejected'],
  expired: ['expired'],
  superseded: [],
  stale: ['run-stale'],
};

const ENDS: readonly RunState[] = [
  'succeeded',
  'failed',
  'rolled-back',
  'aborted',
  'rejected',
  'expired',
  'superseded',
  'stale',
];
const MOST_RESUMES = 3;

export interface Rules {
  readonly required: number;
  readonly approvers: readonly string[];
  readonly breakGlass: readonly string[];
}

/** Sentences; empty when all holds. */
export function violations(events: readonly Event[], rules: Rules): readonly string[] {
  return [
    ...transitions(events),
    ...facts(events),
    ...approvals(events, rules),
    ...oneActive(events),
    ...successes(events),
    ...intents(events),
    ...repeats(events),
    ...aborts(events),
    ...resumes(events),
    ...versions(events),
    ...rollbacks(events),
    ...exclusion(events),
  ];
}

function statesOf(events: readonly Event[]): readonly StateEvent[] {
  return events.filter((event) => event.kind === 'state');
}

function transitions(events: readonly Event[]): readonly string[] {
  return statesOf(events).flatMap(({ run, from, to, entries }) => {
    const legal = from === null ? to === 'awaiting-approval' : (LEGAL[from] ?? []).includes(to);
    const told = entries.some(({ kind }) => ON_RECORD[to].includes(kind));
    return [
      ...(legal ? [] : [`${run} went from ${from} to ${to}`]),
      ...(told ? [] : [`${run} became ${to} without an entry in the timeline`]),
    ];
  });
}

/** A run starts on the facts that were approved, as the last reading before its start found them. */
function facts(events: readonly Event[]): readonly string[] {
  const drafted = new Map<string, string>();
  let seen = '';
  return events.flatMap((event) => {
    if (event.kind === 'probe') seen = event.facts;
    if (event.kind !== 'state') return [];
    if (event.from === null) drafted.set(event.run, seen);
    if (event.from !== 'approved' || event.to !== 'running' || drafted.get(event.run) === seen) return [];
    return [`${event.run} started on other facts: ${seen} instead of ${drafted.get(event.run) ?? 'none'}`];
  });
}

function approvals(events: readonly Event[], { required, approvers, breakGlass }: Rules): readonly string[] {
  return statesOf(events).flatMap(({ run, to, after }) => {
    if (to !== 'approved') return [];
    const given = after.approvals.filter(({ decision }) => decision === 'approve');
    const people = new Set(given.map(({ by }) => by));
    const alone = given.some(({ by, reason }) => reason !== null && breakGlass.includes(by));
    return [
      ...(after.strategy === 'unblock-dead-row' && !alone ? [`${run}: a member was given up without break-glass`] : []),
      ...(people.size === given.length ? [] : [`${run}: one person approved twice`]),
      ...(alone || people.size >= required ? [] : [`${run}: approved by ${people.size} of ${required}`]),
      ...given
        .filter(({ by, reason }) => reason === null && (by === after.requestedBy || !approvers.includes(by)))
        .map(({ by }) => `${run}: approved by ${by}`),
    ];
  });
}

function oneActive(events: readonly Event[]): readonly string[] {
  const active = new Set<string>();
  return statesOf(events).flatMap(({ run, to }) => {
    if (ENDS.includes(to)) active.delete(run);
    else active.add(run);
    return active.size > 1 ? [`active at the same time: ${[...active].join(', ')}`] : [];
  });
}

/** Success rests on the last reading of all members, or on a person's word once every step is done. */
function successes(events: readonly Event[]): readonly string[] {
  let seen: ProbeEvent | null = null;
  return events.flatMap((event) => {
    if (event.kind === 'probe' && event.by === 'engine') seen = event;
    if (event.kind !== 'state' || event.to !== 'succeeded') return [];
    const verified = event.entries.some(({ kind }) => kind === 'verified');
    if (verified)
      return isAsPlanned(event.after, seen) ? [] : [`${event.run} succeeded, and the members are not as planned`];
    const open = event.after.steps.filter(({ state }) => state !== 'done');
    const byPerson =
      event.from === 'paused' &&
      event.entries.some(({ kind, text }) => kind === 'run-ended' && text.includes('console:'));
    return byPerson && open.length === 0 ? [] : [`${event.run} succeeded unverified, with ${open.length} open steps`];
  });
}

/** Whom the plan names serves with the row that it names, no file lies anywhere, and healing is as it was. */
function isAsPlanned({ plan }: Run, seen: ProbeEvent | null): boolean {
  if (seen === null || seen.members.some(({ patch }) => patch)) return false;
  if (plan.healingS !== undefined && plan.healingS !== seen.healingS) return false;
  return plan.baseline.targets.every(({ member, extensions }) =>
    seen.members.some(({ name, serves, row }) => name === member && serves && row === extensions),
  );
}

/** A run counts as rolled back by the run that was drafted for that, once the members are as that one planned. */
function rollbacks(events: readonly Event[]): readonly string[] {
  const runs = new Map<string, Run>();
  let seen: ProbeEvent | null = null;
  return events.flatMap((event) => {
    if (event.kind === 'probe' && event.by === 'engine') seen = event;
    if (event.kind !== 'state') return [];
    runs.set(event.run, event.after);
    if (event.to !== 'rolled-back') return [];
    const by = [...runs.values()].find(({ plan, state }) => plan.undoes?.run === event.run && state === 'running');
    if (by === undefined) return [`${event.run} became rolled-back, and no run was at it`];
    return isAsPlanned(by, seen) ? [] : [`${event.run} became rolled-back, and the members are not as planned`];
  });
}

/** While another installation's marker is valid on a member nothing is sent there but the removal of our own file. */
function exclusion(events: readonly Event[]): readonly string[] {
  return events.flatMap((event) =>
    event.kind === 'exec' && !isRemoval(event.step) && event.heldBy !== null && event.heldBy !== `here ${event.run}`
      ? [`${event.run}: ${event.step} was sent while ${event.heldBy} had the member`]
      : [],
  );
}

/** Each text of a step has an intent of its own before it, of a run that is running; the removal of our own patch needs none. */
function intents(events: readonly Event[]): readonly string[] {
  const intended = new Set<string>();
  const running = new Set<string>();
  const found: string[] = [];
  for (const event of events) {
    if (event.kind === 'state' && event.to === 'running') running.add(event.run);
    if (event.kind === 'state' && event.to !== 'running') running.delete(event.run);
    if (event.kind === 'process') intended.clear();
    if (event.kind === 'intent') {
      intended.add(`${event.run} ${event.step}`);
      if (!running.has(event.run)) found.push(`${event.run}: an intent for ${event.step} while it was not running`);
    }
    if (event.kind !== 'exec') continue;
    const isOurs = intended.delete(`${event.run} ${event.step}`);
    if (!running.has(event.run)) found.push(`${event.run}: ${event.step} was sent while it was not running`);
    if (!isOurs && !isRemoval(event.step)) found.push(`${event.run}: ${event.step} was sent without an intent`);
  }
  return found;
}

/** Twice only after a conclusive look, a fresh reading of the members, or a person's word. */
function repeats(events: readonly Event[]): readonly string[] {
  const ran = new Map<string, string>();
  const found: string[] = [];
  for (const event of events) {
    if (event.kind === 'probe' && event.by === 'engine') ran.clear();
    if (event.kind === 'look' && event.verdict === 'not-done' && !event.early) {
      for (const [key, step] of ran) if (step === event.step) ran.delete(key);
    }
    if (event.kind === 'state' && event.from === 'paused' && event.to === 'running') ran.clear();
    if (event.kind !== 'exec' || isRemoval(event.step)) continue;
    const key = `${event.run} ${event.step}`;
    if (ran.has(key)) found.push(`${event.run}: ${event.step} was sent twice without a look`);
    if (event.ran) ran.set(key, event.step);
  }
  return found;
}

/** After an abort was asked for no step begins; what was under way is all that may still arrive. */
function aborts(events: readonly Event[]): readonly string[] {
  const asked = new Set<string>();
  return events.flatMap((event) => {
    if (event.kind === 'abort-asked') asked.add(event.run);
    const late = event.kind === 'intent' && asked.has(event.run) && !isRemoval(event.step);
    return late ? [`${event.run}: ${event.step} began after an abort was asked for`] : [];
  });
}

function resumes(events: readonly Event[]): readonly string[] {
  const counts = new Map<string, number>();
  return statesOf(events).flatMap(({ run, from, to, after }) => {
    if (from !== 'running' || to !== 'running') return [];
    const count = (counts.get(run) ?? 0) + 1;
    counts.set(run, count);
    return count <= MOST_RESUMES && after.resumes === count
      ? []
      : [`${run} was taken up ${count} times, counted ${after.resumes}`];
  });
}

/** A process of another version begins no step of a run until a person resumed it there. */
function versions(events: readonly Event[]): readonly string[] {
  const drafted = new Map<string, string>();
  const trusted = new Set<string>();
  const found: string[] = [];
  let version = '';
  for (const event of events) {
    if (event.kind === 'process') {
      version = event.codeVersion;
      trusted.clear();
    }
    if (event.kind === 'state' && event.from === null) drafted.set(event.run, event.after.codeVersion);
    if (event.kind === 'state' && event.from === 'paused' && event.to === 'running') trusted.add(event.run);
    if (event.kind !== 'intent' || trusted.has(event.run)) continue;
    if (drafted.get(event.run) !== version)
      found.push(`${event.run}: version ${version} began ${event.step} by itself`);
  }
  return found;
}

function isRemoval(step: string): boolean {
  return step.startsWith('remove-patch@');
}
