/** The store's contract: drafting, listing, state changes, steps, abort. */
import { expect, test } from 'vitest';
import { requireRunId } from '../../src/domain/ids.ts';
import type { Run } from '../../src/domain/run.ts';
import type { StateChange, StepChange, Store } from '../../src/ports/store.ts';
import {
  aCard,
  aDraft,
  anAction,
  anEntry,
  aRun,
  M1,
  M2,
  OTHER,
  PROD,
  RUN_A,
  RUN_B,
  STEP,
  T0,
} from './store-fixtures.ts';

function toState(changes: Partial<StateChange>): StateChange {
  return { run: RUN_A, from: ['approved'], to: 'running', at: T0 + 5000, explanation: null, entries: [], ...changes };
}

async function approve(store: Store, run: Run = aRun()): Promise<void> {
  await store.draftRun(aDraft(run));
  const record = { by: 'console:bob', describedAs: 'bob', at: T0 + 1, decision: 'approve', reason: null } as const;
  await store.decide({ run: run.id, record, required: 1, entries: [], tokenHash: null });
}

async function start(store: Store): Promise<void> {
  await approve(store);
  await store.changeState(toState({}));
}

const INTENT = { run: RUN_A, step: STEP, member: M1, at: T0 + 6000, entries: [] };

function outcome(changes: Partial<StepChange>): StepChange {
  return { ...INTENT, state: 'done', at: T0 + 7000, exitCode: 0, note: 'stopped', output: 'ok\n', ...changes };
}

