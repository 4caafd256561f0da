/**
 * From `approved` to `running`: everything is read again, planned again, and compared with what was approved. Any difference makes
 * the run `stale`. Owns that comparison; a reading that a crash loop blurred is repeated before it counts.
 */
import { digest } from '../domain/digest.ts';
import { baselineOf, planRecovery } from '../domain/planner/index.ts';
import type { Run } from '../domain/run.ts';
import { startRecordOf } from '../domain/verify/index.ts';
import { loadRun, type RunContext } from './context.ts';
import { giveBack, hold, START_NEED_MS } from './hold.ts';
import { lookAgain, planInputOf, type Seen } from './look-again.ts';
import { saveStart } from './start-record.ts';

const TRIES = 3;
const PAUSE_MS = 2_000;

export interface Begun {
  /** True for the one caller that took the run from `approved` to `running`: only it may work on it. */
  readonly isOurs: boolean;
  /** As it is afterwards: `running`, `stale`, `aborted`, or `approved` still when the process drains. */
  readonly run: Run;
}

export async function begin(context: RunContext): Promise<Begun> {
  const entered = await enterIfUnchanged(context);
  return entered === null ? { isOurs: false, run: await loadRun(context) } : { isOurs: true, run: entered };
}

/** Null when it did not start by this call. */
async function enterIfUnchanged(context: RunContext): Promise<Run | null> {
  const run = await loadRun(context);
  if (run.state !== 'approved') return null;
  if (run.abortRequestedBy !== null) return abortBeforeStart(context, run);
  if (digest(run.plan, run.compiled) !== run.digest) {
    return goStale(context, 'What is stored is not what was approved: its digest differs.');
  }
  if (run.codeVersion !== context.deps.codeVersion) {
    return goStale(
      context,
      `It was drafted by version ${run.codeVersion} of Lockstep; this is ${context.deps.codeVersion}.`,
    );
  }
  return enterHeld(context, run);
}

/** The members are asked for their markers before they are read: what is read then, nobody else changes. */
async function enterHeld(context: RunContext, run: Run): Promise<Run | null> {
  let difference = '';
  for (let tries = 0; tries < TRIES && !context.draining.aborted; tries += 1) {
    if (tries > 0) await context.deps.timers.sleep(PAUSE_MS, context.draining);
    const { refused, silent } = await hold(context, run, START_NEED_MS);
    if (refused.length > 0) return goStale(context, refused.join(' '));
    const seen = await lookAgain(context);
    const found = findDifference(context, run, seen) ?? silent[0];
    if (found === undefined) return enter(context, run, seen);
    difference = found;
  }
  if (context.draining.aborted) return null;
  const left = await giveBack(context, run);
  return goStale(context, [difference, ...left].join(' '));
}

/** A sentence when the approved plan is not what would be planned now. */
function findDifference(context: RunContext, run: Run, seen: Seen): string | undefined {
  const planned = planRecovery(planInputOf(context, run, seen));
  if (planned.kind === 'refusal') return planned.refusal.reasons.map(({ text }) => text).join(' ');
  if (planned.plan.fingerprint !== run.plan.fingerprint) {
    return 'Versions, rows or the state of a daemon are not those that were approved.';
  }
  return undefined;
}

async function enter(context: RunContext, run: Run, seen: Seen): Promise<Run | null> {
  const { deps, journal } = context;
  const record = startRecordOf(seen.observation, seen.diagnosis);
  await saveStart(deps.store, run, { ...record, baseline: baselineOf(planInputOf(context, run, seen)) });
  await deps.failpoints.hit('before-running');
  const steps = run.plan.stages.length;
  const moved = await journal.move({
    from: ['approved'],
    to: 'running',
    entries: [
      journal.entry(
        'run-started',
        `${run.id} starts: ${run.strategy}, ${steps} stages. The facts are those that were approved.`,
      ),
    ],
  });
  if (moved === null) await giveBack(context, run);
  return moved;
}

async function goStale(context: RunContext, why: string): Promise<null> {
  const { journal, id, cluster } = context;
  const explanation = `${why} Nothing was changed. Draft it again: /lxd recover ${cluster.name}`;
  await journal.move({
    from: ['approved'],
    to: 'stale',
    explanation,
    entries: [journal.entry('run-stale', `${id} is stale. ${explanation}`)],
  });
  return null;
}

async function abortBeforeStart(context: RunContext, run: Run): Promise<null> {
  const { journal } = context;
  await journal.move({
    from: ['approved'],
    to: 'aborted',
    explanation: `${run.abortRequestedBy ?? 'Somebody'} aborted it before it started. Nothing was changed.`,
    entries: [journal.entry('run-ended', `${run.id} is aborted before its first step.`)],
  });
  return null;
}
