/**
 * One cell of the matrix: a run that two people want, its process killed as the case says, and new processes and pressed buttons until
 * it is at rest. Owns the order of it; what the members saw and how it ended is told by `witness` and `judge`.
 */
import { openStore } from '../../src/adapters/sqlite/open-store.ts';
import { requireRunId, type RunId } from '../../src/domain/ids.ts';
import type { Run } from '../../src/domain/run.ts';
import { linesOf, type Ended } from '../e2e/cli.ts';
import { buttonFor } from './buttons.ts';
import type { MatrixCase } from './cases.ts';
import type { Ground } from './ground.ts';
import { findUntruths, whatIsLeft, whatIsWrong } from './judge.ts';
import { killed, nthOf, press, say } from './processes.ts';
import { findBlindRepeats, findExecuted, VERDICT } from './witness.ts';

/** Each press may settle one step of one member alone. */
const MOST_PAUSES = 12;
const SAME_PAUSES = 3;

export interface CaseReport {
  /** Processes that were really killed: a delay may be longer than the run. */
  readonly kills: number;
  /** Why it paused, each time. */
  readonly pauses: readonly string[];
  /** Labels of the buttons that were pressed. */
  readonly pressed: readonly string[];
  readonly state: Run['state'];
  /** Each must be empty. */
  readonly wrong: readonly string[];
  readonly blindRepeats: readonly string[];
  readonly harm: readonly string[];
}

interface Stage {
  readonly ground: Ground;
  readonly run: RunId;
  kills: number;
}

export async function runCase(one: MatrixCase, ground: Ground): Promise<CaseReport> {
  const { situation } = one;
  const undone = situation.undoes === undefined ? '' : await runBefore(ground, situation.undoes);
  await ground.begin();
  const run = await draft(ground, situation.line.replace('LOWER', ground.lower).replace('OF', undone));
  const stage: Stage = { ground, run, kills: 0 };
  const unmet = await killAll(stage, one);
  const { found, pauses, pressed, untruths } = await comeToRest(stage, one);
  const heard = await ground.heard();
  const sight = await ground.see();
  const known = { sight, executed: findExecuted(found, heard), kills: stage.kills };
  const lasting = pauses.length === 0 ? [] : findUntruths(found, known);
  return {
    kills: stage.kills,
    pauses,
    pressed,
    state: found.state,
    wrong: [...unmet, ...untruths, ...lasting, ...wrongEnd(found, one, pressed, sight)],
    blindRepeats: findBlindRepeats(found, heard),
    harm: sight.harm,
  };
}

/** A run may end aborted only by its button: then nothing is left that acts later. */
function wrongEnd(
  { state, explanation }: Run,
  { situation }: MatrixCase,
  pressed: readonly string[],
  sight: Parameters<typeof whatIsLeft>[0],
): readonly string[] {
  if (state === 'succeeded') return whatIsWrong(sight, situation);
  if (state === 'aborted' && pressed.at(-1) === 'Abort')
    return whatIsLeft(sight).filter((text) => /patch|marker/.test(text));
  return [`it ended ${state}: ${explanation ?? ''}`];
}

/** The run that this one is to undo. */
async function runBefore(ground: Ground, line: string): Promise<RunId> {
  const run = await draft(ground, line);
  await say(ground, 'bob', `approve ${run}`);
  const { state, explanation } = await readRun(ground, run);
  if (state !== 'succeeded') throw new Error(`the run before ended ${state}: ${explanation ?? ''}`);
  return run;
}

/** A machine that is busy may make every member late for once; nothing has begun yet. */
async function draft(ground: Ground, line: string, tries = 3): Promise<RunId> {
  const drafted = await say(ground, 'alice', `recover ${ground.cluster} ${line}`);
  const plan = linesOf(drafted).find((line_) => line_.data?.kind === 'plan')?.data;
  if (plan?.kind === 'plan' && plan.run !== null) return requireRunId(plan.run);
  if (tries > 1) return draft(ground, line, tries - 1);
  throw new Error(`no plan for ${line}: ${drafted.stdout}${drafted.stderr}`);
}

/** What should have been killed and was not: a place that is never reached. Without kills it is approved all the same. */
async function killAll(stage: Stage, { kills }: MatrixCase): Promise<readonly string[]> {
  const { ground, run } = stage;
  if (kills.length === 0) await say(ground, 'bob', `approve ${run}`);
  const steps = (await readRun(ground, run)).steps.length;
  for (const [index, kill] of kills.entries()) {
    const died = await killed(ground, index === 0 ? `approve ${run}\n` : '', kill, steps);
    if (died) stage.kills += 1;
    else if (kill.kind === 'place') return [`${kill.place} was not reached ${String(nthOf(kill, steps))} times`];
    else return [];
  }
  return [];
}

interface Rest {
  readonly found: Run;
  readonly pauses: readonly string[];
  readonly pressed: readonly string[];
  readonly untruths: readonly string[];
}

async function comeToRest(stage: Stage, one: MatrixCase): Promise<Rest> {
  const { ground, run } = stage;
  const pauses: string[] = [];
  const pressed: string[] = [];
  const untruths: string[] = [];
  const { state } = await readRun(ground, run);
  if (state === 'approved' || state === 'running') await say(ground, 'bob');
  for (;;) {
    const found = await readRun(ground, run);
    if (found.state !== 'paused' || goesRound(pauses)) return { found, pauses, pressed, untruths };
    pauses.push(found.explanation ?? '');
    const sight = await ground.see();
    const executed = findExecuted(found, await ground.heard());
    untruths.push(...findUntruths(found, { sight, executed, kills: stage.kills }));
    const label = buttonFor(found, one.answer, sight);
    ground.mark(VERDICT);
    const ended = await press(ground, run, label);
    pressed.push(label);
    const against = whyNotTaken(ended, label);
    if (against !== null) return { found, pauses, pressed, untruths: [...untruths, against] };
  }
}

/** The same pause again and again is where it ends. */
function goesRound(pauses: readonly string[]): boolean {
  const last = pauses.slice(-SAME_PAUSES).map((text) => text.replaceAll(/\d{4}-\S+ \S+ UTC/g, ''));
  return pauses.length > MOST_PAUSES || (last.length === SAME_PAUSES && new Set(last).size === 1);
}

function whyNotTaken(ended: Ended, label: string): string | null {
  if (ended.code !== 0)
    return `the card has no button ${label}: ${ended.stdout.slice(-500)}${ended.stderr.slice(-500)}`;
  const refused = linesOf(ended).some(({ data }) => data?.kind === 'refusal' || data?.kind === 'problem');
  return refused ? `the button ${label} was refused: ${ended.stdout.slice(-500)}` : null;
}

/** Only while no process has the directory. */
async function readRun({ home }: Ground, run: RunId): Promise<Run> {
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
