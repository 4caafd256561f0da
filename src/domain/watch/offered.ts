/**
 * Before trouble: the channel holds another LXD than the members have, and its number of API extensions differs or is not known.
 * Pure: from a look and from what snapd said at another time. Not part of the diagnosis: only the watch asks the store, and a look
 * that did not ask must not seem to have seen the warning go.
 */
import { oneLine } from '../diagnose/text.ts';
import type { Diagnosis } from '../diagnose/types.ts';
import type { Evidence, Finding } from '../finding.ts';
import type { ClusterObservation } from '../observation.ts';
import { findRelease, type ReleaseTable } from '../release.ts';
import { type Asked, findAsked, type Follower, followersOf, type OfferMemory } from './offer-memory.ts';
import { type Behind, type Counted, type Head, offerCause, offerNext, offerTitle } from './offered-words.ts';

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
    const named = release?.extensions === extensions ? release : null;
    return { extensions, schema, hasFix: named?.hasFix ?? null, release: named?.version ?? null, isMeasured: true };
  }
  return release === null ? null : { ...release, release: release.version, isMeasured: false };
}

function isSame({ installed }: Behind, counted: Counted | null): boolean {
  if (installed === null || counted === null || installed.extensions !== counted.extensions) return false;
  return installed.schema === null || counted.schema === null || installed.schema === counted.schema;
}

function findingOf(look: OfferedLook, head: Head, counted: Counted | null, behind: readonly Behind[]): Finding {
  const story = { cluster: look.observation.cluster, head, counted, behind };
  return {
    kind: 'newer-in-channel',
    severity: behind.every(({ snap }) => snap.held) ? 'info' : 'warning',
    members: behind.map(({ member }) => member),
    title: offerTitle(story),
    cause: offerCause(story),
    evidence: evidenceOf(head, behind),
    extensionsMissing: [],
    next: offerNext(story),
  };
}

function evidenceOf({ version, revision, from, at }: Head, behind: readonly Behind[]): readonly Evidence[] {
  const offered = `snap refresh --list: lxd ${version} (rev ${revision}), tracking ${from.snap.tracking}`;
  return [
    { member: from.member, source: 'snap', at, text: oneLine(offered) },
    ...behind.map(({ member, snap, installed }): Evidence => {
      const count = installed === null ? 'number of extensions unknown' : `${installed.extensions} extensions`;
      const held = snap.held ? 'refreshes held' : 'refreshes not held';
      return { member, source: 'snap', at: null, text: `${snap.version} (rev ${snap.revision}): ${count}, ${held}` };
    }),
  ];
}
