/**
 * Before trouble: the channel holds another LXD than the members have, and its number of API extensions differs or is not known.
 * Pure: from a look and from what snapd said at another time. Not part of the diagnosis: only the watch asks the store, and a look
 * that did not ask must not seem to have seen the warning go.
 */
import { describeInstalled, listNames, verb } from '../diagnose/text.ts';
import type { Diagnosis, MemberAssessment } from '../diagnose/types.ts';
import type { Evidence, Finding } from '../finding.ts';
import type { ClusterObservation } from '../observation.ts';
import { findRelease, type ReleaseTable, releaseOf } from '../release.ts';
import { type Asked, findAsked, type Follower, followersOf, type OfferMemory } from './offer-memory.ts';

export interface OfferedLook {
  readonly observation: ClusterObservation;
  readonly diagnosis: Diagnosis;
  readonly memory: OfferMemory;
  readonly releases: ReleaseTable;
}

export interface Offered {
  readonly finding: Finding;
  /** The same for one revision of one channel, whoever has it already: it is said once. */
  readonly key: string;
}

/** A member that does not have it yet. */
type Behind = Follower & MemberAssessment;

interface Head {
  readonly version: string;
  readonly revision: string;
  readonly from: Follower;
  readonly at: number;
}

interface Counted {
  readonly extensions: number;
  readonly schema: number | null;
  readonly hasFix: boolean | null;
  /** The release whose numbers these are; null when they were read out of the build on a member. */
  readonly assumedOf: string | null;
}

export function offeredIn(look: OfferedLook): readonly Offered[] {
  return followersOf(look.observation).flatMap((group) => {
    const head = headOf(look.memory, group);
    if (head === null) return [];
    const behind = group.flatMap((one): readonly Behind[] => {
      const assessed = look.diagnosis.members.find(({ member }) => member === one.member);
      return assessed === undefined || one.snap.revision === head.revision ? [] : [{ ...assessed, ...one }];
    });
    const counted = countOf(look, head);
    if (behind.every((one) => isSame(one, counted))) return [];
    return [{ finding: findingOf(look, head, counted, behind), key: keyOf(head) }];
  });
}

function keyOf({ from, revision }: Head): string {
  return `newer-in-channel@${from.snap.tracking}:${revision}`;
}

/** What the newest answer named; one that says "up to date" speaks for the member alone that was asked. */
function headOf(memory: OfferMemory, group: readonly Follower[]): Head | null {
  const heads = group.flatMap((from): readonly Head[] => {
    const answer: Asked['answer'] = findAsked(memory, from)?.answer ?? null;
    if (answer?.offer.kind !== 'offered') return [];
    const { version, revision } = answer.offer;
    return [{ version, revision, from, at: answer.at }];
  });
  return heads.toSorted((a, b) => a.at - b.at).at(-1) ?? null;
}

/** Read on a member that has this very build installed, else looked up by the release that its version names; null when neither tells. */
function countOf({ observation, releases }: OfferedLook, { version, revision, from }: Head): Counted | null {
  const release = findRelease(releases, version);
  for (const { facts } of observation.members) {
    const same = facts?.architecture === from.architecture && facts.architecture !== null;
    const binary = same ? facts.binaries.find((one) => one.revision === revision) : undefined;
    if (binary === undefined || binary.extensions === null) continue;
    const { extensions, schema } = binary;
    return { extensions, schema, hasFix: release?.extensions === extensions ? release.hasFix : null, assumedOf: null };
  }
  return release === null ? null : { ...release, assumedOf: release.version };
}

function isSame({ installed }: Behind, counted: Counted | null): boolean {
  if (installed === null || counted === null || installed.extensions !== counted.extensions) return false;
  return installed.schema === null || counted.schema === null || installed.schema === counted.schema;
}

function findingOf(look: OfferedLook, head: Head, counted: Counted | null, behind: readonly Behind[]): Finding {
  const free = behind.filter(({ snap }) => !snap.held);
  return {
    kind: 'newer-in-channel',
    severity: free.length > 0 ? 'warning' : 'info',
    members: behind.map(({ member }) => member),
    title: `${channelOf(head)} offers ${buildWords(head, counted)}; ${haveWords(behind)}`,
    cause: [fateWords(counted, behind), ...holdWords(counted, behind, free), ...sourceWords(counted)].join(' '),
    evidence: evidenceOf(head, behind),
    extensionsMissing: [],
    next: nextWords(look, head, counted, free),
  };
}

/** Remote text: named only when it is made of what channels are made of. snapd shortens a long one with `…`. */
function channelOf({ from }: Head): string {
  const { tracking } = from.snap;
  return /^[a-z0-9][a-z0-9._/-]{0,60}…?$/i.test(tracking) ? `The channel ${tracking}` : 'The channel of the snap';
}

