/**
 * One fault: a recovery that two people want, the fault in the middle of it, and what is true afterwards. Owns the order and the
 * judgement: what may be called a success is what the members themselves say.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { allServing, rows } from '../lab/state.ts';
import { type ConsoleEnd, dataOf, describeEnd, type Line, runConsole, startConsole } from '../lab/support/console.ts';
import { type FaultCase, type PlanOf, strikesAt } from './cases.ts';
import type { World } from './world.ts';

export interface FaultReport {
  readonly name: string;
  /** `paused`, or `paused, then succeeded`. */
  readonly states: readonly string[];
  /** What the card of the first end says. */
  readonly card: string;
  /** Each must be empty. */
  readonly wrong: readonly string[];
  readonly tookMs: number;
}

const EXTENSIONS = 313;

export async function runFault(world: World, one: FaultCase): Promise<FaultReport> {
  const begun = Date.now();
  world.renew();
  await world.lab.scenario(one.scenario);
  const late = (seconds: number): Promise<unknown> =>
    Promise.all(world.lab.members.map(({ name }) => world.lab.slow(name, seconds)));
  await Promise.all(world.lab.members.map(({ name }) => world.lab.must(name, 'rm -f /lab/state/greeting')));
  await late(one.lateS ?? 0);
  const asked = `recover lab --strategy ${one.strategy}`;
  const running = startConsole({ ...place(world), as: 'alice', commands: [asked, '/as bob', 'approve'] });
  const plan = await running.seen('the plan', ({ data }) => data?.kind === 'plan');
  const of = planOf(world, plan);
  await running.seen(`${one.at.step} is ${one.at.state}`, strikesAt(one));
  await one.strike(world, of);
  const first = await running.ended;
  const state = stateOf(first);
  const wrong: string[] = [];
  if (!one.ends.some((each) => each === state)) wrong.push(`it ended ${state}: ${describeEnd(first).slice(-1500)}`);
  const card = cardOf(first);
  if ((state === 'paused' || state === 'failed') && !one.says.test(card))
    wrong.push(`the card does not say ${String(one.says)}`);
  if (state === 'succeeded') wrong.push(...(await lies(world)));
  await one.undo?.(world, of);
  await late(0);
  const states = [state];
  if (state !== 'succeeded') {
    for (const each of world.lab.members) world.cable(each.name).mend();
    const second = await goOn(world, state, [asked, '/as bob', 'approve']);
    states.push(stateOf(second));
    if (!one.then.some((each) => each === states[1])) {
      wrong.push(`after a retry it is ${states[1] ?? ''}: ${describeEnd(second).slice(-1500)}`);
    }
    if (states[1] === 'succeeded') wrong.push(...(await lies(world)));
  }
  return { name: one.name, states, card, wrong, tookMs: Date.now() - begun };
}

function place({ config, data }: World): { readonly config: string; readonly data: string } {
  return { config, data };
}

function planOf(world: World, { data }: Line): PlanOf {
  const steps = data?.kind === 'plan' ? data.steps : [];
  const writers = steps.filter(({ id }) => /write-patch|run-sql/.test(id)).map(({ member }) => member);
  return { writers: [...new Set(writers)], members: world.lab.members.map(({ name }) => name) };
}

function stateOf(end: ConsoleEnd): string {
  return dataOf(end, 'run').at(-1)?.state ?? 'nothing said';
}

/** A run that was left running is taken up by the next process; a paused one takes a person's word, a failed one a new plan. */
async function goOn(world: World, state: string, anew: readonly string[]): Promise<ConsoleEnd> {
  if (state === 'failed') {
    await untilPlanned(world, anew[0] ?? '');
    return runConsole({ ...place(world), as: 'alice', commands: [...anew] });
  }
  if (state !== 'paused') {
    const taken = await runConsole({ ...place(world), as: 'alice', commands: [] });
    if (stateOf(taken) !== 'paused') return taken;
  }
  return runConsole({ ...place(world), as: 'alice', commands: ['resume retry'] });
}

/** Daemons that failed because of the fault say so last, and are not patched: at their next start they fail for their first reason. */
async function untilPlanned(world: World, asked: string): Promise<void> {
  for (let look = 0; look < 20; look += 1) {
    const end = await runConsole({ ...place(world), as: 'alice', commands: [`${asked} --dry-run`] });
    if (dataOf(end, 'plan').length > 0) return;
    await sleep(3000);
  }
}

/** What a success must not leave: checked on the members, without Lockstep. */
async function lies({ lab, config, data }: World): Promise<readonly string[]> {
  const names = lab.members.map(({ name }) => name);
  const table = await rows(lab, 'm1');
  const wrong = table
    .filter(({ extensions }) => extensions !== EXTENSIONS)
    .map(({ name }) => `a row of ${name} is wrong`);
  if (!(await allServing(lab, names))) wrong.push('it was called a success while a member does not serve');
  const asked = await runConsole({ config, data, as: 'alice', commands: ['timeline lab'] });
  const verified = dataOf(asked, 'timeline')
    .flatMap(({ entries }) => entries)
    .some(({ kind }) => kind === 'verified');
  return verified ? wrong : [...wrong, 'it was called a success without a verification'];
}

/** The words of the last card of the run. */
function cardOf(end: ConsoleEnd): string {
  const card = end.lines.findLast(({ data }) => data?.kind === 'run')?.message;
  return card === undefined ? '' : wordsIn(card).join(' | ').replaceAll(/\s+/g, ' ');
}

/** Every text of a message, in its order; the table of steps is left out. */
function wordsIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(wordsIn);
  if (typeof value !== 'object' || value === null) return [];
  if ('kind' in value && value.kind === 'table') return [];
  return Object.entries(value).flatMap(([key, item]) =>
    typeof item === 'string' ? (key === 'text' || key === 'summary' ? [item] : []) : wordsIn(item),
  );
}
