/**
 * One cell of the matrix: a rehearsal cluster of its own, a run that two people want, its process killed as the case says, and new
 * processes until it is at rest. Owns the order of it; what the members saw and how it ended is told by `witness` and `judge`.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openStore } from '../../src/adapters/sqlite/open-store.ts';
import { requireRunId, type RunId } from '../../src/domain/ids.ts';
import type { Run } from '../../src/domain/run.ts';
import { launch, linesOf, run as runConsole, type Ended, type Running } from '../e2e/cli.ts';
import { makeTemporaryDirectory } from '../support/temporary-directory.ts';
import { SCENARIO_OF, type Kill, type MatrixCase, type MatrixStrategy, type Hits } from './cases.ts';
import { openCluster, type Cluster } from './cluster.ts';
import { findUntruths, harmDone, snapshot, whatIsWrong } from './judge.ts';
import { findBlindRepeats, findExecuted, VERDICT } from './witness.ts';

const CHILD = ['--import', 'tsx', fileURLToPath(new URL('child.ts', import.meta.url))];
const MOST_PAUSES = 3;
/** Longest that any one process may need, in ms: then it hangs, which is a wrong end. */
const PROCESS_LIMIT_MS = 400_000;

export interface CaseReport {
  readonly case: MatrixCase;
  /** Processes that were really killed: a delay may be longer than the run. */
  readonly kills: number;
  readonly pauses: readonly string[];
  readonly state: Run['state'];
  /** Each must be empty. */
  readonly wrong: readonly string[];
  readonly blindRepeats: readonly string[];
  readonly harm: readonly string[];
  readonly tookMs: number;
}

interface Stage {
  readonly home: string;
  readonly cluster: Cluster;
  readonly run: RunId;
  kills: number;
}

/** `seed` is the simulated cluster's. What was reached is counted where nothing is killed. */
export async function runCase(one: MatrixCase, seed: number): Promise<CaseReport & { readonly hits: Hits }> {
  const home = makeTemporaryDirectory('lockstep-matrix-');
  const begun = Date.now();
  // One member whose hold is the run's own to set and to release.
  const unheld = one.strategy === 'stop-patch-start' ? 'm2' : null;
  const cluster = await openCluster({ scenario: SCENARIO_OF[one.strategy], home: home.path, seed, unheld });
  try {
    const before = snapshot(await cluster.state());
    const run = await draft(home.path, one.strategy);
    const stage: Stage = { home: home.path, cluster, run, kills: 0 };
    const counts = join(home.path, 'counts.json');
    if (one.kills.length === 0) await end(start(stage, 'bob', `approve ${run}\n`, [...CHILD, 'count', counts]));
    const unmet = await killAll(stage, one.kills);
    const { found, pauses, untruths } = await comeToRest(stage, one);
    const state = await cluster.state();
    const ends =
      found.state === 'succeeded' ? whatIsWrong({ state, dir: cluster.dir }, before) : [`it ended ${found.state}`];
    const hits = one.kills.length === 0 ? (JSON.parse(readFileSync(counts, 'utf8')) as Hits) : {};
    return {
      case: one,
      kills: stage.kills,
      pauses,
      state: found.state,
      wrong: [...unmet, ...untruths, ...ends],
      blindRepeats: findBlindRepeats(found, cluster.heard()),
      harm: harmDone(state, before),
      tookMs: Date.now() - begun,
      hits,
    };
  } finally {
    await cluster.close();
    home.remove();
  }
}

/** A machine that is busy may make every member late for once; nothing has begun yet. */
async function draft(home: string, strategy: MatrixStrategy, tries = 3): Promise<RunId> {
  const drafted = await runConsole(args(home, 'alice'), `recover rehearsal --strategy ${strategy}`);
  const plan = linesOf(drafted).find((line) => line.data?.kind === 'plan')?.data;
  if (plan?.kind === 'plan' && plan.run !== null) return requireRunId(plan.run);
  if (tries > 1) return draft(home, strategy, tries - 1);
  throw new Error(`no plan: ${drafted.stdout}${drafted.stderr}`);
}

function args(home: string, person: string): readonly string[] {
  return ['console', '--json', '--data', home, '--as', person];
}

/** `program`: null is the built command line. The child takes the console's own options alone. */
function start({ home }: Stage, person: string, input: string | null, program: readonly string[] | null): Running {
  const [word = '', ...options] = args(home, person);
  return program === null ? launch([word, ...options], input) : launch(options, input, program);
}

