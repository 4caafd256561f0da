/**
 * What a person can type where this version of Lockstep has no strategy of its own: the exact commands, with the numbers of this
 * cluster. Owns their wording; whether they apply is decided by the caller.
 */
import { groupBy, highestBuild, type Build } from './builds.ts';
import { latentRows, liveStatements, requireWriter } from './live-rows.ts';
import { guardedStatement } from './patch.ts';
import { inPhase, listed, namesOf, type PlannerView } from './view.ts';

const REFRESH = 'sudo snap refresh lxd --no-wait';

/** Bring every member that is lower to the highest build: always allowed by LXD, and it needs no SQL. */
export function rollForwardByHand(view: PlannerView): string | null {
  const highest = highestBuild(view);
  if (highest === null) return null;
  const lower = view.reached.filter(({ installed }) => (installed?.extensions ?? 0) < highest.extensions);
  if (lower.length === 0) return null;
  const commands = groupBy(lower, ({ architecture }) => architecture ?? '').map(([architecture, members]) => {
    return `on ${namesOf(members)}: ${refreshTo(highest, architecture)}`;
  });
  const together = lower.length > 1 ? ', all at the same time' : '';
  return `Roll ${namesOf(lower)} forward to ${highest.version}${together}: ${commands.join('; ')}`;
}

/** Revisions are per architecture: without one for this architecture, say which version to find. */
function refreshTo(highest: Build, architecture: string): string {
  const revision = highest.revisions.get(architecture);
  return revision === undefined
    ? `${REFRESH} --revision=N, with the revision of ${highest.version} for ${architecture || 'its architecture'}`
    : `${REFRESH} --revision=${revision}`;
}

/** The statements of `sql-live`, through the same member. Throws where nobody serves who reads the live database. */
export function sqlByHand(view: PlannerView): string {
  const first = latentRows(view).length > 0 ? ', before anything else' : '';
  const statements = liveStatements(view, 0).map((params) => `sudo lxd sql global "${guardedStatement(params)}"`);
  return `On ${requireWriter(view).member}${first}: ${statements.join(' && ')}`;
}

/** Where somebody serves, a dead member is removed by LXD itself. */
export function removeDeadByHand(view: PlannerView): string | null {
  const serving = inPhase(view, 'serving')[0];
  const unreached = view.members.filter(({ facts }) => facts === null);
  const [only] = unreached;
  if (serving === undefined || only === undefined || unreached.length > 1) return null;
  return `Bring ${only.member} back; or, if it is gone for good, on ${serving.member}: lxc cluster remove --force ${only.member}`;
}

export function startByHand(view: PlannerView): string | null {
  const stopped = inPhase(view, 'stopped');
  if (stopped.length === 0) return null;
  const together = stopped.length === 1 ? '' : ', all at the same time';
  return `Start LXD on ${listed(stopped.map(({ member }) => member))}${together}: sudo systemctl start --no-block snap.lxd.daemon.unix.socket snap.lxd.daemon.service`;
}
