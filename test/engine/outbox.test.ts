import { describe, expect, test } from 'vitest';
import { createOutbox } from '../../src/engine/outbox.ts';
import type { Address, ChatPort, Delivery, Rendered } from '../../src/ports/chat.ts';
import type { CardSubject, Store } from '../../src/ports/store.ts';
import { aDraft, anEntry, aRun, RUN_A } from '../contract/store-fixtures.ts';
import { SILENT } from '../support/engine.ts';
import { createFakeTime, type FakeTime } from '../support/fake-clock.ts';
import { createMemoryStore } from '../support/memory-store.ts';

interface Call {
  readonly verb: 'post' | 'edit';
  readonly at: number;
  readonly thread: string | null;
  readonly text: string;
}

interface Bench {
  readonly store: Store;
  readonly time: FakeTime;
  readonly calls: Call[];
  /** Answers of the chat, in order; delivered when there is none. */
  readonly answers: Delivery[];
  /** What happens before the chat answers. */
  during: (() => Promise<void>) | null;
  readonly outbox: ReturnType<typeof createOutbox>;
}

async function aBench(render?: (subject: CardSubject) => Promise<Rendered | null>): Promise<Bench> {
  const store = createMemoryStore();
  const time = createFakeTime(0);
  const calls: Call[] = [];
  const answers: Delivery[] = [];
  const answer = async (
    verb: Call['verb'],
    thread: string | null,
    { message }: Rendered,
    id: string,
  ): Promise<Delivery> => {
    calls.push({ verb, at: time.clock.nowMs(), thread, text: message.summary });
    const before = bench.during;
    bench.during = null;
    await before?.();
    return answers.shift() ?? { kind: 'delivered', externalId: `x-${id}` };
  };
  const chat: ChatPort = {
    platform: 'console',
    post: (address: Address, rendered, nonce) => answer('post', address.thread, rendered, nonce),
    edit: (address, id, rendered) => answer('edit', address.thread, rendered, id.slice(2)),
  };
  const plain = async (subject: CardSubject): Promise<Rendered> => {
    const run = subject.kind === 'run' ? await store.findRun(subject.run) : null;
    const done = run?.steps.map(({ state }) => state).join(' ') ?? 'line';
    return {
      message: { summary: `${run?.state ?? 'entry'}: ${done}`, tone: 'info', blocks: [], actions: [] },
      data: null,
    };
  };
  const present = { render: render ?? plain };
  const { clock, timers } = time;
  const outbox = createOutbox({
    store,
    chats: new Map([['console', chat]]),
    present,
    clock,
    timers,
    log: SILENT,
    minEditMs: 2_000,
  });
  const bench: Bench = { store, time, calls, answers, during: null, outbox };
  await store.draftRun(aDraft());
  return bench;
}

async function running({ store }: Bench): Promise<void> {
  const record = { by: 'b', describedAs: 'b', at: 0, decision: 'approve', reason: null } as const;
  await store.decide({ run: RUN_A, record, required: 1, entries: [], tokenHash: null });
  await store.changeState({ run: RUN_A, from: ['approved'], to: 'running', at: 0, explanation: null, entries: [] });
}

const [M1, M2] = aRun().steps.map(({ member }) => member);
const intent = (member = M1!) => ({ run: RUN_A, step: aRun().steps[0]!.id, member, at: 0, entries: [] });

