/** One attempt by one person under one policy, on a run in a given state: what was answered, and what became of the run. */
import { COMMANDS } from '../../commands/index.ts';
import { tokenOf } from '../../src/app/action-token.ts';
import { incidentToken, type IncidentButton } from '../../src/app/incident-actions.ts';
import type { AppDeps } from '../../src/app/deps.ts';
import { documentCommands } from '../../src/app/docs.ts';
import { createInbound, type HandleInbound, type Inbound } from '../../src/app/inbound.ts';
import type { Data } from '../../src/domain/data.ts';
import { requireIncidentId, type RunId } from '../../src/domain/ids.ts';
import type { Incident } from '../../src/domain/incident.ts';
import { principalOf, type Person, type Platform } from '../../src/domain/person.ts';
import type { ClusterObservation } from '../../src/domain/observation.ts';
import type { Run } from '../../src/domain/run.ts';
import type { TimelineEntry } from '../../src/domain/timeline.ts';
import type { ChatPort } from '../../src/ports/chat.ts';
import type { ActionRecord, DraftRun, Store } from '../../src/ports/store.ts';
import { aCluster, type ClusterOptions } from '../support/cluster.ts';
import { SILENT } from '../support/engine.ts';
import { createMemoryStore } from '../support/memory-store.ts';
import { NOW } from '../support/observation.ts';
import { deadRow, downgradedAll } from '../support/planning.ts';
import { RELEASES } from '../support/releases.ts';
import type { Row, Stage } from './authorisation-table.ts';

const KEY = 'a key of the test';
const OBSERVATION = downgradedAll();

export interface Attempt {
  readonly options: ClusterOptions;
  readonly requester: Person;
  readonly person: Person;
  readonly stage: Stage;
  readonly body:
    | { readonly line: string }
    | { readonly button: ActionRecord['kind']; readonly words?: string | null }
    | { readonly incidentButton: IncidentButton };
}

export interface Attempted {
  /** A letter of the table. */
  readonly letter: string;
  readonly effect: Row['effect'] | 'nothing';
  /** Refused attempts to decide that went on record. */
  readonly refusalsOnRecord: number;
}

type ResumeRequest = Parameters<AppDeps['runs']['resume']>[0];

interface Bench {
  readonly store: Store;
  readonly said: Data[];
  readonly started: RunId[];
  readonly resumed: ResumeRequest[];
  readonly clock: { now: number };
  handlerFor(options: ClusterOptions, through?: Store): HandleInbound;
}

export async function attempt({ options, requester, person, stage, body }: Attempt): Promise<Attempted> {
  const bench = createBench();
  const incident = stage === 'incident' ? await openBy(bench, requester) : null;
  const run = stage === 'none' || stage === 'incident' ? null : await draftBy(bench, requester, options, stage);
  const before = (await bench.store.timelineHead())?.sequence ?? 0;
  bench.said.length = 0;
  bench.clock.now += 1_000;
  const sent = bodyOf(body, run, incident);
  await bench.handlerFor(options)(inbound(person, sent));
  const after = run === null ? await bench.store.findActiveRun(aCluster().name) : await bench.store.findRun(run.id);
  const entries = await bench.store.listTimeline({});
  return {
    letter: letterOf(bench, after),
    effect: effectOf(
      bench,
      run,
      after,
      entries.filter(({ sequence }) => sequence > before),
    ),
    refusalsOnRecord: entries.filter(({ kind }) => kind === 'approval-refused').length,
  };
}

function createBench(observation: ClusterObservation = OBSERVATION): Bench {
  const store = createMemoryStore();
  const clock = { now: NOW };
  const said: Data[] = [];
  const started: RunId[] = [];
  const resumed: ResumeRequest[] = [];
  let ids = 0;
  const count = (): string => String((ids += 1));
  const chat = (platform: Platform): ChatPort => ({
    platform,
    async post(_address, { data }) {
      if (data !== null) said.push(data);
      return { kind: 'delivered', externalId: count() };
    },
    edit: async (_address, externalId) => ({ kind: 'delivered', externalId }),
  });
  const platforms = ['console', 'slack', 'discord'] as const;
  return {
    store,
    said,
    started,
    resumed,
    clock,
    handlerFor(options, through = store) {
      const deps: AppDeps = {
        clusters: [aCluster(options)],
        releases: RELEASES,
        store: through,
        clock: { nowMs: () => clock.now, monotonicMs: () => clock.now },
        timers: {
          sleep: (_ms, signal) =>
            new Promise((resolve) => {
              signal?.addEventListener('abort', () => resolve('aborted'));
            }),
        },
        ids: {
          runId: () => `r${count().padStart(6, '0')}`,
          incidentId: () => 'i000000',
          token: count,
          messageId: count,
        },
        log: SILENT,
        prober: { probe: async () => observation },
        runs: {
          begin: (run) => void started.push(run),
          release: () => undefined,
          settled: (run) => store.findRun(run),
          async resume(request) {
            resumed.push(request);
            return (await store.findRun(request.run))!;
          },
        },
        outbox: { kick: () => undefined },
        chats: new Map(platforms.map((platform) => [platform, chat(platform)])),
        tokenKey: KEY,
        codeVersion: '0.1.0',
        localChecks: async () => [],
        docs: documentCommands(COMMANDS),
        helpNotes: [],
      };
      return createInbound(deps, COMMANDS);
    },
  };
}

