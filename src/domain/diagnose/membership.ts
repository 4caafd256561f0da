/**
 * What a member is to the cluster: without LXD, without the snap, without a cluster, evacuated, or still joining. Taken from the
 * host's own answer, or from the state in its row.
 */
import type { Finding } from '../finding.ts';
import type { ReachedView, Situation } from './situation.ts';
import { clusterWorks, isServing } from './skew.ts';
import { apiEvidence, listNames, namesOf, rowEvidence, snapEvidence, verb } from './text.ts';

export function membershipRules(situation: Situation): readonly Finding[] {
  return [
    ...lxdMissing(situation),
    ...notASnap(situation),
    ...notClustered(situation),
    ...evacuated(situation),
    ...pending(situation),
  ];
}

function lxdMissing(situation: Situation): readonly Finding[] {
  const named = situation.reached.filter((view) => view.facts.install === 'absent');
  return finding(named, {
    kind: 'lxd-missing',
    severity: 'critical',
    title: `LXD is not installed on ${listNames(named)}`,
    cause:
      `${listNames(named)} ${verb(named.length, 'answers', 'answer')}, but there is no LXD snap and no other LXD. ` +
      `Either the snap was removed, or the configuration names the wrong host.`,
    evidence: named.map((view) => snapEvidence(view, 'no lxd found')),
    next: `Compare the host with the configuration, then: status ${situation.cluster}`,
  });
}

function notASnap(situation: Situation): readonly Finding[] {
  const named = situation.reached.filter((view) => view.facts.install === 'not-a-snap');
  return finding(named, {
    kind: 'not-a-snap',
    severity: clusterWorks(situation) ? 'warning' : 'critical',
    title: `LXD on ${listNames(named)} is not the snap`,
    cause:
      `LXD was installed in another way than as a snap, so its files, its service and its way to refresh are not those that Lockstep knows. ` +
      `Lockstep explains what it sees and changes nothing there.`,
    evidence: named.map((view) => snapEvidence(view, 'lxd outside the snap')),
    next: `See what could be read: explain ${situation.cluster}`,
  });
}

function notClustered(situation: Situation): readonly Finding[] {
  const named = situation.reached.filter(standsAlone);
  return finding(named, {
    kind: 'not-clustered',
    severity: 'critical',
    title: `LXD on ${listNames(named)} is not part of a cluster`,
    cause:
      `${listNames(named)} ${verb(named.length, 'runs', 'run')} LXD on ${verb(named.length, 'its', 'their')} own. ` +
      `Versions need to agree only inside a cluster, so there is nothing to compare. ` +
      `Either the member was removed from the cluster, or the configuration names the wrong host.`,
    evidence: named.map((view) => apiEvidence(view, 'not clustered')),
    next: `Compare the host with the configuration, then: status ${situation.cluster}`,
  });
}

export function standsAlone(view: ReachedView): boolean {
  return view.facts.clustered === false || (view.facts.clustered === null && view.facts.api?.clustered === false);
}

/** An evacuated row is neither compared nor shown as stuck, so what hides behind it is said. */
function evacuated(situation: Situation): readonly Finding[] {
  const named = situation.members.filter((view) => view.row?.state === 'evacuated');
  const rows = named.flatMap((view) => view.row ?? []);
  const stuck = situation.reached.filter((view) => view.row?.state === 'evacuated' && !isServing(view));
  return finding(named, {
    kind: 'member-evacuated',
    severity: stuck.length > 0 ? 'warning' : 'info',
    title:
      stuck.length > 0
        ? `${listNames(stuck)} ${verb(stuck.length, 'is', 'are')} evacuated, and ${verb(stuck.length, 'does', 'do')} not serve`
        : `${listNames(named)} ${verb(named.length, 'is', 'are')} evacuated`,
    cause:
      `Somebody moved the instances off ${listNames(named)} for maintenance. ` +
      `LXD leaves an evacuated member out when others compare versions, and its list shows it as evacuated also when it is stuck. ` +
      `${verb(named.length, 'It still compares', 'They still compare')} with all others at ${verb(named.length, 'its', 'their')} own start.`,
    evidence: rowEvidence(situation, rows),
    next: `Restore the member when the maintenance is over, then: status ${situation.cluster}`,
  });
}

function pending(situation: Situation): readonly Finding[] {
  const rows = (situation.rows?.rows ?? []).filter((row) => row.state === 'pending');
  if (rows.length === 0) return [];
  const named = situation.members.filter((view) => view.row?.state === 'pending');
  const who = named.length > 0 ? listNames(named) : 'A member that is not configured here';
  return [
    {
      kind: 'member-pending',
      severity: 'warning',
      members: namesOf(named),
      title: `${who} ${verb(Math.max(named.length, 1), 'is', 'are')} still joining the cluster`,
      cause:
        `A row of the cluster's table is marked as pending: a join that is under way, or one that broke off. ` +
        `LXD does not compare versions with it, and no change of the table is made while it stands. ` +
        `A join that broke off is removed with "lxc cluster remove --force".`,
      evidence: rowEvidence(situation, rows),
      extensionsMissing: [],
      next: `Wait for the join, or remove it, then: status ${situation.cluster}`,
    },
  ];
}

type Body = Omit<Finding, 'members' | 'extensionsMissing'>;

function finding(named: readonly { readonly member: Finding['members'][number] }[], body: Body): readonly Finding[] {
  return named.length === 0 ? [] : [{ ...body, members: namesOf(named), extensionsMissing: [] }];
}
