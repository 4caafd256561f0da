/**
 * What the watch says, made durable: an incident with its explanation in the thread, a warning in the channel, the end of an
 * incident. Everything goes through the store and its outbox. Saying the same twice adds nothing.
 */
import { describeDuration } from '../../domain/duration.ts';
import { assertNever } from '../../domain/assert-never.ts';
import type { ClusterConfig } from '../../domain/cluster.ts';
import type { Diagnosis } from '../../domain/diagnose/types.ts';
import type { Finding } from '../../domain/finding.ts';
import { requireIncidentId } from '../../domain/ids.ts';
import { REOPEN_GRACE_MS, type Incident, type IncidentSeverity } from '../../domain/incident.ts';
import type { NewTimelineEntry, TimelineEntry } from '../../domain/timeline.ts';
import type { Stuck, Word } from '../../domain/watch/decide.ts';
import type { Trouble } from '../../domain/watch/sight.ts';
import type { Address } from '../../ports/chat.ts';
import { listOf } from '../../chat/words.ts';
import { momentOf } from '../findings-memory.ts';
import { announceEntry } from '../milestones.ts';
import type { WatchDeps } from './deps.ts';

const ACTOR = 'lockstep';
const LONGEST_TITLE = 200;
const LONGEST_EVIDENCE = 2_000;
const MOST_EVIDENCE = 6;
/** Entries of the recent past among which a repetition is looked for. */
const RECENT = 200;

type Said<K extends Word['kind']> = Extract<Word, { readonly kind: K }>;

export async function speak(deps: WatchDeps, cluster: ClusterConfig, diagnosis: Diagnosis, word: Word): Promise<void> {
  switch (word.kind) {
    case 'trouble':
      await tellTrouble(deps, cluster, diagnosis, word);
      break;
    case 'warning':
      await tellWarnings(deps, cluster, diagnosis, word);
      break;
    case 'over':
      await tellEnd(deps, cluster, word);
      break;
    default:
      return assertNever(word);
  }
  deps.outbox.kick();
}

/** Where the watch speaks: the cluster's channels; the console when it is the only chat. */
function placesOf({ chats }: Pick<WatchDeps, 'chats'>, { channels }: ClusterConfig): readonly Address[] {
  const places = (['slack', 'discord'] as const).flatMap((platform): Address[] => {
    const channel = channels[platform];
    return channel === null || !chats.has(platform) ? [] : [{ platform, channel, user: null, thread: null }];
  });
  if (places.length > 0 || !chats.has('console')) return places;
  return [{ platform: 'console', channel: 'console', user: null, thread: null }];
}

async function tellTrouble(
  deps: WatchDeps,
  cluster: ClusterConfig,
  diagnosis: Diagnosis,
  word: Said<'trouble'>,
): Promise<void> {
  const incident = await openIncident(deps, cluster, word);
  if (incident === null) return;
  const seen = { at: word.badSince, since: word.lastGood };
  const entries = word.troubles.map((trouble): NewTimelineEntry => {
    const finding = findingOf(diagnosis, trouble);
    return {
      ...entryOf(cluster, incident, textOf(trouble, finding, word.stuck)),
      ...(finding === undefined ? { happenedAt: seen.at } : momentOf(finding, seen)),
      finding: trouble.kind,
      members: trouble.members,
      evidence: finding === undefined ? null : evidenceOf(finding),
    };
  });
  for (const entry of await appendOnce(deps, entries, word.badSince)) {
    await announceEntry(deps, { kind: 'incident', incident: incident.id }, entry);
  }
}

/** Opened, joined, or opened again; null when the cluster has no channel to open it in. */
async function openIncident(deps: WatchDeps, cluster: ClusterConfig, word: Said<'trouble'>): Promise<Incident | null> {
  const [place, ...others] = placesOf(deps, cluster);
  if (place === undefined) {
    deps.log.warn('the watch saw trouble and has no channel to say it in', { cluster: cluster.name });
    return null;
  }
  const { platform, channel, thread } = place;
  const cardIn = (address: Address) => ({ id: deps.ids.messageId(), address });
  const opened = await deps.store.openIncident({
    incident: {
      id: requireIncidentId(deps.ids.incidentId()),
      cluster: cluster.name,
      title: cut(titleOf(word), LONGEST_TITLE),
      severity: severityOf(word),
      origin: 'watch',
      place: { platform, channel, thread },
      opened: { at: deps.clock.nowMs(), by: ACTOR },
    },
    graceMs: REOPEN_GRACE_MS,
    because: { findings: word.troubles.map(({ kind }) => kind), since: word.badSince },
    card: cardIn(place),
    mirrors: others.map(cardIn),
  });
  return opened.incident;
}

function titleOf({ troubles, stuck }: Said<'trouble'>): string {
  return stuck === null ? (troubles[0]?.title ?? 'Out of step') : stuckWords(stuck);
}

/** `m2 and m3 have been waiting for m1 for 14 min` */
function stuckWords({ waiting, waitingFor, forMs }: Stuck): string {
  const others = waitingFor.length === 0 ? 'the others' : listOf(waitingFor);
  const minutes = describeDuration(Math.floor(forMs / 60_000) * 60_000);
  return `${listOf(waiting)} ${waiting.length === 1 ? 'has' : 'have'} been waiting for ${others} for ${minutes}`;
}

