/**
 * What each member does, remembered from look to look, so that the timeline gets a structured entry (`member-state`) when that
 * changes and none otherwise. The lanes of a timeline are drawn from exactly these entries. Owns the words and the memory; reads
 * the diagnosis and what a look found in the members' directories.
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
}

export const STATE_WORDS: Readonly<Record<MemberState, string>> = {
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
  return { at: observation.endedAt, states: Object.fromEntries(states) };
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

export async function findMemberMemory(
  store: Pick<Store, 'getMeta'>,
  cluster: ClusterName,
): Promise<MemberMemory | null> {
  return parseMemory(await store.getMeta(keyOf(cluster)));
}

export async function saveMemberMemory(
  store: Pick<Store, 'setMeta'>,
  cluster: ClusterName,
  memory: MemberMemory,
): Promise<void> {
  await store.setMeta(keyOf(cluster), JSON.stringify(memory));
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
    return { at, states: Object.fromEntries(Object.entries(states).filter(isKnown)) };
  } catch {
    return null;
  }
}

function isKnown(pair: [string, unknown]): pair is [string, MemberState] {
  return MEMBER_STATES.some((state) => state === pair[1]);
}
