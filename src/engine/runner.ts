/**
 * The runs of this process: starts approved ones, takes up those that a crash left, resumes paused ones on a person's verdict, and
 * drains. One worker per run; the store decides which of two starters wins. Rejects only when the store is broken.
 */
import type { RunId } from '../domain/ids.ts';
import { checkChangeWindow } from '../domain/policy.ts';
import { isEnded, type Run } from '../domain/run.ts';
import { begin } from './begin.ts';
import { loadRun, type RunContext } from './context.ts';
import type { ResumeRequest, RunnerDeps } from './deps.ts';
import { pauseRun } from './end.ts';
import { giveBack } from './hold.ts';
import { createJournal } from './journal.ts';
import { applyVerdict } from './resume.ts';
import { work } from './work.ts';

/** Automatic resumes after a crash; the next one waits for a person. */
const MOST_RESUMES = 3;

export interface Runner {
  /**
   * Takes an approved run and works on it; resolves when it ended or paused. A second call joins the first. A running one on which
   * nobody works here is ended when an abort was asked for, and otherwise left to the next process.
   */
  start(run: RunId): Promise<Run>;
  /** A person's verdict on a paused run; resolves with the run as it goes on, while the work continues (see `settled`). */
  resume(request: ResumeRequest): Promise<Run>;
  /** At the start of a process: takes up every run that was approved or running; resolves when each ended or paused. */
  reconcile(): Promise<readonly Run[]>;
  /** Takes the markers of a run away that ended while nobody worked on it. */
  release(run: RunId): Promise<Run>;
  /** The run once nobody works on it here; null when it doesn't exist. */
  settled(run: RunId): Promise<Run | null>;
  /** Resolves when this process works on no run. */
  idle(): Promise<void>;
  /** Drains: what was sent is awaited and recorded, nothing new begins. The runs stay as they are for the next process. */
  stop(): Promise<void>;
}

export function createRunner(deps: RunnerDeps): Runner {
  const active = new Map<RunId, Promise<Run>>();
  /** Runs to which a verdict is being applied. */
  const resuming = new Set<RunId>();
  const draining = new AbortController();

  /** At most one worker per run. */
  function occupy(run: RunId, task: () => Promise<Run>): Promise<Run> {
    const known = active.get(run);
    if (known !== undefined) return known;
    const working = task().finally(() => active.delete(run));
    active.set(run, working);
    return working;
  }

  /** The worker that paused it may have a last word to write: then it is waited for, and only then. */
  async function loadPaused(context: RunContext): Promise<Run> {
    for (;;) {
      const run = await loadRun(context);
      const working = active.get(run.id);
      if (run.state !== 'paused' || working === undefined || resuming.has(run.id)) return run;
      await working.catch(() => undefined);
    }
  }

  async function contextOf(id: RunId): Promise<RunContext | Run> {
    const run = await requireRun(deps, id);
    const cluster = deps.findCluster(run.cluster);
    if (cluster === undefined) return leaveUnconfigured(deps, run);
    return {
      deps,
      cluster,
      id,
      journal: createJournal(deps, run),
      draining: draining.signal,
      again: new Set(),
      hold: { until: 0 },
    };
  }

  async function startOne(id: RunId): Promise<Run> {
    const context = await contextOf(id);
    if ('state' in context) return context;
    const { isOurs, run } = await begin(context);
    // Its worker was lost with a broken store, and a person wants it to end: nobody else here would honour that.
    const isAbandoned = run.state === 'running' && run.abortRequestedBy !== null;
    return isOurs || isAbandoned ? work(context) : run;
  }

  async function releaseOne(id: RunId): Promise<Run> {
    const context = await contextOf(id);
    if ('state' in context) return context;
    const run = await loadRun(context);
    if (!isEnded(run.state)) return run;
    const left = await giveBack(context, run);
    if (left.length > 0) await context.journal.note(left.map((text) => context.journal.entry('note', text)));
    return run;
  }

  async function takeUp(found: Run): Promise<Run> {
    const context = await contextOf(found.id);
    if ('state' in context) return context;
    await context.journal.publish();
    if (found.state === 'approved') return takeUpApproved(context, found, () => startOne(found.id));
    return takeUpRunning(context, found);
  }

  return {
    start: (run) => occupy(run, () => startOne(run)),
    async resume(request) {
      const context = await contextOf(request.run);
      if ('state' in context) return context;
      const found = await loadPaused(context);
      if (found.state !== 'paused' || resuming.has(found.id) || draining.signal.aborted) return found;
      // Nothing is awaited between this look at who works on it and taking it.
      resuming.add(found.id);
      const applying = applyVerdict(context, request).finally(() => resuming.delete(found.id));
      const goOn = async (): Promise<Run> => {
        const resumed = await applying;
        return resumed.state === 'running' ? work(context) : resumed;
      };
      occupy(found.id, goOn).catch((cause: unknown) => {
        deps.log.error('a resumed run stopped', { run: found.id }, cause);
      });
      return applying;
    },
    async reconcile() {
      const found = await deps.store.listRuns({ states: ['approved', 'running'] });
      return Promise.all(found.map((run) => occupy(run.id, () => takeUp(run))));
    },
    release: (id) => occupy(id, () => releaseOne(id)),
    async settled(run) {
      await active.get(run)?.catch(() => undefined);
      return deps.store.findRun(run);
    },
    async idle() {
      while (active.size > 0) await Promise.allSettled(active.values());
    },
    async stop() {
      draining.abort();
      await Promise.allSettled(active.values());
    },
  };
}

