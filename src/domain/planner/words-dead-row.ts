/** What a person has to know before a dead member's row is changed: above all what has to become of that member afterwards. */
import type { GivenUp, PlanWords } from '../plan.ts';
import { deadRowView, raises, requireDead } from './dead-row.ts';
import { healingOf } from './healing.ts';
import { namesOf, type PlannerView } from './view.ts';

export function deadRowWords(whole: PlannerView, instances: string, warnings: readonly string[]): PlanWords {
  const view = deadRowView(whole);
  const { member, row, binary } = requireDead(view);
  const to = binary.extensions;
  const living = namesOf(view.reached);
  return {
    outage: `Nothing is stopped. The API of ${living} is down already; it comes back within about a minute after the patch. ${member} stays away.`,
    instances: `${instances} What runs on ${member} is not known, and nothing is done about it.`,
    instancesStopped: 0,
    irreversible: [
      `${member} is given up: its recorded API extension count goes from ${row.apiExtensions} to ${to}, although nobody knows what LXD there has. Writing it back would block the cluster again.`,
      followUpOf(view),
    ],
    rollback: `Before LXD takes the patch: Lockstep deletes its own file. After: there is nothing to undo by SQL; bringing ${member} back with the version of the others makes its row true again.`,
    warnings: [
      `BREAK-GLASS: ${member} did not answer, and Lockstep can't tell a dead member from one that is only cut off. Make sure that it is down before you approve: a member that lives on elsewhere writes its row again.`,
      ...(healingOf(view) === null
        ? []
        : [
            `Automatic healing is on for this cluster: once it is put back, LXD may start the instances of ${member} on other members. They must not run there any more.`,
          ]),
      ...warnings,
    ],
  };
}

export function givenUpIn(whole: PlannerView): GivenUp {
  const view = deadRowView(whole);
  const { member, row, binary } = requireDead(view);
  return { member, rowId: row.id, extensions: binary.extensions, followUp: followUpOf(view) };
}

function followUpOf(view: PlannerView): string {
  const { member, row, binary } = requireDead(view);
  const living = namesOf(view.reached);
  const otherwise = raises(view)
    ? `as it is, its LXD fails at every start, since it is lower than all rows`
    : `as it is, it records ${row.apiExtensions} again: LXD on ${living} then refreshes itself to the head of its channel, or fails at its next restart`;
  return `${member} is not verified and must not come back as it is. If it is gone for good, on a member that serves: lxc cluster remove --force ${member}. If it returns, bring its LXD to ${binary.version} before it starts beside the others; ${otherwise}.`;
}