/** Drafted while the requester was an operator, whatever the policy says now. */
async function draftBy(bench: Bench, requester: Person, options: ClusterOptions, stage: Stage): Promise<Run> {
  const { store, clock } = bench;
  const drafted = await store.draftRun(await draftOf(requester, options, stage === 'pending-break-glass'));
  if (!drafted.ok) throw new Error('not drafted');
  const run = drafted.value;
  if (stage === 'pending' || stage === 'pending-break-glass') return run;
  const at = clock.now;
  const change = { run: run.id, at, explanation: null, entries: [] };
  const record = { by: 'slack:UELSE', describedAs: 'else', at, decision: 'approve', reason: null } as const;
  await store.decide({ run: run.id, record, required: 1, entries: [], tokenHash: null });
  await store.changeState({ ...change, from: ['approved'], to: 'running' });
  if (stage === 'running') return requireRun(store, run.id);
  const { id: step, member } = run.steps[0]!;
  await store.recordIntent({ run: run.id, step, member, at, entries: [] });
  const outcome = {
    run: run.id,
    step,
    member,
    at,
    state: 'failed',
    exitCode: 5,
    note: 'no',
    output: null,
    entries: [],
  };
  await store.recordOutcome({ ...outcome, state: 'failed' });
  await store.changeState({ ...change, from: ['running'], to: 'paused' });
  return requireRun(store, run.id);
}

const drafts = new Map<string, DraftRun>();

/** What `recover` itself drafts; planned once, since no cell of the table is about the plan. */
async function draftOf(requester: Person, options: ClusterOptions, givesUp: boolean): Promise<DraftRun> {
  const key = `${principalOf(requester)} ${options.approvals?.expiresMs ?? ''} ${givesUp}`;
  const known = drafts.get(key);
  if (known !== undefined) return known;
  const bench = createBench(givesUp ? deadRow() : OBSERVATION);
  const store: Store = {
    ...bench.store,
    draftRun(draft) {
      drafts.set(key, draft);
      return bench.store.draftRun(draft);
    },
  };
  const asker = { ...options, roles: { operators: ['*'] } };
  await bench.handlerFor(
    asker,
    store,
  )(inbound(requester, { kind: 'line', text: `recover prod${givesUp ? ' --strategy unblock-dead-row' : ''}` }));
  const draft = drafts.get(key);
  if (draft === undefined) throw new Error('not drafted');
  return draft;
}

async function requireRun(store: Store, id: RunId): Promise<Run> {
  const run = await store.findRun(id);
  if (run === null) throw new Error(`no run ${id}`);
  return run;
}

function inbound(person: Person, body: Inbound['body']): Inbound {
  const address = { platform: person.platform, channel: 'C1', user: null, thread: null };
  return { deliveryId: 'try', person, address, body, detached: new AbortController().signal };
}

async function openBy({ store }: Bench, requester: Person): Promise<Incident> {
  const id = requireIncidentId('i0000zz');
  const { platform } = requester;
  const { incident } = await store.openIncident({
    incident: {
      id,
      cluster: aCluster().name,
      title: 'no answer',
      severity: 'major',
      origin: 'watch',
      place: { platform, channel: 'C1', thread: null },
      opened: { at: NOW, by: 'lockstep' },
    },
    graceMs: 0,
    card: null,
  });
  return incident;
}

function bodyOf(body: Attempt['body'], run: Run | null, incident: Incident | null): Inbound['body'] {
  if ('line' in body) return lineOf(body.line.replace('INCIDENT', incident?.id ?? ''), run);
  if ('button' in body) return pressOf(body.button, body.words ?? null, run);
  if (incident === null) throw new Error('a button without an incident');
  return { kind: 'press', token: incidentToken(KEY, incident, body.incidentButton) };
}

function lineOf(line: string, run: Run | null): Inbound['body'] {
  return { kind: 'line', text: line.replace('RUN', run?.id ?? '') };
}

function pressOf(kind: ActionRecord['kind'], words: string | null, run: Run | null): Inbound['body'] {
  if (run === null) throw new Error('a button without a run');
  const step = kind.startsWith('resume') ? run.steps[0]! : null;
  const meaning = { kind, run: run.id, step: step?.id ?? null, member: step?.member ?? null };
  return { kind: 'press', token: tokenOf(KEY, meaning), text: words };
}

const LETTERS: Readonly<Record<string, string>> = {
  'not-allowed': 'n',
  'own-approval': 'o',
  'console-approval-disallowed': 'c',
  'outside-change-window': 'w',
  'break-glass-required': 'g',
  expired: 'e',
  'no-pending-run': 'h',
  'unknown-cluster': 'h',
  'unknown-run': 'h',
  'unknown-incident': 'h',
  'missing-argument': 'h',
  'bad-argument': 'h',
};

function letterOf({ said }: Bench, after: Run | null): string {
  const last = said.at(-1);
  if (last?.kind === 'refusal') return LETTERS[last.reasons[0]?.code ?? ''] ?? `?${last.reasons[0]?.code}`;
  if (last?.kind === 'problem') return LETTERS[last.code] ?? `?${last.code}`;
  return after?.state === 'awaiting-approval' && after.approvals.length > 0 ? 'p' : 'y';
}

function effectOf(
  { said, started, resumed }: Bench,
  before: Run | null,
  after: Run | null,
  entries: readonly TimelineEntry[],
): Attempted['effect'] {
  if (resumed.length > 0) return 'resumed';
  if (before === null && after !== null) return 'draft';
  if (started.length > 0 && after?.state === 'approved') return 'approved';
  if (after?.state !== before?.state && (after?.state === 'rejected' || after?.state === 'aborted')) return after.state;
  if (after?.abortRequestedBy !== before?.abortRequestedBy) return 'abort-asked';
  if (entries.some(({ kind }) => kind === 'note' || kind.startsWith('incident-'))) return 'incident';
  const answered = said.some(({ kind }) => kind !== 'refusal' && kind !== 'problem');
  return answered ? 'answer' : 'nothing';
}
