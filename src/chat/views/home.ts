/** A person's own page: how the clusters stood at the last look, what waits for approval, what is open. Reads, never asks. */
import type { Incident } from '../../domain/incident.ts';
import type { Run } from '../../domain/run.ts';
import type { MemberState } from '../../domain/timeline.ts';
import { divider, heading, message, mono, nextCommand, note, strong, text, time } from '../build.ts';
import type { Block, Message, Tone } from '../message.ts';
import { describeDuration, listOf, plural, RUN_WORDS } from '../words.ts';

export interface HomeView {
  readonly now: number;
  readonly clusters: readonly {
    readonly name: string;
    readonly description: string | null;
    readonly memory: { readonly at: number; readonly states: Readonly<Record<string, MemberState>> } | null;
    /** Of the findings at the last look; null when there was none. */
    readonly titles: readonly string[] | null;
  }[];
  /** Open ones. */
  readonly incidents: readonly Incident[];
  /** Those that wait for somebody or are under way. */
  readonly runs: readonly Run[];
}

const MOST_TITLES = 3;

export function homeMessage(view: HomeView): Message {
  const waiting = view.runs.filter(({ state }) => state === 'awaiting-approval');
  const underWay = view.runs.filter(({ state }) => state !== 'awaiting-approval');
  const title = [
    plural(view.clusters.length, 'cluster'),
    view.incidents.length === 0 ? 'no open incident' : plural(view.incidents.length, 'open incident'),
    waiting.length === 0 ? 'nothing to approve' : `${plural(waiting.length, 'run')} to approve`,
  ].join(', ');
  const first = view.clusters[0];
  return message(title, toneOf(view), [
    heading('Lockstep'),
    note(title),
    ...section(
      'Waits for approval',
      waiting.flatMap((run) => runBlocks(run, view.now)),
    ),
    ...section('Open incidents', view.incidents.map(incidentBlock)),
    ...section(
      'Under way',
      underWay.flatMap((run) => runBlocks(run, view.now)),
    ),
    ...section(
      'Clusters',
      view.clusters.flatMap((cluster) => clusterBlocks(cluster, view.now)),
    ),
    nextCommand(waiting[0] !== undefined ? `approve ${waiting[0].id}` : `status ${first?.name ?? ''}`.trim()),
  ]);
}

function toneOf({ incidents, runs }: HomeView): Tone {
  if (incidents.some(({ state }) => state === 'open' || state === 'acknowledged')) return 'danger';
  return runs.length + incidents.length > 0 ? 'info' : 'good';
}

function section(title: string, blocks: readonly Block[]): readonly Block[] {
  return blocks.length === 0 ? [] : [divider, heading(title), ...blocks];
}

function runBlocks(run: Run, now: number): readonly Block[] {
  const left = run.state === 'awaiting-approval' ? `, ${describeDuration(run.expiresAt - now)} left` : '';
  return [text(mono(run.id), ` on ${run.cluster}: `, strong(run.strategy), `, ${RUN_WORDS[run.state]}${left}`)];
}

function incidentBlock(incident: Incident): Block {
  const lead = incident.lead === null ? 'nobody leads' : `lead ${incident.lead}`;
  const { id, cluster, title, state, opened } = incident;
  return text(mono(id), ` on ${cluster}: `, strong(title), `, ${state}, ${lead}, since `, time(opened.at));
}

function clusterBlocks({ name, memory, titles }: HomeView['clusters'][number], now: number): readonly Block[] {
  if (memory === null) return [text(strong(name), ': not looked at yet')];
  const states = Object.entries(memory.states);
  const serving = states.filter(([, state]) => state === 'serving').length;
  const troubled = [...new Set(states.map(([, state]) => state))].filter((state) => state !== 'serving');
  const others = troubled.map(
    (state) => `; ${listOf(states.filter(([, each]) => each === state).map(([member]) => member))} ${state}`,
  );
  const head = `${serving} of ${plural(states.length, 'member')} serving${others.join('')}`;
  return [
    text(strong(name), `: ${head}`),
    ...(titles ?? []).slice(0, MOST_TITLES).map((title) => note(title)),
    note(`Looked at ${describeDuration(Math.max(0, now - memory.at))} ago, `, time(memory.at), '.'),
  ];
}
