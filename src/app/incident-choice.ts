/**
 * Which incident a command is about: the one whose id begins so; else the one whose thread it was typed in, the one of the channel's
 * cluster, or the only one that fits. Incidents of clusters that the person may not view don't exist for them.
 */
import type { ClusterConfig } from '../domain/cluster.ts';
import type { Incident, IncidentState } from '../domain/incident.ts';
import type { Person } from '../domain/person.ts';
import { err, ok, type Result } from '../domain/result.ts';
import type { Rendered } from '../ports/chat.ts';
import type { Card } from '../ports/store.ts';
import { renderProblem, renderRefusal } from './answer.ts';
import { visibleClusters } from './authorise.ts';
import type { Call } from './call.ts';
import type { AppDeps } from './deps.ts';
import { suggest } from './suggest.ts';

export interface IncidentQuestion {
  /** Id or its beginning, as typed. */
  readonly id: string | null;
  readonly cluster: string | null;
  /** States that fit when no id is given. */
  readonly fits: readonly IncidentState[];
  /** `incident ack`, for the answer. */
  readonly command: string;
}

export async function visibleIncidents(call: {
  readonly deps: Pick<AppDeps, 'store' | 'clusters'>;
  readonly person: Person;
}): Promise<readonly Incident[]> {
  const visible = new Set(visibleClusters(call.person, call.deps.clusters).map(({ name }) => name));
  return (await call.deps.store.listIncidents({})).filter(({ cluster }) => visible.has(cluster));
}

export async function chooseIncident(call: Call, question: IncidentQuestion): Promise<Result<Incident, Rendered>> {
  const all = await visibleIncidents(call);
  if (question.id !== null) return byPrefix(all, question.id, question.command);
  const ofCluster = all.filter(({ cluster }) => question.cluster === null || cluster === question.cluster);
  const here = question.cluster === null ? await incidentHere(call, ofCluster) : undefined;
  const fitting = ofCluster.filter(({ state }) => question.fits.includes(state));
  const [first] = fitting;
  if (here !== undefined) return ok(here);
  // Of those that are over, the newest is meant.
  if (first !== undefined && (fitting.length === 1 || fitting.every(({ state }) => state === 'resolved')))
    return ok(first);
  if (first === undefined) return err(noneFits(ofCluster, question));
  return err(
    renderRefusal('Which incident?', {
      cluster: null,
      reasons: [{ code: 'ambiguous-incident', text: `Several incidents fit: ${listed(fitting)}.` }],
      next: `${question.command} ${first.id}`,
    }),
  );
}

/** The incident whose thread this is, or that of the run whose thread it is. */
async function incidentHere(call: Call, all: readonly Incident[]): Promise<Incident | undefined> {
  const card = await findThreadCard(call);
  if (card?.subject.kind === 'incident') {
    const { incident } = card.subject;
    return all.find(({ id }) => id === incident);
  }
  if (card?.subject.kind === 'run') {
    const { run } = card.subject;
    return all.find(({ runs }) => runs.includes(run));
  }
  const open = all.filter(({ state }) => state !== 'resolved');
  const cluster = clusterOfChannel(call, visibleClusters(call.person, call.deps.clusters));
  return cluster === undefined ? undefined : open.find((each) => each.cluster === cluster.name);
}

/** The card at the root of the thread that a message came from. */
export async function findThreadCard({ deps, address }: Pick<Call, 'deps' | 'address'>): Promise<Card | null> {
  const { platform, channel, thread } = address;
  return thread === null ? null : deps.store.findCardAt({ platform, channel, externalId: thread });
}

export function clusterOfChannel(
  { address }: Pick<Call, 'address'>,
  clusters: readonly ClusterConfig[],
): ClusterConfig | undefined {
  if (address.platform === 'console') return undefined;
  const { platform, channel } = address;
  const here = clusters.filter((cluster) => cluster.channels[platform] === channel);
  return here.length === 1 ? here[0] : undefined;
}

function byPrefix(all: readonly Incident[], id: string, command: string): Result<Incident, Rendered> {
  const matching = all.filter((each) => each.id === id || each.id.startsWith(id));
  const exact = matching.find((each) => each.id === id) ?? matching[0];
  if (exact !== undefined && (matching.length === 1 || exact.id === id)) return ok(exact);
  if (exact !== undefined) {
    const text = `Several incidents begin with ${id}: ${listed(matching)}.`;
    return err(renderProblem({ code: 'ambiguous-incident', text, next: `${command} ${exact.id}` }));
  }
  const near = suggest(
    id,
    all.map((each) => each.id),
  );
  return err(
    renderProblem({
      code: 'unknown-incident',
      text: `There is no incident ${id}.${near === null ? '' : ` Did you mean ${near}?`}`,
      next: near === null ? 'incident list' : `${command} ${near}`,
    }),
  );
}

function noneFits(all: readonly Incident[], { fits }: IncidentQuestion): Rendered {
  const [newest] = all;
  const text =
    newest === undefined
      ? 'There has been no incident yet.'
      : `No incident is ${fits.join(' or ')}; the newest, ${newest.id} on ${newest.cluster}, is ${newest.state}.`;
  return renderRefusal('No incident', {
    cluster: null,
    reasons: [{ code: 'no-pending-run', text }],
    next: newest === undefined ? '/lxd incident open <cluster> <title>' : '/lxd incident list',
  });
}

function listed(incidents: readonly Incident[]): string {
  return incidents
    .slice(0, 8)
    .map(({ id, cluster, state }) => `${id} (${cluster}, ${state})`)
    .join(', ');
}