/** An approval counts for now: past its time or outside the window it has to be asked for again; the rest is asked at every start. */
async function takeUpApproved(context: RunContext, run: Run, go: () => Promise<Run>): Promise<Run> {
  const { deps, journal, cluster } = context;
  const now = deps.clock.nowMs();
  const reason = whyNotAnyMore(context, run, now);
  if (reason === null) return go();
  const explanation = `${reason} Nothing was changed. Draft it again: /lxd recover ${cluster.name}`;
  const isLate = now >= run.expiresAt;
  const moved = await journal.move({
    from: ['approved'],
    to: isLate ? 'expired' : 'stale',
    explanation,
    entries: [
      journal.entry(isLate ? 'expired' : 'run-stale', `${run.id} was approved and never started. ${explanation}`),
    ],
  });
  return moved ?? loadRun(context);
}

function whyNotAnyMore({ cluster }: RunContext, run: Run, now: number): string | null {
  if (now >= run.expiresAt) return 'Its approval has expired while Lockstep was down.';
  return checkChangeWindow(cluster, now)?.text ?? null;
}

async function takeUpRunning(context: RunContext, run: Run): Promise<Run> {
  const { deps, journal } = context;
  if (run.codeVersion !== deps.codeVersion) {
    return pauseRun(context, `It was begun by version ${run.codeVersion} of Lockstep; this is ${deps.codeVersion}.`);
  }
  if (run.resumes >= MOST_RESUMES) {
    return pauseRun(
      context,
      `Lockstep stopped ${run.resumes} times in the middle of it and does not take it up by itself again.`,
    );
  }
  const open = run.steps.filter(({ state }) => state === 'started' || state === 'unknown').length;
  const text = `${run.id} was under way when Lockstep stopped: ${open} steps without a known outcome are looked at first.`;
  const moved = await journal.move({
    from: ['running'],
    to: 'running',
    countResume: true,
    entries: [journal.entry('run-resumed', text)],
  });
  return moved === null ? loadRun(context) : work(context);
}

async function leaveUnconfigured(deps: RunnerDeps, run: Run): Promise<Run> {
  const journal = createJournal(deps, run);
  const explanation = `Cluster ${run.cluster} is not configured any more.`;
  const entries = [journal.entry(run.state === 'approved' ? 'run-stale' : 'run-paused', `${run.id}: ${explanation}`)];
  if (run.state === 'approved')
    return (await journal.move({ from: ['approved'], to: 'stale', explanation, entries })) ?? run;
  if (run.state === 'running')
    return (await journal.move({ from: ['running'], to: 'paused', explanation, entries })) ?? run;
  return run;
}

async function requireRun(deps: RunnerDeps, id: RunId): Promise<Run> {
  const run = await deps.store.findRun(id);
  if (run === null) throw new Error(`run ${id} is not in the store`);
  return run;
}
