/**
 * Where the pictures come from: the real commands, views and engine over a fake cluster and a store in memory, as one platform's
 * people would use them. Keeps whatever the app hands to a chat; renders nothing.
 */
import { COMMANDS } from '../../commands/index.ts';
import { createInbound } from '../../src/app/inbound.ts';
import { createSurface } from '../../src/app/create-surface.ts';
import { documentCommands } from '../../src/app/docs.ts';
import { createPresent } from '../../src/app/present.ts';
import type { AppDeps, DoctorCheck } from '../../src/app/deps.ts';
import type { ForeignNote } from '../../src/app/note.ts';
import type { Message } from '../../src/chat/message.ts';
import type { ApprovalPolicy, ClusterConfig } from '../../src/domain/cluster.ts';
import type { ClusterObservation } from '../../src/domain/observation.ts';
import type { Person, Platform } from '../../src/domain/person.ts';
import type { Run } from '../../src/domain/run.ts';
import { createRunner } from '../../src/engine/runner.ts';
import { createFailpoints } from '../../src/engine/failpoints.ts';
import { releaseTable } from '../../src/lxd/data/index.ts';
import type { Address, ChatPort, Rendered } from '../../src/ports/chat.ts';
import type { Card, Store } from '../../src/ports/store.ts';
import type { Ids } from '../../src/ports/system.ts';
import { aCluster } from '../support/cluster.ts';
import { SILENT } from '../support/engine.ts';
import { createFakeCluster, type FakeCluster } from '../support/fake-cluster.ts';
import { createFakeTime, type FakeTime } from '../support/fake-clock.ts';
import { createFakeMarkers } from '../support/markers.ts';
import { createMemoryStore } from '../support/memory-store.ts';
import { RELEASES } from '../support/releases.ts';
import { overCompiled, withOutputs } from './answers.ts';
import { peopleOf, type Role } from './people.ts';

export type ChatPlatform = Exclude<Platform, 'console'>;

/** What a chat was given, newest state last. */
export interface Said {
  readonly id: string;
  readonly address: Address;
  readonly rendered: Rendered;
}

export interface StageOptions {
  readonly platform: ChatPlatform;
  /** What every look sees; without it the fake cluster of three is looked at. */
  readonly observation?: ClusterObservation;
  readonly members?: readonly string[];
  readonly approvals?: Partial<ApprovalPolicy>;
  readonly checks?: readonly DoctorCheck[];
  readonly helpNotes?: readonly string[];
  /** Real counts and names of LXD instead of the tests' short ones. */
  readonly realReleases?: boolean;
}

export interface Stage {
  readonly store: Store;
  readonly time: FakeTime;
  readonly fake: FakeCluster;
  observation: ClusterObservation | null;
  readonly person: (role: Role) => Person;
  /** Types a line; gives what was said because of it, in order. */
  say(role: Role, line: string, thread?: string): Promise<readonly Said[]>;
  note(role: Role, note: ForeignNote, thread?: string): Promise<readonly Said[]>;
  home(role: Role): Promise<Message>;
  /** Approved runs are worked on until they end or pause. */
  work(): Promise<Run>;
  /** The card of the newest run as it would be shown at this moment. */
  runCard(): Promise<Rendered>;
  newestRun(): Promise<Run>;
}

