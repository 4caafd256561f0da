/**
 * The end by what is true on the members, never by Lockstep's word: in step or not and why, and whether what a paused or aborted run
 * says of itself is so.
 */
import { takesVerdict, type Run } from '../../src/domain/run.ts';
import type { Sight } from './ground.ts';
import type { Situation } from './situations.ts';

/** Sentences about what is not in step or was left behind; empty when the cluster is as a recovery must leave it. */
export function whatIsWrong(sight: Sight, { end, keepsHold = false, healing }: Situation): readonly string[] {
  const wanted = sight.revisions[end];
  const members = sight.members.flatMap(({ name, serves, revision }) => [
    ...(serves ? [] : [`${name} does not serve`]),
    ...(revision === wanted ? [] : [`${name} is on ${revision}, not on ${wanted}`]),
  ]);
  const left = whatIsLeft(sight).filter((text) => !(keepsHold && text.includes('/lockstep/hold ')));
  if (healing !== undefined && sight.healing !== healing)
    left.push(`healing is ${String(sight.healing)}, not ${healing}`);
  return [...members, ...sight.rows, ...(keepsHold ? [] : sight.holds), ...left];
}

/** Also a run that was given up must not leave a file that acts later. */
export function whatIsLeft({ members }: Sight): readonly string[] {
  return members.flatMap(({ name, left }) => left.map((path) => `${path} is left on ${name}`));
}

export interface Known {
  readonly sight: Sight;
  /** `step@member` that reached a member. */
  readonly executed: readonly string[];
  readonly kills: number;
}

/** Each thing that the explanation of a run at rest claims and that isn't so; also when it claims nothing that can be checked. */
export function findUntruths(run: Run, known: Known): readonly string[] {
  const text = run.explanation ?? '';
  const claims = CLAIMS.flatMap(({ pattern, isTrue }) =>
    [...text.matchAll(pattern)].map((match) => ({ said: match[0], holds: isTrue(match, run, known) })),
  );
  const untrue = claims.filter(({ holds }) => !holds).map(({ said }) => `not so: ${said}`);
  if (run.state !== 'paused') return untrue;
  if (!claims.some(({ said }) => said.startsWith('Next:'))) untrue.push('it names no next act');
  if (claims.length < 2) untrue.push(`nothing in it can be checked: ${text}`);
  return untrue;
}

interface Claim {
  readonly pattern: RegExp;
  readonly isTrue: (match: RegExpMatchArray, run: Run, known: Known) => boolean;
}

const CLAIMS: readonly Claim[] = [
  {
    pattern: /(\S+) on (\S+) is (failed|unknown|started|pending):/g,
    isTrue: ([, id, member, state], run) =>
      run.steps.some((step) => step.id === id && step.member === member && step.state === state),
  },
  {
    pattern: /No patch file of \S+ is left on (\S+)\./g,
    isTrue: ([, name], _run, { sight }) => sight.members.some((one) => one.name === name && !one.hasPatch),
  },
  {
    pattern: /Refreshes are still held by this run on ([^:]+):/g,
    isTrue: ([, names = ''], _run, { sight }) =>
      names.split(', ').every((name) => sight.members.some((one) => one.name === name && one.held)),
  },
  {
    pattern: /Other Lockstep installations are kept out until/g,
    isTrue: (_match, _run, { sight }) =>
      sight.members.every(({ left }) => left.some((path) => path.endsWith('/marker'))),
  },
  {
    pattern: /Lockstep stopped (\d+) times in the middle/g,
    isTrue: ([, times], _run, { kills }) => Number(times) <= kills,
  },
  { pattern: /Every step was done/g, isTrue: (_match, run) => run.steps.every(({ state }) => state === 'done') },
  {
    pattern: /(\S+) is not ready \(/g,
    isTrue: ([, name], _run, { sight }) => sight.members.some((one) => one.name === name),
  },
  {
    pattern: /Nothing was changed/g,
    isTrue: (_match, _run, { executed }) => executed.every((name) => /-(back-up|check|await)/.test(name)),
  },
  {
    pattern: /Next: \/lxd resume (\S+) retry/g,
    isTrue: ([, id], run) => id === run.id,
  },
  {
    pattern: /\/lxd resume \S+ done\b/g,
    isTrue: (_match, run) => takesVerdict(run, { verdict: 'done', step: null, member: null }),
  },
];
