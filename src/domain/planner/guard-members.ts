/**
 * Guards about who the members are: all of them answered, each is the one that is meant, and configuration, `nodes` and
 * `raft_nodes` speak of the same cluster. A patch by row id on the wrong cluster is the worst that Lockstep could do.
 */
import type { NodeRow } from '../observation.ts';
import type { RefusalReason } from '../plan.ts';
import { guardHeld } from './guard-held.ts';
import { ofCount, whereTrue, when } from './reasons.ts';
import { listed, type PlannerView, type ReachedMember } from './view.ts';

export function guardMembers(view: PlannerView): readonly RefusalReason[] {
  return [
    ...guardHeld(view),
    ...guardReach(view),
    ...whereTrue(
      view.reached,
      ({ facts }) => facts.install === 'absent',
      'lxd-missing',
      (names) => `LXD is not installed on ${names}.`,
    ),
    ...whereTrue(
      view.reached,
      ({ facts }) => facts.install === 'not-a-snap',
      'not-a-snap',
      (names) => `LXD on ${names} is not the snap: Lockstep's steps are written for the snap's units and paths.`,
    ),
    ...whereTrue(
      view.reached,
      ({ facts }) => facts.clustered === false,
      'not-clustered',
      (names) => `LXD on ${names} is not part of a cluster.`,
    ),
    ...guardRows(view),
    ...guardRaft(view),
    ...guardAddresses(view),
    ...guardCertificates(view),
  ];
}

/** What diagnosis found to be in the way, each with the code of its own; the rest did not answer, or with nothing that can be read. */
const IN_THE_WAY = {
  'host-key-changed': (names: string) => `SSH does not trust the host key of ${names}`,
  'auth-failed': (names: string) => `SSH refused the login on ${names}`,
  'sudo-refused': (names: string) => `sudo is refused on ${names}`,
  'member-unreachable': (names: string) => `${names} could not be read`,
} as const;
type InTheWay = keyof typeof IN_THE_WAY;
const KNOWN = ['host-key-changed', 'auth-failed', 'sudo-refused'] as const satisfies readonly InTheWay[];

function guardReach(view: PlannerView): readonly RefusalReason[] {
  const unread = view.members.filter(({ facts }) => facts === null);
  const wayOf = (name: string): InTheWay =>
    KNOWN.find((kind) =>
      view.input.diagnosis.findings.some(
        (finding) => finding.kind === kind && finding.members.some((one) => one === name),
      ),
    ) ?? 'member-unreachable';
  return ([...KNOWN, 'member-unreachable'] as const).flatMap((code) =>
    whereTrue(
      unread,
      ({ member }) => wayOf(member) === code,
      code,
      (names) => `${IN_THE_WAY[code](names)}. A change needs the facts of every member.`,
    ),
  );
}

function guardRows(view: PlannerView): readonly RefusalReason[] {
  const rows = view.rows?.rows ?? null;
  if (rows === null) {
    return [{ code: 'probe-incomplete', text: 'No member gave the nodes table, so the rows to change are not known.' }];
  }
  const configured = view.members.map(({ member }) => String(member));
  const present = rows.map(({ name }) => name);
  const strangers = present.filter((name) => !configured.includes(name));
  const missing = configured.filter((name) => !present.includes(name));
  return [
    ...when(
      missing.length > 0,
      'own-row-missing',
      `The nodes table has no row for ${listed(missing)}: LXD there can't start, and no patch of counts helps.`,
    ),
    ...when(
      strangers.length > 0,
      'inventory-mismatch',
      `The nodes table has ${strangers.length === 1 ? 'a row' : 'rows'} that the configuration does not name. Every member must be configured.`,
    ),
    ...whereTrue(
      rows
        .map((row) => ({ ...row, member: view.members.find(({ member }) => member === row.name)?.member }))
        .flatMap(({ member, state }) => (member === undefined ? [] : [{ member, state }])),
      ({ state }) => state === 'pending' || state === 'unknown',
      'member-pending',
      (names, count) =>
        `${ofCount(count, `The row of ${names} is pending: a join is not finished, and the row`, `The rows of ${names} are pending: joins are not finished, and the rows`)} must not be touched.`,
    ),
  ];
}

/** Compared by address: older databases hold no names in `raft_nodes`. */
function guardRaft(view: PlannerView): readonly RefusalReason[] {
  const rows = view.rows?.rows ?? [];
  const known = addressesOf(rows);
  const wrong = view.reached.some(({ facts }) => {
    if (facts.raft === null || facts.raft.length === 0 || rows.length === 0) return false;
    const raft = addressesOf(facts.raft);
    return raft.length !== known.length || raft.some((address, index) => address !== known[index]);
  });
  return when(wrong, 'inventory-mismatch', 'The nodes table and the members of the database (raft_nodes) differ.');
}

/** A host must be the member that configuration says it is, and no host may stand twice. */
function guardAddresses(view: PlannerView): readonly RefusalReason[] {
  const rows = view.rows?.rows ?? [];
  const addresses = view.reached.map(({ facts }) => facts.clusterAddress).filter((address) => address !== null);
  return [
    ...whereTrue(
      view.reached,
      (member) => isSomebodyElse(member, rows),
      'inventory-mismatch',
      (names) => `The host configured as ${names} is another member of the cluster by its own database.`,
    ),
    ...when(
      new Set(addresses).size !== addresses.length,
      'inventory-mismatch',
      'Two configured members lead to the same LXD.',
    ),
  ];
}

/** Names and addresses may be equal in two clusters, the certificate is not. Where it could not be read nothing is said. */
function guardCertificates(view: PlannerView): readonly RefusalReason[] {
  const read = view.reached.map(({ facts }) => facts.clusterCertificate).filter((one) => one !== null);
  return when(
    new Set(read).size > 1,
    'inventory-mismatch',
    'The members do not hold one and the same cluster certificate: they belong to different clusters, or its renewal did not reach all.',
  );
}

function isSomebodyElse({ facts, member }: ReachedMember, rows: readonly NodeRow[]): boolean {
  const serverName = facts.api?.serverName ?? null;
  if (serverName !== null && serverName !== member) return true;
  const row = rows.find(({ address }) => address === facts.clusterAddress);
  return row !== undefined && row.name !== member;
}

function addressesOf(nodes: readonly { readonly address: string }[]): readonly string[] {
  return nodes.map(({ address }) => address).sort();
}
