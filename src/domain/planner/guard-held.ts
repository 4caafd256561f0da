/** Nothing is drafted on a cluster that another installation of Lockstep repairs: before its deadline its marker is a refusal. */
import { deadlineWords, foreignMarker, holderWords, MARKER_PATH } from '../diagnose/held.ts';
import type { RefusalReason } from '../plan.ts';
import { ofCount, whereTrue } from './reasons.ts';
import type { PlannerView } from './view.ts';

export function guardHeld(view: PlannerView): readonly RefusalReason[] {
  const markers = foreignMarkers(view);
  return [
    ...whereTrue(
      view.reached,
      ({ facts }) => foreignMarker(facts.marker) !== null,
      'held-elsewhere',
      (names, count) => `${names} ${ofCount(count, 'is', 'are')} held by ${holderWords(markers)}.`,
    ),
    ...whereTrue(
      view.reached,
      ({ facts }) => facts.marker?.kind === 'unreadable',
      'marker-unreadable',
      (names) => `What lies on ${names} at ${MARKER_PATH} is no marker that can be read; it is never overwritten.`,
    ),
  ];
}

/** What a person can do about it, with the time after which it solves itself. */
export function heldByHand(view: PlannerView): string | null {
  const markers = foreignMarkers(view);
  const first = markers[0];
  if (first === undefined) return null;
  const until = deadlineWords(Math.max(...markers.map((one) => one.until)));
  return `On ${first.installation}: /lxd wait ${first.run}, or /lxd abort ${first.run}; or wait until ${until}, when it may be taken over. Then: /lxd recover ${view.input.cluster.name}`;
}

function foreignMarkers(view: PlannerView): readonly NonNullable<ReturnType<typeof foreignMarker>>[] {
  return view.reached.flatMap(({ facts }) => foreignMarker(facts.marker) ?? []);
}