/** What should have been killed and was not: a place that is never reached. */
async function killAll(stage: Stage, kills: readonly Kill[]): Promise<readonly string[]> {
  for (const [index, kill] of kills.entries()) {
    const input = index === 0 ? `approve ${stage.run}\n` : '';
    const died = kill.kind === 'place' ? await dieAt(stage, input, kill) : await dieAfter(stage, input, kill.afterMs);
    if (!died && kill.kind === 'place') return [`${kill.place} was not reached ${String(kill.nth)} times`];
    if (!died) return [];
    stage.kills += 1;
  }
  return [];
}

async function dieAt(stage: Stage, input: string, kill: Extract<Kill, { kind: 'place' }>): Promise<boolean> {
  const running = start(stage, 'bob', input, [...CHILD, 'die', kill.place, String(kill.nth)]);
  return (await end(running)).code === null;
}

async function dieAfter(stage: Stage, input: string, afterMs: number): Promise<boolean> {
  const running = start(stage, 'bob', input, null);
  // It may end before it says anything: then nothing is left to kill.
  await running.printed(/"state":"(?:approved|running)"/).catch(() => undefined);
  await Promise.race([sleep(afterMs), running.ended]);
  running.child.kill('SIGKILL');
  return (await end(running)).code === null;
}

/** A process that hangs is ended, and that shows in its exit code. */
async function end(running: Running): Promise<Ended> {
  const limit = setTimeout(() => running.child.kill('SIGABRT'), PROCESS_LIMIT_MS);
  const ended = await running.ended;
  clearTimeout(limit);
  return ended;
}

interface Rest {
  readonly found: Run;
  readonly pauses: readonly string[];
  readonly untruths: readonly string[];
}

async function comeToRest(stage: Stage, one: MatrixCase): Promise<Rest> {
  const pauses: string[] = [];
  const untruths: string[] = [];
  const left = await readRun(stage);
  const isLeft = left.state === 'approved' || left.state === 'running';
  if (isLeft && one.byButton && (await reconcileAndPress(stage))) pauses.push('answered by its button');
  else if (!one.byButton) await end(start(stage, 'bob', '', null));
  for (;;) {
    const found = await readRun(stage);
    if (found.state !== 'paused') return { found, pauses, untruths };
    pauses.push(found.explanation ?? '');
    const { cluster, kills } = stage;
    const executed = findExecuted(found, cluster.heard());
    untruths.push(...findUntruths(found, { state: await cluster.state(), dir: cluster.dir, executed, kills }));
    if (pauses.length > MOST_PAUSES) return { found, pauses, untruths };
    stage.cluster.mark(VERDICT);
    const resumed = await end(start(stage, 'alice', `resume ${stage.run} retry\n`, null));
    if (linesOf(resumed).some(({ data }) => data?.kind === 'refusal' || data?.kind === 'problem')) {
      untruths.push(`resume was refused: ${resumed.stdout.slice(-500)}`);
      return { found: await readRun(stage), pauses, untruths };
    }
  }
}

const AT_REST = /"state":"(?:paused|succeeded|failed|stale|expired|aborted)"/;
const RETRY_BUTTON = /"label":"(?:Retry [^"]+|Go on)","n":1\b/;

/** Input stays open: the card of a pause that appears meanwhile is answered by the number of its button. True when one was. */
async function reconcileAndPress(stage: Stage): Promise<boolean> {
  const running = start(stage, 'alice', null, null);
  const overdue = sleep(PROCESS_LIMIT_MS / 2, 'overdue', { ref: false });
  const seen = (pattern: RegExp): Promise<boolean> => running.printed(pattern).then(always, never);
  await Promise.race([seen(AT_REST), overdue]);
  const pressed = await Promise.race([seen(RETRY_BUTTON), sleep(1_000, false)]);
  if (pressed) {
    stage.cluster.mark(VERDICT);
    running.child.stdin?.write('1\n');
  }
  running.child.stdin?.end();
  await end(running);
  return pressed;
}

const always = (): boolean => true;
const never = (): boolean => false;

/** Only while no process has the directory. */
async function readRun({ home, run }: Stage): Promise<Run> {
  const clock = { nowMs: () => Date.now() };
  const opened = openStore({ dataDir: home, command: 'matrix', clock, lockWaitMs: 10_000 });
  if (!opened.ok) throw new Error(opened.error.text);
  try {
    const found = await opened.value.findRun(run);
    if (found === null) throw new Error(`${run} is gone`);
    return found;
  } finally {
    await opened.value.close();
  }
}