export function createStage(options: StageOptions): Stage {
  const time = createFakeTime();
  const fake = createFakeCluster(time.clock, 'crash-looping');
  const store = createMemoryStore();
  const chat = createListener(options.platform);
  const cluster = clusterOf(options);
  const state: { observation: ClusterObservation | null } = { observation: options.observation ?? null };
  const releases = options.realReleases === true ? releaseTable : RELEASES;
  const prober: AppDeps['prober'] = {
    async probe({ name }, { onMember } = {}) {
      const seen = { ...(state.observation ?? fake.observe()), cluster: name };
      time.advance(640);
      for (const member of seen.members) onMember?.(member);
      return seen;
    },
  };
  const runner = createRunner({
    store,
    transport: withOutputs(overCompiled(fake.transport, store), time),
    prober,
    catalogue: fake.catalogue,
    markers: createFakeMarkers(time.clock).of('here'),
    releases,
    findCluster: (name) => (name === cluster.name ? cluster : undefined),
    clock: time.clock,
    timers: time.timers,
    log: SILENT,
    codeVersion: '0.1.0',
    failpoints: createFailpoints(),
    onChange: () => undefined,
  });
  const approved: string[] = [];
  const deps: AppDeps = {
    clusters: [cluster],
    releases,
    store,
    clock: time.clock,
    timers: time.timers,
    ids: gallerysIds(),
    log: SILENT,
    prober,
    runs: {
      begin: (run) => void approved.push(run),
      release: () => undefined,
      settled: (run) => store.findRun(run),
      resume: (request) => runner.resume(request),
    },
    outbox: { kick: () => undefined },
    chats: new Map([[options.platform, chat.port]]),
    tokenKey: 'a key of the gallery',
    codeVersion: '0.1.0',
    localChecks: () => Promise.resolve(options.checks ?? []),
    docs: documentCommands(COMMANDS),
    helpNotes: options.helpNotes ?? [],
  };
  const handle = createInbound(deps, COMMANDS);
  const present = createPresent(deps);
  const person = (role: Role): Person => peopleOf(options.platform)[role];
  let deliveries = 0;
  const receive = async (role: Role, body: Parameters<typeof handle>[0]['body'], thread?: string) => {
    const from = chat.said.length;
    deliveries += 1;
    await handle({
      deliveryId: `d${deliveries}`,
      person: person(role),
      address: { platform: options.platform, channel: 'ops', user: null, thread: thread ?? null },
      body,
      detached: new AbortController().signal,
    });
    await deliverCards(store, present, chat.port, time);
    return chat.said.slice(from);
  };
  const newestRun = async (): Promise<Run> => {
    const [run] = await store.listRuns({ limit: 1 });
    if (run === undefined) throw new Error('no run yet');
    return run;
  };
  return {
    store,
    time,
    fake,
    get observation() {
      return state.observation;
    },
    set observation(seen) {
      state.observation = seen;
    },
    person,
    say: (role, text, thread) => receive(role, { kind: 'line', text }, thread),
    note: (role, note, thread) => receive(role, { kind: 'note', note }, thread),
    home: (role) => createSurface(deps, COMMANDS, handle).home(person(role)),
    async work() {
      const run = await newestRun();
      await runner.start(run.id);
      await deliverCards(store, present, chat.port, time);
      return newestRun();
    },
    async runCard() {
      const { id } = await newestRun();
      const rendered = await present.render({ kind: 'run', run: id });
      if (rendered === null) throw new Error('the run has no card');
      return rendered;
    },
    newestRun,
  };
}

function clusterOf({ platform, members, approvals }: StageOptions): ClusterConfig {
  const { ada, ben, cleo } = peopleOf(platform);
  const named = (person: Person): string => `${platform}:${person.id}`;
  return {
    ...aCluster({
      ...(members === undefined ? {} : { members }),
      roles: { viewers: ['*'], operators: [named(ada), named(ben)], approvers: [named(ben), named(cleo)] },
      approvals: { breakGlass: [named(cleo)], ...approvals },
    }),
    description: 'Customer containers, rack A to C',
  };
}

function createListener(platform: ChatPlatform): { readonly port: ChatPort; readonly said: Said[] } {
  const said: Said[] = [];
  const take = (address: Address, rendered: Rendered, id: string) => {
    said.push({ id, address, rendered });
    return Promise.resolve({ kind: 'delivered', externalId: id } as const);
  };
  const port: ChatPort = {
    platform,
    post: (address, rendered) => take(address, rendered, `post${said.length + 1}`),
    edit: (address, id, rendered) => take(address, rendered, id),
  };
  return { port, said };
}

/** What the outbox does, without its waiting and retrying. */
async function deliverCards(
  store: Store,
  present: ReturnType<typeof createPresent>,
  chat: ChatPort,
  { clock }: FakeTime,
): Promise<void> {
  for (const card of await store.dueCards(clock.nowMs())) {
    const rendered = await present.render(card.subject);
    if (rendered === null) continue;
    const address = { ...card.address, thread: await threadOf(store, card) };
    const delivery =
      card.externalId === null
        ? await chat.post(address, rendered, card.id)
        : await chat.edit(address, card.externalId, rendered);
    if (delivery.kind !== 'delivered') throw new Error('a listener takes everything');
    await store.recordDelivery({ card: card.id, revision: card.revision, externalId: delivery.externalId });
  }
}

async function threadOf(store: Store, card: Card): Promise<string | null> {
  const parent = card.parent === null ? null : await store.findCard(card.parent);
  if (parent === null) return card.address.thread;
  return (await threadOf(store, parent)) ?? parent.externalId;
}

/** Ids as they look in earnest, the same at every making. */
function gallerysIds(): Ids {
  let next = 0;
  const count = (): string => {
    next += 1;
    return (next * 7919 + 46_656).toString(36).padStart(6, 'k');
  };
  return {
    runId: () => `r${count()}`,
    incidentId: () => `i${count()}`,
    token: () => `token-${count()}`,
    messageId: () => `m${count()}`,
  };
}
