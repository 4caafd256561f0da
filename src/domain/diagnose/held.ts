/** Another installation of Lockstep works on the cluster, or something lies where its marker would. Ours is no news. */
import type { Finding } from '../finding.ts';
import type { MarkerFacts } from '../observation.ts';
import type { Situation } from './situation.ts';
import { listNames, listOf, namesOf, snapEvidence } from './text.ts';

type Held = Extract<MarkerFacts, { kind: 'held' }>;

export const MARKER_PATH = '/var/snap/lxd/common/lockstep/marker';

/** A marker that keeps us out: another's, before its deadline. */
export function foreignMarker(marker: MarkerFacts | null): Held | null {
  return marker?.kind === 'held' && !marker.isOurs && !marker.isOver ? marker : null;
}

/** `2026-11-23 10:50:00 UTC`. */
export function deadlineWords(until: number): string {
  return `${new Date(until).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** One sentence per holder: which installation, run, who asked, until when. Every word of it was checked when it was read. */
export function holderWords(markers: readonly Held[]): string {
  const holders = new Map(markers.map((one) => [`${one.installation} ${one.run}`, one]));
  const words = [...holders.values()].map(
    ({ installation, run, by }) => `installation ${installation} for its run ${run} (asked for by ${by})`,
  );
  const until = Math.max(...markers.map((one) => one.until));
  return `${listOf(words)} until ${deadlineWords(until)}`;
}

export function heldRules(situation: Situation): readonly Finding[] {
  return [...heldElsewhere(situation), ...unreadable(situation)];
}

function heldElsewhere(situation: Situation): readonly Finding[] {
  const named = situation.reached.flatMap((view) => {
    const marker = foreignMarker(view.facts.marker);
    return marker === null ? [] : [{ ...view, marker }];
  });
  if (named.length === 0) return [];
  return [
    {
      kind: 'held-elsewhere',
      severity: 'warning',
      members: namesOf(named),
      title: `Another Lockstep works on ${listNames(named)}: ${holderWords(named.map(({ marker }) => marker))}`,
      cause:
        `Two repairs at the same time would undo each other. While its marker lies on a member and its deadline has not passed, ` +
        `nothing is planned or started here. What is read may change under its hands.`,
      evidence: named.map((view) => snapEvidence(view, `marker: ${holderWords([view.marker])}`)),
      extensionsMissing: [],
      next: `Finish or abort that run there, or wait for its deadline, then: status ${situation.cluster}`,
    },
  ];
}

function unreadable(situation: Situation): readonly Finding[] {
  const named = situation.reached.filter(({ facts }) => facts.marker?.kind === 'unreadable');
  if (named.length === 0) return [];
  return [
    {
      kind: 'marker-unreadable',
      severity: 'warning',
      members: namesOf(named),
      title: `Something lies on ${listNames(named)} where the marker of a run would, and is none`,
      cause:
        `Lockstep never overwrites it: it may be the marker of a newer version, or somebody's own. ` +
        `Nothing is planned or started while it is there.`,
      evidence: named.map((view) => snapEvidence(view, `${MARKER_PATH} is no marker`)),
      extensionsMissing: [],
      next: `Find out who put it there, remove it on the host (sudo rm ${MARKER_PATH}), then: status ${situation.cluster}`,
    },
  ];
}