function severityOf({ troubles, anyServes }: Said<'trouble'>): IncidentSeverity {
  if (!anyServes) return 'critical';
  return troubles.some(({ severity }) => severity === 'critical') ? 'major' : 'minor';
}

function textOf(trouble: Trouble, finding: Finding | undefined, stuck: Stuck | null): string {
  const first = stuck === null || trouble.kind !== 'upgrade-waiting' ? '' : `${stuckWords(stuck)}. `;
  return `${first}${trouble.title}.${finding === undefined ? '' : ` ${finding.cause} ${finding.next}`}`;
}

async function tellWarnings(
  deps: WatchDeps,
  cluster: ClusterConfig,
  diagnosis: Diagnosis,
  { warnings }: Said<'warning'>,
): Promise<void> {
  const open = await deps.store.findOpenIncident(cluster.name);
  const now = deps.clock.nowMs();
  const entries = warnings.map((warning): NewTimelineEntry => {
    const finding = findingOf(diagnosis, warning);
    return {
      ...entryOf(cluster, open, `${cluster.name}, before it becomes trouble: ${textOf(warning, finding, null)}`),
      happenedAt: now,
      finding: warning.kind,
      members: warning.members,
    };
  });
  for (const entry of await appendOnce(deps, entries, now - REOPEN_GRACE_MS)) {
    if (open !== null) await announceEntry(deps, { kind: 'incident', incident: open.id }, entry);
    else await postEntry(deps, cluster, entry);
  }
}

/** A message of its own in each channel of the cluster. */
async function postEntry(deps: WatchDeps, cluster: ClusterConfig, { sequence }: TimelineEntry): Promise<void> {
  const subject = { kind: 'timeline-entry', sequence } as const;
  for (const address of placesOf(deps, cluster)) {
    await deps.store.addCard({ id: `watch-t${sequence}-${address.platform}`, subject, address, parent: null });
  }
}

/** What the watch opened, or a run mitigated, is resolved; a person's own incident is theirs to close. */
async function tellEnd(deps: WatchDeps, cluster: ClusterConfig, word: Said<'over'>): Promise<void> {
  const incident = await deps.store.findOpenIncident(cluster.name);
  if (incident === null) return;
  const summary = summaryOf(incident, word);
  if (incident.origin === 'watch' || incident.state === 'mitigated') {
    const moment = { at: deps.clock.nowMs(), by: ACTOR };
    await deps.store.changeIncident({ incident: incident.id, change: { kind: 'resolve', summary }, moment });
    return;
  }
  const note: NewTimelineEntry = { ...entryOf(cluster, incident, summary), happenedAt: word.goodSince };
  for (const entry of await appendOnce(deps, [note], word.goodSince)) {
    await announceEntry(deps, { kind: 'incident', incident: incident.id }, entry);
  }
}

function summaryOf(incident: Incident, { badSince, goodSince }: Said<'over'>): string {
  const span = badSince === null ? '' : ` after ${describeDuration(goodSince - badSince)} out of step`;
  const runs = incident.runs.length === 0 ? '' : ` Runs meanwhile: ${incident.runs.join(', ')}.`;
  return `Every member serves and is in step again${span}; seen twice. ${incident.title}.${runs}`;
}

function findingOf({ findings }: Diagnosis, { kind, members }: Trouble): Finding | undefined {
  return findings.find((each) => each.kind === kind && each.members.join() === members.join());
}

function entryOf(cluster: ClusterConfig, incident: Incident | null, text: string): NewTimelineEntry {
  return {
    happenedAt: 0,
    kind: 'watch-said',
    cluster: cluster.name,
    run: null,
    incident: incident?.id ?? null,
    member: null,
    actor: ACTOR,
    text,
    evidence: null,
  };
}

function evidenceOf({ evidence }: Finding): string | null {
  const lines = evidence.slice(0, MOST_EVIDENCE).map(({ member, source, text }) => `${member} [${source}] ${text}`);
  return lines.length === 0 ? null : cut(lines.join('\n'), LONGEST_EVIDENCE);
}

/** Entries that are there since `from` are given back as they are: an earlier process had got so far. */
async function appendOnce(
  { store, clock }: WatchDeps,
  entries: readonly NewTimelineEntry[],
  from: number,
): Promise<readonly TimelineEntry[]> {
  const [first] = entries;
  if (first?.cluster == null) return [];
  const recent = await store.listTimeline({ cluster: first.cluster, limit: RECENT });
  const found = (entry: NewTimelineEntry): TimelineEntry | undefined =>
    recent.find(
      (each) =>
        each.kind === entry.kind &&
        each.recordedAt >= from &&
        each.finding === entry.finding &&
        each.text === entry.text,
    );
  const missing = entries.filter((entry) => found(entry) === undefined);
  const added = missing.length === 0 ? [] : await store.appendTimeline(missing, clock.nowMs());
  return [...entries.flatMap((entry) => found(entry) ?? []), ...added];
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
