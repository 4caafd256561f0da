/**
 * Instances that run at the end and did not before: LXD starts them by itself when it becomes ready. Information, never a failure
 * (recovery rules, "After").
 */
import type { ClusterObservation } from '../observation.ts';
import type { Baseline } from '../plan.ts';

const MOST_NAMES = 10;
/** LXD's own limit. Names come from a process table. */
const LONGEST_NAME = 63;

/** A sentence; empty when there are none. */
export function describeStarted({ instances }: Baseline, observation: ClusterObservation): string {
  const lists = observation.members.flatMap(({ member, facts }) => {
    const before = instances.find((one) => one.member === member)?.pids ?? [];
    const names = (facts?.instances?.running ?? []).filter(({ pid }) => !before.includes(pid)).map(({ name }) => name);
    return names.length === 0 ? [] : [{ member, names }];
  });
  if (lists.length === 0) return '';
  const total = lists.reduce((sum, { names }) => sum + names.length, 0);
  const words = lists.map(({ member, names }) => {
    const shown = names.slice(0, MOST_NAMES).map((name) => name.slice(0, LONGEST_NAME));
    const more = names.length > shown.length ? ` and ${names.length - shown.length} more` : '';
    return `${member}: ${shown.join(', ')}${more}`;
  });
  return `${total} ${total === 1 ? 'instance runs' : 'instances run'} that did not before, which is LXD’s own doing: ${words.join('; ')}.`;
}
