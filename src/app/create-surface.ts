/**
 * What a chat platform is given of the application: the commands, the one way in, the choices for a half-typed parameter and a
 * person's own page. Reads the store and the configuration alone, so that it is fast enough for every key pressed.
 */
import type { Message } from '../chat/message.ts';
import { homeMessage } from '../chat/views/home.ts';
import { assertNever } from '../domain/assert-never.ts';
import type { Person } from '../domain/person.ts';
import { visibleClusters } from './authorise.ts';
import type { AppDeps } from './deps.ts';
import { findLastTitles } from './findings-memory.ts';
import type { HandleInbound } from './inbound.ts';
import { visibleIncidents } from './incident-choice.ts';
import { findMemberMemory } from './member-states.ts';
import { findCommand, type Command, type ParamType } from './registry.ts';
import { distance } from './suggest.ts';
import type { Choice, SuggestRequest, Surface } from './surface.ts';

/** Discord's limit on choices, and the port's. */
const MOST_CHOICES = 25;
const LONGEST_LABEL = 100;
const MOST_RUNS = 100;

type SurfaceDeps = Pick<AppDeps, 'store' | 'clusters' | 'clock' | 'log'>;

export function createSurface(deps: SurfaceDeps, commands: readonly Command[], handle: HandleInbound): Surface {
  return {
    commands: commands.map(({ run: _run, ...shape }) => shape),
    handle,
    async suggest(request) {
      const param = findCommand(commands, request.command)?.params[request.param];
      if (param === undefined) return [];
      const all = await choicesFor(deps, commands, param.type, request);
      return bestFirst(all, request.typed).slice(0, MOST_CHOICES);
    },
    home: (person) => home(deps, person),
  };
}

async function choicesFor(
  deps: SurfaceDeps,
  commands: readonly Command[],
  type: ParamType,
  request: SuggestRequest,
): Promise<readonly Choice[]> {
  switch (type.kind) {
    case 'cluster':
      return clusterChoices(deps, request.person);
    case 'run':
      return runChoices(deps, request.person);
    case 'incident':
      return incidentChoices(deps, request.person);
    case 'command':
      return commands.map(({ name, summary }) => choice(name, summary));
    case 'enum':
      return type.values.map((value) => choice(value, ''));
    case 'text':
      return request.command === 'timeline' ? whatHasATimeline(deps, request.person) : [];
    case 'int':
    case 'duration':
    case 'flag':
      return [];
    default:
      return assertNever(type);
  }
}

function clusterChoices(deps: SurfaceDeps, person: Person): readonly Choice[] {
  return visibleClusters(person, deps.clusters).map(({ name, description }) => choice(name, description ?? ''));
}

async function runChoices(deps: SurfaceDeps, person: Person): Promise<readonly Choice[]> {
  const visible = new Set(visibleClusters(person, deps.clusters).map(({ name }) => name));
  const runs = await deps.store.listRuns({ limit: MOST_RUNS });
  return runs
    .filter(({ cluster }) => visible.has(cluster))
    .map(({ id, cluster, strategy, state }) => choice(id, `${cluster}, ${strategy}, ${state}`));
}

async function incidentChoices(deps: SurfaceDeps, person: Person): Promise<readonly Choice[]> {
  const incidents = await visibleIncidents({ deps, person });
  const open = incidents.filter(({ state }) => state !== 'resolved');
  const over = incidents.filter(({ state }) => state === 'resolved');
  return [...open, ...over].map(({ id, cluster, state, title }) => choice(id, `${cluster}, ${state}: ${title}`));
}

async function whatHasATimeline(deps: SurfaceDeps, person: Person): Promise<readonly Choice[]> {
  const [incidents, runs] = await Promise.all([incidentChoices(deps, person), runChoices(deps, person)]);
  return [...clusterChoices(deps, person), ...incidents, ...runs];
}

function choice(value: string, more: string): Choice {
  const label = more === '' ? value : `${value} · ${more}`;
  return { value, label: label.length > LONGEST_LABEL ? `${label.slice(0, LONGEST_LABEL - 1)}…` : label };
}

/** What begins so, then what has it somewhere, then what is spelled nearly so; each in the given order. */
function bestFirst(all: readonly Choice[], typed: string): readonly Choice[] {
  const wanted = typed.trim().toLowerCase();
  if (wanted === '') return all;
  const rank = ({ value, label }: Choice): number => {
    const name = value.toLowerCase();
    if (name === wanted) return 0;
    if (name.startsWith(wanted)) return 1;
    if (label.toLowerCase().includes(wanted)) return 2;
    return wanted.length >= 3 && distance(wanted.slice(0, 64), name) <= Math.max(1, Math.floor(name.length / 3))
      ? 3
      : 4;
  };
  return all
    .map((each) => ({ each, rank: rank(each) }))
    .filter((ranked) => ranked.rank < 4)
    .sort((a, b) => a.rank - b.rank)
    .map(({ each }) => each);
}

async function home(deps: SurfaceDeps, person: Person): Promise<Message> {
  const clusters = visibleClusters(person, deps.clusters);
  const visible = new Set(clusters.map(({ name }) => name));
  const [incidents, runs, states] = await Promise.all([
    visibleIncidents({ deps, person }),
    deps.store.listRuns({ states: ['awaiting-approval', 'running', 'paused'] }),
    Promise.all(
      clusters.map(async ({ name, description }) => ({
        name,
        description,
        memory: await findMemberMemory(deps.store, name),
        titles: await findLastTitles(deps.store, name),
      })),
    ),
  ]);
  const now = deps.clock.nowMs();
  return homeMessage({
    now,
    clusters: states,
    incidents: incidents.filter(({ state }) => state !== 'resolved'),
    runs: runs.filter((run) => visible.has(run.cluster) && (run.state !== 'awaiting-approval' || run.expiresAt > now)),
  });
}
