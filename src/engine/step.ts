/**
 * One step on one member: commit the intent, send, commit the outcome. Where the outcome is not known, look; that something is
 * missing counts only once the command can't run any longer. Owns that order and the number of attempts; never sends twice blindly.
 */
import type { PlanStep, StepKind } from '../domain/plan.ts';
import type { StepState } from '../domain/run.ts';
import { execLimitMs, keyOf, loadRun, recordOf, textOf, type RunContext } from './context.ts';
import type { LookVerdict } from './deps.ts';
import { hasOutlived } from './hold.ts';
import { sendLook, sendStep, type Sent } from './send.ts';

/** How often one step may be sent. */
const MAX_ATTEMPTS = 3;
const LOOK_TRIES = 3;
const LOOK_PAUSE_MS = 3_000;
const RECONNECT_PAUSE_MS = 3_000;

/** Once their effect is there, what may still run of them changes nothing. A stop could still end what a later stage starts. */
const BELIEVED_EARLY: ReadonlySet<StepKind> = new Set([
  'hold-refreshes',
  'back-up',
  'write-patch',
  'remove-patch',
  'run-sql',
  'start',
  'release-hold',
  'healing-off',
  'healing-back',
]);

/** A second sending joins what the first has begun, since snapd makes one change at a time: that something is missing counts at once. */
const JOINED: ReadonlySet<StepKind> = new Set(['refresh']);
const WATCH_EVERY_MS = 5_000;

/** What became of it: the state that is recorded. `started` or `pending` only while draining. */
export async function runStep(context: RunContext, step: PlanStep): Promise<StepState> {
  const { state, startedAt } = recordOf(await loadRun(context), step);
  const told = context.again.delete(keyOf(step));
  if ((state === 'done' || state === 'failed') && !told) return state;
  if (state === 'started' || state === 'unknown') {
    const settled = await settleLost(context, step, startedAt ?? 0, state);
    if (settled !== 'not-done' && !(settled === 'unknown' && told)) return settled;
  }
  return attempt(context, step, told);
}

/** `told`: a person asked for it, or the plan's own rule does, so it is sent at least once more. */
async function attempt(context: RunContext, step: PlanStep, told: boolean): Promise<StepState> {
  for (let tries = 0; ; tries += 1) {
    const run = await loadRun(context);
    const { state, attempts } = recordOf(run, step);
    if (context.draining.aborted || (tries > 0 && run.abortRequestedBy !== null)) return state;
    if (attempts >= MAX_ATTEMPTS && !(told && tries === 0)) return giveUp(context, step, state);
    const startedAt = await intend(context, step);
    if (startedAt === null) {
      if (told && tries === 0) context.again.add(keyOf(step));
      return state;
    }
    const sent = await sendStep(context, step, textOf(run, step));
    await context.deps.failpoints.hit('after-exec');
    await settle(context, step, sent);
    if (sent.kind === 'done' || sent.kind === 'failed') return sent.kind;
    if (sent.kind === 'not-sent') {
      if (!sent.retriable || tries + 1 >= MAX_ATTEMPTS) return 'failed';
      await context.deps.timers.sleep(RECONNECT_PAUSE_MS, context.draining);
      continue;
    }
    const settled = await settleLost(context, step, startedAt, 'unknown');
    if (settled !== 'not-done') return settled;
  }
}

/** Null when an abort was asked for, or the markers' time is over: then nothing begins. */
async function intend(context: RunContext, step: PlanStep): Promise<number | null> {
  const { deps, journal } = context;
  await deps.failpoints.hit('before-intent');
  if (hasOutlived(context)) return null;
  const at = deps.clock.nowMs();
  const entries = [journal.entry('step-started', `${step.id} on ${step.member}.`, { member: step.member })];
  const intended = await deps.store.recordIntent({ run: context.id, step: step.id, member: step.member, at, entries });
  if (!intended.ok) return null;
  deps.onChange();
  await deps.failpoints.hit('after-intent');
  return at;
}

async function settle(context: RunContext, step: PlanStep, sent: Sent): Promise<void> {
  const state = sent.kind === 'not-sent' ? 'failed' : sent.kind;
  await record(context, step, state, sent.note, { exitCode: sent.exitCode, output: sent.output });
  await context.deps.failpoints.hit('after-outcome');
}

