/**
 * Whether the configuration, the table, and what each host says of itself are about the same members (`inventory-mismatch`,
 * `own-row-missing`). The row of a member carries its cluster address, which may differ from the SSH host: names are compared with
 * names, cluster addresses with cluster addresses. Without a table nothing is compared with it.
 */
import type { Evidence, Finding } from '../finding.ts';
import type { NodeRow } from '../observation.ts';
import { currentFatal, type MemberView, type ReachedView, type Situation } from './situation.ts';
import { apiEvidence, listNames, logEvidence, namesOf, oneLine, rowEvidence, sshEvidence, verb } from './text.ts';

export function inventoryRules(situation: Situation): readonly Finding[] {
  return [...mismatch(situation), ...ownRowMissing(situation)];
}

/** One thing that does not fit: a sentence for the reader, and what shows it. */
interface Misfit {
  readonly members: readonly MemberView[];
  readonly sentence: string;
  readonly evidence: readonly Evidence[];
}

function mismatch(situation: Situation): readonly Finding[] {
  const misfits = [
    ...sameHost(situation),
    ...sameAddress(situation),
    ...otherNames(situation),
    ...otherAddresses(situation),
    ...missingRows(situation),
    ...strangeRows(situation),
    ...strangeRaft(situation),
    ...otherCertificates(situation),
  ];
  if (misfits.length === 0) return [];
  const named = situation.members.filter((view) =>
    misfits.some((misfit) => misfit.members.some((one) => one.member === view.member)),
  );
  return [
    {
      kind: 'inventory-mismatch',
      severity: 'critical',
      members: namesOf(named),
      title: `The configured members and the cluster's own list do not match${named.length > 0 ? `: see ${listNames(named)}` : ''}`,
      cause:
        `Lockstep must be sure which host is which member before it changes anything, and here it is not. ` +
        `${misfits
          .slice(0, 4)
          .map((misfit) => misfit.sentence)
          .join(' ')} ` +
        `No change is made to this cluster until that is settled.`,
      evidence: misfits.flatMap((misfit) => misfit.evidence),
      extensionsMissing: [],
      next: `Correct the members in the configuration, then: status ${situation.cluster}`,
    },
  ];
}

function sameHost(situation: Situation): readonly Misfit[] {
  const groups = duplicates(
    situation.members,
    (view) => `${view.observation.host.toLowerCase()} ${view.observation.port}`,
  );
  return groups.map((group) => ({
    members: group,
    sentence: `${listNames(group)} are configured with the same host and port.`,
    evidence: group.map((view) => ({
      member: view.member,
      source: 'ssh' as const,
      at: null,
      text: oneLine(`configured as ${view.observation.host} port ${view.observation.port}`),
    })),
  }));
}

/** Two ways to one host: both answers give the same cluster address. */
function sameAddress(situation: Situation): readonly Misfit[] {
  const groups = duplicates(situation.reached, (view) => addressKey(view.facts.clusterAddress));
  return groups.map((group) => ({
    members: group,
    sentence: `${listNames(group)} lead to one and the same host: its cluster address is the same.`,
    evidence: group.flatMap((view) => ownAddressEvidence(view)),
  }));
}

/** The member's own name: of its daemon, else of its local raft list, against the configured one. */
function otherNames(situation: Situation): readonly Misfit[] {
  return situation.reached.flatMap((view) => {
    const own = ownName(view);
    if (own === null || own === view.member) return [];
    return [
      {
        members: [view],
        sentence: `The host configured as ${view.member} calls itself by another name in the cluster.`,
        evidence: [apiEvidence(view, `configured as ${view.member}, its own member name is ${own}`), sshEvidence(view)],
      },
    ];
  });
}

function ownName(view: ReachedView): string | null {
  const { api, clusterAddress, raft } = view.facts;
  if (api?.clustered === true && api.serverName !== null && api.serverName !== '') return api.serverName;
  const key = addressKey(clusterAddress);
  const name = key === null ? null : (raft?.find((node) => addressKey(node.address) === key)?.name ?? null);
  return name === '' ? null : name;
}

/** The row of its name has another address than the member itself: swapped, or moved. */
function otherAddresses(situation: Situation): readonly Misfit[] {
  return situation.reached.flatMap((view) => {
    const own = addressKey(view.facts.clusterAddress);
    const { row } = view;
    if (own === null || row === null || addressKey(row.address) === own) return [];
    const holder = situation.rows?.rows.find((one) => addressKey(one.address) === own);
    // An address that stands in no row at all is own-row-missing.
    if (holder === undefined) return [];
    return [
      {
        members: [view],
        sentence: `The cluster address of the host configured as ${view.member} belongs to another member's row.`,
        evidence: [
          ...ownAddressEvidence(view),
          {
            member: view.member,
            source: 'row' as const,
            at: situation.rows?.at ?? null,
            text: oneLine(`row of ${row.name}: ${row.address}; ${holder.name}: ${holder.address}`),
          },
        ],
      },
    ];
  });
}

function missingRows(situation: Situation): readonly Misfit[] {
  const rows = situation.rows;
  if (rows === null) return [];
  const named = situation.members.filter((view) => view.row === null);
  if (named.length === 0) return [];
  return [
    {
      members: named,
      sentence: `${listNames(named)} ${verb(named.length, 'is', 'are')} configured, but ${verb(named.length, 'has', 'have')} no row in the cluster's table${ageNote(situation)}.`,
      evidence: rowEvidence(situation, rows.rows),
    },
  ];
}