export function runContract(get: () => Store): void {
  test('a drafted run comes back as it was given', async () => {
    const run = aRun({ reason: 'because \u{1f680} "x"', approvals: [] });
    expect(await get().draftRun(aDraft(run))).toEqual({ ok: true, value: run });
    expect(await get().findRun(RUN_A)).toEqual(run);
    expect(await get().findActiveRun(PROD)).toEqual(run);
    expect(await get().findActiveRun(OTHER)).toBeNull();
    expect(await get().findRun(RUN_B)).toBeNull();
  });

  test('a draft brings its entries, actions and cards along', async () => {
    await get().draftRun(aDraft());
    expect((await get().listTimeline({ run: RUN_A })).map((entry) => entry.kind)).toEqual(['plan-drafted']);
    expect(await get().findAction(`token-of-${RUN_A}`)).toEqual({ ...anAction(`token-of-${RUN_A}`), consumedAt: null });
    expect((await get().dueCards(T0)).map((card) => card.id)).toEqual([`card-of-${RUN_A}`]);
  });

  test('a second run on a cluster is refused with the holder, and leaves nothing behind', async () => {
    await get().draftRun(aDraft());
    const refused = await get().draftRun(aDraft(aRun({ id: RUN_B })));
    expect(refused).toEqual({ ok: false, error: aRun() });
    expect(await get().findRun(RUN_B)).toBeNull();
    expect(await get().findAction(`token-of-${RUN_B}`)).toBeNull();
    expect(await get().findCard(`card-of-${RUN_B}`)).toBeNull();
    expect(await get().listTimeline({ run: RUN_B })).toEqual([]);
  });

  test('of two drafts at the same moment one wins', async () => {
    const drafts = [aDraft(), aDraft(aRun({ id: RUN_B }))];
    const answers = await Promise.all(drafts.map((draft) => get().draftRun(draft)));
    expect(answers.filter((answer) => answer.ok)).toHaveLength(1);
  });

  test('another cluster has its own run, and an ended run makes room', async () => {
    await get().draftRun(aDraft());
    expect((await get().draftRun(aDraft(aRun({ id: RUN_B, cluster: OTHER })))).ok).toBe(true);
    await get().changeState(toState({ from: ['awaiting-approval'], to: 'superseded' }));
    expect((await get().draftRun(aDraft(aRun({ id: requireRunId('rcccccc') })))).ok).toBe(true);
  });

  test('a draft that fails half-way leaves nothing behind', async () => {
    const broken = aDraft(aRun(), { actions: [anAction('same'), anAction('same')] });
    await expect(get().draftRun(broken)).rejects.toThrow();
    expect(await get().findRun(RUN_A)).toBeNull();
    expect(await get().timelineHead()).toBeNull();
    expect(await get().pendingCards()).toBe(0);
  });

  test('runs are listed newest first, by cluster, by state, up to a limit', async () => {
    await get().draftRun(aDraft(aRun({ id: RUN_A, createdAt: T0 })));
    await get().draftRun(aDraft(aRun({ id: RUN_B, cluster: OTHER, createdAt: T0 + 1 })));
    await get().changeState(toState({ from: ['awaiting-approval'], to: 'superseded' }));
    const ids = async (query: Parameters<Store['listRuns']>[0]) => (await get().listRuns(query)).map((run) => run.id);
    expect(await ids({})).toEqual([RUN_B, RUN_A]);
    expect(await ids({ limit: 1 })).toEqual([RUN_B]);
    expect(await ids({ cluster: PROD })).toEqual([RUN_A]);
    expect(await ids({ states: ['awaiting-approval'] })).toEqual([RUN_B]);
    expect(await ids({ states: ['awaiting-approval', 'superseded'] })).toEqual([RUN_B, RUN_A]);
    expect(await ids({ states: [] })).toEqual([]);
    expect(await ids({ cluster: PROD, states: ['awaiting-approval'] })).toEqual([]);
  });

  test('a state change outside of `from` is refused and changes nothing', async () => {
    await get().draftRun(aDraft());
    const head = await get().timelineHead();
    const refused = await get().changeState(toState({ entries: [anEntry('no')] }));
    expect(refused).toEqual({ ok: false, error: aRun() });
    expect(await get().findRun(RUN_A)).toEqual(aRun());
    expect(await get().timelineHead()).toEqual(head);
  });

  test('a transition that the run machine does not know throws and changes nothing', async () => {
    await get().draftRun(aDraft());
    const wrong = toState({ from: ['awaiting-approval'], to: 'succeeded', entries: [anEntry('no')] });
    await expect(get().changeState(wrong)).rejects.toThrow('awaiting-approval');
    expect((await get().findRun(RUN_A))?.state).toBe('awaiting-approval');
    expect(await get().listTimeline({})).toHaveLength(1);
  });

  test('starting, pausing, resuming and ending set their times, explanation and resumes', async () => {
    await start(get());
    expect(await get().findRun(RUN_A)).toMatchObject({ state: 'running', startedAt: T0 + 5000, endedAt: null });
    const pause = toState({
      from: ['running'],
      to: 'paused',
      at: T0 + 6000,
      explanation: 'Look.',
      actions: [anAction('t')],
    });
    expect(await get().changeState(pause)).toMatchObject({ ok: true, value: { explanation: 'Look.', endedAt: null } });
    expect((await get().findAction('t'))?.run).toBe(RUN_A);
    const resumed = await get().changeState(toState({ from: ['paused'], at: T0 + 7000, countResume: true }));
    expect(resumed).toMatchObject({ ok: true, value: { startedAt: T0 + 5000, explanation: null, resumes: 1 } });
    await get().changeState(toState({ from: ['running'], to: 'succeeded', at: T0 + 8000 }));
    expect(await get().findRun(RUN_A)).toMatchObject({ state: 'succeeded', endedAt: T0 + 8000 });
    await get().changeState(toState({ from: ['succeeded'], to: 'rolled-back', at: T0 + 9000 }));
    expect(await get().findRun(RUN_A)).toMatchObject({ state: 'rolled-back', endedAt: T0 + 8000 });
  });

  test('every change of a run raises the revision of its cards alone', async () => {
    await start(get());
    await get().draftRun(aDraft(aRun({ id: RUN_B, cluster: OTHER })));
    await get().addCard(aCard('second'));
    const before = await get().listCards({ kind: 'run', run: RUN_A });
    await get().recordIntent(INTENT);
    await get().recordOutcome(outcome({}));
    await get().requestAbort({ run: RUN_A, by: 'console:bob', at: T0, entries: [] });
    await get().changeState(toState({ from: ['running'], to: 'aborted' }));
    const after = await get().listCards({ kind: 'run', run: RUN_A });
    expect(after.map((card) => card.revision)).toEqual(before.map((card) => card.revision + 4));
    expect((await get().findCard(`card-of-${RUN_B}`))?.revision).toBe(1);
  });

  test('an intent marks one step of one member as started and counts the attempt', async () => {
    await start(get());
    const run = await get().recordIntent({ ...INTENT, entries: [anEntry('starts', { run: RUN_A })] });
    if (!run.ok) throw new Error('refused');
    expect(run.value.steps[0]).toMatchObject({
      member: M1,
      state: 'started',
      attempts: 1,
      startedAt: T0 + 6000,
      endedAt: null,
    });
    expect(run.value.steps[1]).toMatchObject({ member: M2, state: 'pending', attempts: 0 });
    expect((await get().listTimeline({ run: RUN_A })).map((entry) => entry.text)).toContain('starts');
  });

  test('an outcome keeps what came back; a new intent clears it', async () => {
    await start(get());
    await get().recordIntent(INTENT);
    const run = await get().recordOutcome(outcome({ state: 'unknown', exitCode: null, note: 'lost', output: null }));
    expect(run.steps[0]).toMatchObject({
      state: 'unknown',
      endedAt: T0 + 7000,
      exitCode: null,
      note: 'lost',
      output: null,
    });
    const again = await get().recordIntent({ ...INTENT, at: T0 + 8000 });
    expect(again.ok ? again.value.steps[0] : null).toMatchObject({
      state: 'started',
      attempts: 2,
      startedAt: T0 + 8000,
      endedAt: null,
      note: null,
    });
    const done = await get().recordOutcome(outcome({ at: T0 + 9000 }));
    expect(done.steps[0]).toMatchObject({
      state: 'done',
      endedAt: T0 + 9000,
      exitCode: 0,
      output: 'ok\n',
      attempts: 2,
    });
    expect(await get().findRun(RUN_A)).toEqual(done);
  });

  test('no intent is recorded for a run that is not running, nor for a step that is not in it', async () => {
    await approve(get());
    await expect(get().recordIntent(INTENT)).rejects.toThrow('approved');
    await get().changeState(toState({}));
    await expect(get().recordIntent({ ...INTENT, step: '9-none' })).rejects.toThrow('9-none');
    await expect(get().recordOutcome(outcome({}))).rejects.toThrow('pending');
    await expect(get().recordIntent({ ...INTENT, run: RUN_B })).rejects.toThrow(RUN_B);
  });

  test('no intent is recorded once an abort was asked for, whatever the engine knew', async () => {
    await start(get());
    const asked = await get().requestAbort({ run: RUN_A, by: 'console:bob', at: T0 + 5500, entries: [] });
    const refused = await get().recordIntent({ ...INTENT, entries: [anEntry('starts', { run: RUN_A })] });
    expect(refused).toEqual({ ok: false, error: asked });
    expect(await get().findRun(RUN_A)).toEqual(asked);
    expect((await get().listTimeline({ run: RUN_A })).map((entry) => entry.text)).not.toContain('starts');
  });

  test('the first who asks for an abort is kept, and an ended run takes none', async () => {
    await start(get());
    const ask = (by: string) =>
      get().requestAbort({ run: RUN_A, by, at: T0 + 6000, entries: [anEntry(`abort ${by}`)] });
    expect((await ask('console:bob')).abortRequestedBy).toBe('console:bob');
    expect((await ask('console:eve')).abortRequestedBy).toBe('console:bob');
    const texts = (await get().listTimeline({})).map((entry) => entry.text);
    expect(texts.filter((text) => text.startsWith('abort'))).toEqual(['abort console:bob']);
    await get().draftRun(aDraft(aRun({ id: RUN_B, cluster: OTHER })));
    await get().changeState(toState({ run: RUN_B, from: ['awaiting-approval'], to: 'superseded' }));
    const late = await get().requestAbort({ run: RUN_B, by: 'console:bob', at: T0, entries: [anEntry('late')] });
    expect(late).toMatchObject({ state: 'superseded', abortRequestedBy: null });
  });
}
