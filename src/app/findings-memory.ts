/**
 * What a cluster's findings were at the last look, so that the timeline gets an entry when one appears or clears, and none when a
 * look saw the same as before.
 */
import type { ClusterConfig } from '../domain/cluster.ts';
import type { Diagnosis } from '../domain/diagnose/types.ts';
import { describeDuration } from '../domain/duration.ts';
import { FINDING_KINDS, type Finding } from '../domain/finding.ts';
import type { ClusterName, MemberName } from '../domain/ids.ts';
import type { ClusterObservation } from '../domain/observation.ts';
import type { NewTimelineEntry } from '../domain/timeline.ts';
import type { AppDeps } from './deps.ts';
import {
  findMemberMemory,
  memberStateEntries,
  memberStates,
  revisionEntries,
  saveMemberMemory,
  type MemberMemory,
} from './member-states.ts';

/** Key of a finding → its title at the last look. */
type Remembered = Readonly<Record<string, string>>;

/**
 * Writes down what a look saw differently from the one before: findings, and what each member does. A finding that a log line tells
 * carries that line's time; one that the probe alone tells happened between this look and the one before.
 */
export function recordLook(
  deps: Pick<AppDeps, 'store' | 'clock'>,
  cluster: ClusterConfig,
  diagnosis: Diagnosis,
  observation: ClusterObservation,
): Promise<void> {
  const before = lastOf.get(deps.store)?.get(cluster.name) ?? Promise.resolve();
  const mine = before.catch(() => undefined).then(() => record(deps, cluster, diagnosis, observation));
  lastOf.set(deps.store, (lastOf.get(deps.store) ?? new Map<ClusterName, Promise<void>>()).set(cluster.name, mine));
  return mine;
}

/** One look of a cluster is written down after the other: two at once would both see the same memory. */
const lastOf = new WeakMap<object, Map<ClusterName, Promise<void>>>();

async function record(
  deps: Pick<AppDeps, 'store' | 'clock'>,
  cluster: ClusterConfig,
  diagnosis: Diagnosis,
  observation: ClusterObservation,
): Promise<void> {
  const { store } = deps;
  const key = `findings:${cluster.name}`;
  const before = parseRemembered(await store.getMeta(key));
  const members = await findMemberMemory(store, cluster.name);
  const states = memberStates(observation, diagnosis);
  const now: Remembered = Object.fromEntries(diagnosis.findings.map((finding) => [keyOf(finding), finding.title]));
  const seen = { cluster: cluster.name, at: observation.endedAt, since: members?.at ?? null };
  const names = cluster.members.map(({ name }) => name);
  const entries = [
    ...notSeen(cluster, members, states.at),
    ...Object.entries(before).flatMap(([id, title]) =>
      id in now || id.startsWith('in-step@') ? [] : [cleared(seen, id, title, names)],
    ),
    ...diagnosis.findings.flatMap((finding) => (keyOf(finding) in before ? [] : [appeared(seen, finding)])),
    ...memberStateEntries(cluster.name, members, states, names),
    ...revisionEntries(cluster.name, members, states, names),
  ];
  if (entries.length > 0) await store.appendTimeline(entries, deps.clock.nowMs());
  // After the entries: a process that dies in between writes one twice rather than none.
  if (entries.length > 0) await store.setMeta(key, JSON.stringify(now));
  await saveMemberMemory(store, cluster.name, states);
}

/** Nobody looked for so long, in ms: what was so in between is not known. A watched cluster may be backed off to five periods. */
const GAP_MS = 15 * 60_000;
const GAP_PERIODS = 6;

function notSeen(
  { name, watchEveryMs }: ClusterConfig,
  members: MemberMemory | null,
  at: number,
): readonly NewTimelineEntry[] {
  if (members === null || at - members.at <= Math.max(GAP_MS, GAP_PERIODS * (watchEveryMs ?? 0))) return [];
  const text = `Nobody looked at ${name} for ${describeDuration(at - members.at)}: what was so in between is not known.`;
  return [{ ...entry({ cluster: name, at, since: null }, 'not-seen', text), since: members.at }];
}

/** Titles of the findings at the last look; null when there was none. */
export async function findLastTitles(
  store: Pick<AppDeps['store'], 'getMeta'>,
  cluster: ClusterName,
): Promise<readonly string[] | null> {
  const text = await store.getMeta(`findings:${cluster}`);
  return text === null ? null : Object.values(parseRemembered(text));
}

function keyOf(finding: Finding): string {
  return `${finding.kind}@${finding.members.join(',')}`;
}

interface Seen {
  readonly cluster: ClusterName;
  /** When this look ended, and the one before; ms UTC. */
  readonly at: number;
  readonly since: number | null;
}

function appeared(seen: Seen, finding: Finding): NewTimelineEntry {
  return {
    ...entry(seen, 'finding-appeared', finding.title),
    ...momentOf(finding, seen),
    finding: finding.kind,
    members: finding.members,
  };
}

/** How much older than the end of a look a line may be that this look did not find yet: it was read before that, by another clock. */
const LOOK_MS = 60_000;

/**
 * When it happened: the log line's own time where one tells, else between the last look that did not see it and the first that did. A
 * line from before that last look tells of an earlier time when it was so.
 */
export function momentOf(
  { evidence }: Pick<Finding, 'evidence'>,
  seen: Pick<Seen, 'at' | 'since'>,
): Pick<NewTimelineEntry, 'happenedAt' | 'since'> {
  const from = seen.since === null ? Number.NEGATIVE_INFINITY : seen.since - LOOK_MS;
  const logged = evidence.flatMap(({ source, at }) => (source === 'log' && at !== null && at >= from ? [at] : []));
  if (logged.length > 0) return { happenedAt: Math.min(seen.at, ...logged) };
  return { happenedAt: seen.at, ...sinceOf(seen) };
}

function cleared(seen: Seen, id: string, title: string, names: readonly MemberName[]): NewTimelineEntry {
  const [kind, list = ''] = id.split('@', 2);
  const finding = FINDING_KINDS.find((each) => each === kind);
  const listed = new Set(list.split(','));
  return {
    ...entry(seen, 'finding-cleared', `No longer so: ${title}`),
    ...sinceOf(seen),
    ...(finding === undefined ? {} : { finding, members: names.filter((name) => listed.has(name)) }),
  };
}

function sinceOf({ since }: Pick<Seen, 'since'>): { readonly since?: number } {
  return since === null ? {} : { since };
}

function entry(seen: Seen, kind: 'finding-appeared' | 'finding-cleared' | 'not-seen', text: string): NewTimelineEntry {
  return {
    happenedAt: seen.at,
    kind,
    cluster: seen.cluster,
    run: null,
    incident: null,
    member: null,
    actor: 'lockstep',
    text,
    evidence: null,
  };
}

/** A value that can't be read counts as nothing remembered: the worst is one entry too many. */
function parseRemembered(text: string | null): Remembered {
  if (text === null) return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
    return Object.fromEntries(
      Object.entries(value).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
    );
  } catch {
    return {};
  }
}
