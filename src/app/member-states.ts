/**
 * What each member does and which revision it has, remembered from look to look, so that the timeline gets a structured entry
 * (`member-state`, `revision-changed`) when that changes and none otherwise. The lanes of a timeline are drawn from exactly these
 * entries. Owns the words and the memory; reads the diagnosis and what a look found in the members' directories.
 *
 * A look that saw nothing new moves only the time of the last look, which is kept in the process and written every few minutes: a
 * restart makes an interval wider, never wrong.
 */
import type { ClusterName, MemberName } from '../domain/ids.ts';
import type { ClusterObservation } from '../domain/observation.ts';
import type { Diagnosis, MemberAssessment } from '../domain/diagnose/types.ts';
import { MEMBER_STATES, type MemberState, type NewTimelineEntry } from '../domain/timeline.ts';
import type { Store } from '../ports/store.ts';

export interface MemberMemory {
  /** When that look ended, ms UTC. */
  readonly at: number;
  /** Member → what it did then. */
  readonly states: Readonly<Record<string, MemberState>>;
  /** Member → what it had installed when it answered last. */
  readonly revisions: Readonly<Record<string, Installed>>;
}

interface Installed {
  readonly revision: string;
  readonly version: string | null;
}

const STATE_WORDS: Readonly<Record<MemberState, string>> = {
  serving: 'serves',
  waiting: 'waits for the others',
  'crash-looping': 'starts and fails again and again',
  stopped: 'is stopped',
  patched: 'has a correction waiting for its next start',
  unreachable: 'does not answer',
  unknown: 'is in a state that the facts do not tell',
};

export function memberStates(observation: ClusterObservation, diagnosis: Diagnosis): MemberMemory {
  const patched = new Set(observation.members.filter(({ facts }) => hasPatch(facts)).map(({ member }) => member));
  const states = diagnosis.members.map((each) => [each.member, stateOf(each, patched)] as const);
  const revisions = diagnosis.members.flatMap(({ member, revision, version }) =>
    revision === null ? [] : [[member, { revision, version }] as const],
  );
  return { at: observation.endedAt, states: Object.fromEntries(states), revisions: Object.fromEntries(revisions) };
}

function hasPatch(facts: ClusterObservation['members'][number]['facts']): boolean {
  return (facts?.leftovers?.patchGlobal ?? null) !== null;
}

/** A daemon that serves has no use for a file that waits: what counts is that it serves. */
function stateOf({ member, reachable, phase }: MemberAssessment, patched: ReadonlySet<MemberName>): MemberState {
  if (!reachable) return 'unreachable';
  return phase !== 'serving' && patched.has(member) ? 'patched' : phase;
}

/** One entry per member that does something else than at the look before; every member at the first look. */
export function memberStateEntries(
  cluster: ClusterName,
  before: MemberMemory | null,
  now: MemberMemory,
  members: readonly MemberName[],
): readonly NewTimelineEntry[] {
  return members.flatMap((member) => {
    const state = now.states[member];
    if (state === undefined || before?.states[member] === state) return [];
    return [
      {
        happenedAt: now.at,
        kind: 'member-state' as const,
        cluster,
        run: null,
        incident: null,
        member,
        actor: 'lockstep',
        text: `${member} ${STATE_WORDS[state]}.`,
        evidence: null,
        state,
        ...(before?.states[member] === undefined ? {} : { since: before.at }),
      },
    ];
  });
}

/** One entry per member that has another revision than when it answered last; none for one that is seen for the first time. */
export function revisionEntries(
  cluster: ClusterName,
  before: MemberMemory | null,
  now: MemberMemory,
  members: readonly MemberName[],
): readonly NewTimelineEntry[] {
  return members.flatMap((member) => {
    const [had, has] = [before?.revisions[member], now.revisions[member]];
    if (before === null || had === undefined || has === undefined || had.revision === has.revision) return [];
    return [
      {
        happenedAt: now.at,
        since: before.at,
        kind: 'revision-changed' as const,
        cluster,
        run: null,
        incident: null,
        member,
        actor: 'lockstep',
        text: `${member} went from ${describeInstalled(had)} to ${describeInstalled(has)}.`,
        evidence: null,
      },
    ];
  });
}

function describeInstalled({ revision, version }: Installed): string {
  return version === null ? `revision ${revision}` : `${version} (revision ${revision})`;
}

/** Longest time for which the moment of the last look is kept in the process alone, in ms. */
const FLUSH_MS = 5 * 60_000;

interface Kept {
  readonly memory: MemberMemory;
  readonly writtenAt: number;
}

const kept = new WeakMap<object, Map<ClusterName, Kept>>();

function keptOf(store: object): Map<ClusterName, Kept> {
  const found = kept.get(store) ?? new Map<ClusterName, Kept>();
  kept.set(store, found);
  return found;
}

export async function findMemberMemory(
  store: Pick<Store, 'getMeta'>,
  cluster: ClusterName,
): Promise<MemberMemory | null> {
  return keptOf(store).get(cluster)?.memory ?? parseMemory(await store.getMeta(keyOf(cluster)));
}

/** Written when something changed, or when the last write is a few minutes old. Members that did not answer keep their revision. */
export async function saveMemberMemory(
  store: Pick<Store, 'setMeta' | 'getMeta'>,
  cluster: ClusterName,
  memory: MemberMemory,
): Promise<void> {
  const before = await findMemberMemory(store, cluster);
  const now = { ...memory, revisions: { ...before?.revisions, ...memory.revisions } };
  const writtenAt = keptOf(store).get(cluster)?.writtenAt ?? null;
  const isSame = before !== null && JSON.stringify({ ...before, at: 0 }) === JSON.stringify({ ...now, at: 0 });
  if (isSame && writtenAt !== null && Math.abs(now.at - writtenAt) < FLUSH_MS) {
    keptOf(store).set(cluster, { memory: now, writtenAt });
    return;
  }
  await store.setMeta(keyOf(cluster), JSON.stringify(now));
  keptOf(store).set(cluster, { memory: now, writtenAt: now.at });
}

function keyOf(cluster: ClusterName): string {
  return `members:${cluster}`;
}

/** A value that can't be read counts as nothing remembered: the worst is one entry too many. */
function parseMemory(text: string | null): MemberMemory | null {
  if (text === null) return null;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('at' in value) || !('states' in value)) return null;
    const { at, states } = value;
    if (typeof at !== 'number' || typeof states !== 'object' || states === null) return null;
    const revisions = 'revisions' in value ? installedIn(value.revisions) : {};
    return { at, states: Object.fromEntries(Object.entries(states).filter(isKnown)), revisions };
  } catch {
    return null;
  }
}

function isKnown(pair: [string, unknown]): pair is [string, MemberState] {
  return MEMBER_STATES.some((state) => state === pair[1]);
}

function installedIn(value: unknown): MemberMemory['revisions'] {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([member, each]: [string, unknown]): [string, Installed][] => {
      if (typeof each !== 'object' || each === null || !('revision' in each) || !('version' in each)) return [];
      const { revision, version } = each;
      if (typeof revision !== 'string') return [];
      return [[member, { revision, version: typeof version === 'string' ? version : null }]];
    }),
  );
}
