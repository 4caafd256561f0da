/** Timeline entries of the use cases, with the fields that are the same in all of them filled in. */
import type { ClusterName, RunId } from '../domain/ids.ts';
import { describePerson } from '../domain/person.ts';
import type { NewTimelineEntry, TimelineKind } from '../domain/timeline.ts';
import type { Call } from './call.ts';

/** By the person of this call, now. */
export function entryBy(
  call: Call,
  kind: TimelineKind,
  about: { readonly cluster: ClusterName; readonly run: RunId | null },
  text: string,
): NewTimelineEntry {
  return {
    happenedAt: call.deps.clock.nowMs(),
    kind,
    cluster: about.cluster,
    run: about.run,
    incident: null,
    member: null,
    actor: describePerson(call.person),
    text,
    evidence: null,
  };
}