function strangeRows(situation: Situation): readonly Misfit[] {
  const rows = strangers(situation);
  if (rows.length === 0) return [];
  return [
    {
      members: [],
      sentence: `The cluster's table has ${verb(rows.length, 'a row', `${rows.length} rows`)} of ${verb(rows.length, 'a member', 'members')} that ${verb(rows.length, 'is', 'are')} not configured here${ageNote(situation)}.`,
      evidence: rowEvidence(situation, rows),
    },
  ];
}

/** Rows whose name is not configured. A pending one is of a member that is still joining. */
function strangers(situation: Situation): readonly NodeRow[] {
  const configured = new Set<string>(situation.members.map((view) => view.member));
  return (situation.rows?.rows ?? []).filter((row) => row.state !== 'pending' && !configured.has(row.name));
}

/** A raft node without a row still votes: compared on the member whose live table was read, others may lag behind. */
function strangeRaft(situation: Situation): readonly Misfit[] {
  const rows = situation.rows;
  const reader = situation.reached.find((view) => view.member === rows?.member);
  if (rows === null || rows.source !== 'live' || reader === undefined) return [];
  const known = new Set(rows.rows.map((row) => addressKey(row.address)));
  const ghosts = (reader.facts.raft ?? []).filter((node) => !known.has(addressKey(node.address)));
  if (ghosts.length === 0) return [];
  return [
    {
      members: [],
      sentence: `The database's own list of voters has ${verb(ghosts.length, 'an address', `${ghosts.length} addresses`)} without a row in the cluster's table.`,
      evidence: ghosts.map((node) => ({
        member: reader.member,
        source: 'row' as const,
        at: rows.at,
        text: oneLine(`raft node ${node.id}: ${node.address}, ${node.role}`),
      })),
    },
  ];
}

/** Every member of a cluster has the cluster's own certificate: another one belongs to another cluster, whatever names and addresses say. */
function otherCertificates(situation: Situation): readonly Misfit[] {
  const holders = situation.reached.filter((view) => view.facts.clusterCertificate !== null);
  const groups = [...new Set(holders.map((view) => view.facts.clusterCertificate))].map((one) =>
    holders.filter((view) => view.facts.clusterCertificate === one),
  );
  if (groups.length < 2) return [];
  const most = Math.max(...groups.map((group) => group.length));
  const largest = groups.filter((group) => group.length === most);
  const odd = largest.length > 1 ? holders : groups.filter((group) => group !== largest[0]).flat();
  return [
    {
      members: odd,
      sentence:
        odd.length === holders.length
          ? `The cluster certificates of ${listNames(odd)} are not one and the same.`
          : `${listNames(odd)} ${verb(odd.length, 'has', 'have')} another cluster certificate than the others.`,
      evidence: holders.map((view) =>
        apiEvidence(view, `cluster certificate ${(view.facts.clusterCertificate ?? '').slice(0, 16)}…`),
      ),
    },
  ];
}

/** `UPDATE nodes … WHERE address = own` would touch no row: the daemon can't start, whatever the versions are. */
function ownRowMissing(situation: Situation): readonly Finding[] {
  const named = situation.reached.filter((view) => failsOnAddress(view) || addressNowhere(situation, view));
  if (named.length === 0) return [];
  return [
    {
      kind: 'own-row-missing',
      severity: 'critical',
      members: namesOf(named),
      title: `${listNames(named)} ${verb(named.length, 'does', 'do')} not find ${verb(named.length, 'its', 'their')} own row in the cluster's table`,
      cause:
        `A starting member writes its version into the row that has its cluster address, and there is no such row for ${listNames(named)}. ` +
        `Its address was changed, or its row was removed while it was away. ` +
        `Every restart fails on this before versions are compared, so a change of recorded versions does not help.`,
      evidence: named.flatMap((view) => [...ownAddressEvidence(view), ...addressFailure(view)]),
      extensionsMissing: [],
      next: `Compare the cluster address on the host with the table: explain ${situation.cluster}`,
    },
  ];
}

function failsOnAddress(view: ReachedView): boolean {
  return currentFatal(view)?.pattern === 'address_mismatch';
}

function addressFailure(view: ReachedView): readonly Evidence[] {
  const line = currentFatal(view);
  return line !== null && failsOnAddress(view) ? [logEvidence(view.member, line)] : [];
}

function addressNowhere(situation: Situation, view: ReachedView): boolean {
  const own = addressKey(view.facts.clusterAddress);
  const { rows } = situation;
  if (own === null || rows === null || rows.source !== 'live' || view.facts.clustered === false) return false;
  return rows.rows.every((row) => addressKey(row.address) !== own);
}

function ownAddressEvidence(view: ReachedView): readonly Evidence[] {
  const address = view.facts.clusterAddress;
  return address === null ? [] : [apiEvidence(view, `own cluster address ${address}`)];
}

/** LXD's default port is added where none is given; null for none at all. */
function addressKey(address: string | null): string | null {
  if (address === null || address === '') return null;
  const text = address.toLowerCase();
  return /(?:^[^:]+|\]):\d+$/.test(text) ? text : `${text}:8443`;
}

function ageNote(situation: Situation): string {
  return situation.rows?.source === 'disk' ? ' (as of an older copy on disk)' : '';
}

function duplicates<View extends MemberView>(
  views: readonly View[],
  key: (view: View) => string | null,
): readonly (readonly View[])[] {
  const keys = [...new Set(views.map(key))].filter((one) => one !== null);
  return keys.map((one) => views.filter((view) => key(view) === one)).filter((group) => group.length > 1);
}