function buildWords({ version, revision }: Head, counted: Counted | null): string {
  const release = releaseOf(version);
  const count = counted === null ? 'number of API extensions not known' : `${counted.extensions} API extensions`;
  return `${release === null ? 'a build of no known release' : `LXD ${release}`} (revision ${revision}, ${count})`;
}

/** `m1 has 5.0.1 (313 API extensions), m2 and m3 have 5.0.2 (318 API extensions)` */
function haveWords(behind: readonly Behind[]): string {
  return [...new Set(behind.map(describeInstalled))]
    .map((words) => {
      const group = behind.filter((one) => describeInstalled(one) === words);
      return `${listNames(group)} ${verb(group.length, 'has', 'have')} ${words}`;
    })
    .join(', ');
}

function fateWords(counted: Counted | null, behind: readonly Behind[]): string {
  const waits = 'waits, and its API hangs, until every other member has it too; running instances go on';
  if (counted === null)
    return `How many API extensions it has is not known here, so take it that the number differs: then a member that gets it ${waits}.`;
  const counts = behind.flatMap(({ installed }) => (installed === null ? [] : [installed]));
  if (counts.length < behind.length) {
    return `Of ${listNames(behind.filter(({ installed }) => installed === null))} the number of API extensions could not be read, so take it that it differs: then a member that gets this LXD ${waits}.`;
  }
  if (counts.some(({ schema }) => schema !== null && counted.schema !== null && counted.schema < schema)) {
    return 'It knows only an older database schema than the members have: LXD does not start with it at all.';
  }
  if (counts.some(({ extensions }) => extensions > counted.extensions)) return fewerWords(counted);
  if (counts.every(({ extensions }) => extensions === counted.extensions)) {
    return `The number of API extensions is the same and the database schema is not: a member that gets it ${waits}, and there is no way back.`;
  }
  return `The numbers differ: a member that gets it ${waits}.`;
}

function fewerWords({ hasFix }: Counted): string {
  if (hasFix === true)
    return 'It has fewer: a member that gets it waits without serving until every other member has it too.';
  return 'It has fewer: a member that gets it exits and is restarted over and over, and when all have it none can correct the record for the others.';
}

function sourceWords(counted: Counted | null): readonly string[] {
  if (counted === null || counted.assumedOf === null) return [];
  return [
    `(${counted.extensions} is the number of release ${counted.assumedOf}: no member has this build to read it from.)`,
  ];
}

/** LXD refreshes itself on a serving member that finds another row above its own, and a hold does not keep it from that. */
function holdWords(counted: Counted | null, behind: readonly Behind[], free: readonly Behind[]): readonly string[] {
  const held = behind.filter(({ snap }) => snap.held);
  const isUp = behind.every(({ installed }) => (installed?.extensions ?? Infinity) < (counted?.extensions ?? 0));
  if (free.length === 0) {
    const follow = isUp ? '; but once one member is moved, LXD has the others follow, hold or not' : '';
    return [`Refreshes of LXD are held on ${listNames(held)}, so it does not come by itself${follow}.`];
  }
  const comes = free.length === 1 ? 'at a moment of its own choice' : 'on each at another moment';
  const first = `Refreshes of LXD are not held on ${listNames(free)}: snapd brings it there by itself, ${comes}, and the cluster is out of step until all have it.`;
  if (held.length === 0) return [first];
  const then = isUp ? 'there LXD itself fetches it once another member is ahead' : 'there it does not come by itself';
  return [first, `They are held on ${listNames(held)}: ${then}.`];
}

function nextWords(
  { observation, releases }: OfferedLook,
  head: Head,
  counted: Counted | null,
  free: readonly Behind[],
): string {
  const release = findRelease(releases, head.version)?.version ?? null;
  const hold = `Hold it before it comes, on ${listNames(free)}: sudo snap refresh --hold lxd.`;
  const plan = 'Choose a moment and refresh all members side by side;';
  const to = release ?? (counted === null ? null : head.revision);
  const ask =
    to === null
      ? `${plan} try it on a test cluster first, since nothing is known of it here, and look at both with: status ${observation.cluster}`
      : `${plan} ask first what it would do: check ${observation.cluster} --to ${to}`;
  return free.length === 0 ? ask : `${hold} Then: ${ask.charAt(0).toLowerCase()}${ask.slice(1)}`;
}

function evidenceOf({ version, revision, from, at }: Head, behind: readonly Behind[]): readonly Evidence[] {
  const offered = `snap refresh --list: lxd ${version} (rev ${revision}), tracking ${from.snap.tracking}`;
  return [
    { member: from.member, source: 'snap', at, text: offered },
    ...behind.map(({ member, snap, installed }): Evidence => {
      const count = installed === null ? 'number of extensions unknown' : `${installed.extensions} extensions`;
      const held = snap.held ? 'refreshes held' : 'refreshes not held';
      return { member, source: 'snap', at: null, text: `${snap.version} (rev ${snap.revision}): ${count}, ${held}` };
    }),
  ];
}