describe('the outbox', () => {
  test('posts once and edits after that, and is idle when nothing is behind', async () => {
    const bench = await aBench();
    await bench.outbox.idle();
    await running(bench);
    await bench.outbox.idle();
    expect(bench.calls.map(({ verb, text }) => [verb, text])).toEqual([
      ['post', 'awaiting-approval: pending pending'],
      ['edit', 'running: pending pending'],
    ]);
    expect(await bench.store.pendingCards()).toBe(0);
  });

  test('makes one edit of many changes, and not more than one in the allowed time', async () => {
    const bench = await aBench();
    await running(bench);
    await bench.outbox.idle();
    const shown = bench.calls.length;
    await bench.store.recordIntent(intent());
    await bench.store.recordIntent(intent(M2));
    await bench.outbox.idle();
    expect(bench.calls.slice(shown).map(({ text }) => text)).toEqual(['running: started started']);
    const [last, before] = [bench.calls.at(-1)!, bench.calls.at(-2)!];
    expect(last.at - before.at).toBeGreaterThanOrEqual(2_000);
  });

  test('shows the end at once', async () => {
    const bench = await aBench();
    await running(bench);
    await bench.outbox.idle();
    const at = bench.time.clock.nowMs();
    await bench.store.changeState({
      run: RUN_A,
      from: ['running'],
      to: 'failed',
      at: 0,
      explanation: 'x',
      entries: [],
    });
    await bench.outbox.idle();
    expect(bench.calls.at(-1)).toMatchObject({ at, text: 'failed: pending pending' });
  });

  test('shows what changed while an edit was under way with another edit', async () => {
    const bench = await aBench();
    bench.during = () => running(bench);
    await bench.outbox.idle();
    expect(bench.calls.map(({ text }) => text)).toEqual([
      'awaiting-approval: pending pending',
      'running: pending pending',
    ]);
  });

  test('puts lines under the card that they belong to, once that is there', async () => {
    const bench = await aBench();
    const [entry] = await bench.store.appendTimeline([anEntry('line', { run: RUN_A })], 0);
    const subject = { kind: 'timeline-entry', sequence: entry!.sequence } as const;
    const address = { platform: 'console', channel: 'here', user: null, thread: null } as const;
    await bench.store.addCard({ id: 'line', subject, address, parent: `card-of-${RUN_A}` });
    bench.answers.push({ kind: 'retry', afterMs: 5_000, reason: '429' });
    await bench.outbox.idle();
    expect(bench.calls.map(({ verb, thread }) => [verb, thread])).toEqual([
      ['post', null],
      ['post', null],
      ['post', `x-card-of-${RUN_A}`],
    ]);
  });

  test('puts lines into the thread in which the card itself stands', async () => {
    const bench = await aBench();
    const [entry] = await bench.store.appendTimeline([anEntry('line', { run: RUN_A })], 0);
    const address = { platform: 'console', channel: 'here', user: null, thread: 'incident' } as const;
    await bench.store.addCard({ id: 'root', subject: { kind: 'run', run: RUN_A }, address, parent: null });
    const subject = { kind: 'timeline-entry', sequence: entry!.sequence } as const;
    await bench.store.addCard({ id: 'line', subject, address, parent: 'root' });
    await bench.outbox.idle();
    expect(bench.calls.at(-1)).toMatchObject({ verb: 'post', thread: 'incident' });
  });

  test('waits as long as a chat asks for, and longer from failure to failure', async () => {
    const bench = await aBench();
    const retry = (afterMs: number) => ({ kind: 'retry', afterMs, reason: 'down' }) as const;
    bench.answers.push(retry(0), retry(0), retry(0), retry(30_000));
    await bench.outbox.idle();
    const gaps = bench.calls.slice(1).map(({ at }, index) => at - bench.calls[index]!.at);
    expect(gaps).toEqual([1_000, 2_000, 4_000, 30_000]);
  });

  test('gives up a card whose place is gone, with its lines', async () => {
    const bench = await aBench();
    const [entry] = await bench.store.appendTimeline([anEntry('line', { run: RUN_A })], 0);
    const subject = { kind: 'timeline-entry', sequence: entry!.sequence } as const;
    const address = { platform: 'console', channel: 'here', user: null, thread: null } as const;
    await bench.store.addCard({ id: 'line', subject, address, parent: `card-of-${RUN_A}` });
    bench.answers.push({ kind: 'gone', reason: 'channel_not_found' });
    await bench.outbox.idle();
    expect(bench.calls).toHaveLength(1);
    expect(await bench.store.pendingCards()).toBe(0);
  });

  test('survives a renderer that throws, and a chat that does', async () => {
    let failures = 2;
    const bench = await aBench(async () => {
      failures -= 1;
      if (failures >= 0) throw new Error('no such view');
      return { message: { summary: 'at last', tone: 'info', blocks: [], actions: [] }, data: null };
    });
    await bench.outbox.idle();
    expect(bench.calls.map(({ text }) => text)).toEqual(['at last']);
  });

  test('leaves the cards of a platform that this process has not', async () => {
    const bench = await aBench();
    const address = { platform: 'slack', channel: 'C1', user: null, thread: null } as const;
    await bench.store.addCard({ id: 'other', subject: { kind: 'run', run: RUN_A }, address, parent: null });
    await bench.outbox.idle();
    expect(bench.calls).toHaveLength(1);
    expect((await bench.store.findCard('other'))?.deliveredRevision).toBe(0);
  });

  test('a second process delivers what the first one left', async () => {
    const bench = await aBench();
    bench.during = async () => void bench.outbox.stop();
    await bench.outbox.idle();
    await running(bench);
    bench.outbox.kick();
    await bench.outbox.idle();
    expect(bench.calls).toHaveLength(1);
    expect(await bench.store.pendingCards()).toBe(1);
  });
});