/**
 * The one path for a lost connection and for a crash. What is there already is done, whether or not its command still runs: nothing
 * is waited for. Else wait until the step's own limit has passed, so that nothing of it can run any longer, and look again. Then
 * `not-done` is conclusive; `unknown` waits for a person. A step that only reads may run twice at the same time, so its first look
 * decides; one that a second sending joins is watched until a look tells.
 */
async function settleLost(
  context: RunContext,
  step: PlanStep,
  startedAt: number,
  state: 'started' | 'unknown',
): Promise<'done' | 'not-done' | 'unknown'> {
  const limit = step.effect === 'read' ? 0 : execLimitMs(context, step);
  const verdict = (await lookEarly(context, step, startedAt + limit)) ?? (await look(context, step));
  if (context.draining.aborted && verdict.kind !== 'done') return 'unknown';
  if (verdict.kind === 'done') await record(context, step, 'done', `Looked: ${verdict.note}`);
  if (verdict.kind === 'unknown' && !context.draining.aborted) {
    await record(context, step, 'unknown', `A look did not tell: ${verdict.note}`);
  }
  // The attempt is over, so that its record does not read as if it were still under way.
  if (verdict.kind === 'not-done' && state === 'started') {
    await record(context, step, 'unknown', `Looked: ${verdict.note}`);
  }
  return verdict.kind;
}

/** Null once the command can't run any longer and nothing was found before. */
async function lookEarly(context: RunContext, step: PlanStep, until: number): Promise<LookVerdict | null> {
  const { deps, draining } = context;
  if (until <= deps.clock.nowMs()) return null;
  if (JOINED.has(step.call.kind)) return watch(context, step, until);
  // What an earlier sending left behind would be taken for the effect of this one.
  const isFirst = recordOf(await loadRun(context), step).attempts === 1;
  if (isFirst && BELIEVED_EARLY.has(step.call.kind) && !draining.aborted) {
    await deps.failpoints.hit('before-look');
    const verdict = await sendLook(context, step);
    if (verdict.kind === 'done') return verdict;
  }
  const left = until - deps.clock.nowMs();
  if (left > 0) await deps.timers.sleep(left, draining);
  return null;
}

/** A quarter of an hour is not waited for where the member says how far it is. Null when it never did. */
async function watch(context: RunContext, step: PlanStep, until: number): Promise<LookVerdict | null> {
  const { deps, draining } = context;
  while (deps.clock.nowMs() < until && !draining.aborted) {
    await deps.failpoints.hit('before-look');
    const verdict = await sendLook(context, step);
    if (verdict.kind !== 'unknown') return verdict;
    await deps.timers.sleep(WATCH_EVERY_MS, draining);
  }
  return null;
}

async function look(context: RunContext, step: PlanStep): Promise<LookVerdict> {
  let last: LookVerdict = { kind: 'unknown', note: 'not looked' };
  for (let tries = 0; tries < LOOK_TRIES && !context.draining.aborted; tries += 1) {
    if (tries > 0) await context.deps.timers.sleep(LOOK_PAUSE_MS, context.draining);
    await context.deps.failpoints.hit('before-look');
    last = await sendLook(context, step);
    if (last.kind !== 'unknown') return last;
  }
  return last;
}

async function giveUp(context: RunContext, step: PlanStep, state: StepState): Promise<StepState> {
  if (state === 'failed') return 'failed';
  await record(context, step, 'failed', `not done after ${MAX_ATTEMPTS} attempts`);
  return 'failed';
}

interface Came {
  readonly exitCode: number | null;
  readonly output: string | null;
}

async function record(
  context: RunContext,
  step: PlanStep,
  state: 'done' | 'failed' | 'unknown',
  note: string,
  { exitCode, output }: Came = { exitCode: null, output: null },
): Promise<void> {
  const { deps, journal } = context;
  const entry = journal.entry(`step-${state}`, `${step.id} on ${step.member}: ${note}`, {
    member: step.member,
    evidence: state === 'done' ? null : output,
  });
  await deps.store.recordOutcome({
    run: context.id,
    step: step.id,
    member: step.member,
    state,
    at: deps.clock.nowMs(),
    exitCode,
    note,
    output,
    entries: [entry],
  });
  await journal.publish();
}
