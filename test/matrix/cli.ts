/**
 * `npm run matrix`: SIGKILL of Lockstep at every failpoint and after random delays, on rehearsal clusters or on a lab of real daemons.
 * Owns the options and the order; exits 1 when anything is not 0 that has to be.
 */
import { parseArgs } from 'node:util';
import { buildPrograms } from './build.ts';
import { findSituations, listCases, type MatrixCase, type Selection } from './cases.ts';
import { playOnLab } from './lab-ground.ts';
import { printReport, summarise, type Played } from './report.ts';
import { playOnRehearsals } from './rehearsals.ts';

const USAGE = `npm run matrix -- [--failpoints | --once] [--random N] [--seed S] [--strategy NAME] [--only NUMBERS] [--jobs J] [--lab]
  --failpoints  every failpoint in every situation; --once: each in one of them
  --random      so many runs that are killed after delays
  --strategy    of this strategy or situation alone
  --only        these cases of the list alone, as 3,7-12: what is drawn for the others stays the same
  --lab         on real daemons (needs root), one at a time`;

interface Options {
  readonly selection: Selection;
  readonly only: readonly number[] | null;
  readonly jobs: number;
  readonly lab: boolean;
  /** As typed, without what chooses single cases. */
  readonly again: string;
}

function readOptions(argv: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      failpoints: { type: 'boolean' },
      once: { type: 'boolean' },
      random: { type: 'string' },
      seed: { type: 'string' },
      strategy: { type: 'string' },
      only: { type: 'string' },
      jobs: { type: 'string' },
      lab: { type: 'boolean' },
    },
  });
  const situations = findSituations(values.strategy);
  if (situations.length === 0) throw new Error(`no strategy ${String(values.strategy)}`);
  const failpoints = values.once === true ? 'once' : values.failpoints === true ? 'each' : 'none';
  const selection: Selection = {
    seed: wholeNumber(values.seed, Date.now() % 1_000_000),
    failpoints,
    random: wholeNumber(values.random, failpoints === 'none' ? 30 : 0),
    situations,
  };
  return {
    selection,
    only: values.only === undefined ? null : values.only.split(',').flatMap(numbersOf),
    jobs: Math.max(1, wholeNumber(values.jobs, 4)),
    lab: values.lab === true,
    again: againWith(selection, values),
  };
}

/** `7` or `7-12`. */
function numbersOf(word: string): readonly number[] {
  const [from, to] = word.split('-');
  const first = wholeNumber(from, 0);
  const last = wholeNumber(to, first);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
}

function againWith(
  { seed, random, failpoints }: Selection,
  { strategy, lab }: { readonly strategy?: string | undefined; readonly lab?: boolean | undefined },
): string {
  const words = [
    ...(lab === true ? ['--lab'] : []),
    ...(failpoints === 'none' ? [] : [failpoints === 'once' ? '--once' : '--failpoints']),
    `--random ${String(random)} --seed ${String(seed)}`,
    ...(strategy === undefined ? [] : [`--strategy '${strategy}'`]),
  ];
  return `npm run matrix -- ${words.join(' ')}`;
}

function wholeNumber(text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  if (!/^\d{1,9}$/.test(text)) throw new Error(`${JSON.stringify(text)} is not a number`);
  return Number(text);
}

async function main({ selection, only, jobs, lab, again }: Options): Promise<boolean> {
  await buildPrograms();
  const cases = listCases(selection).filter(({ number }) => only === null || only.includes(number));
  const where = lab ? 'on real daemons' : `on rehearsal clusters, ${String(jobs)} at a time`;
  console.log(`matrix: seed ${String(selection.seed)}, ${String(cases.length)} runs ${where}`);
  const begun = Date.now();
  const played: Played[] = [];
  const done = (one: MatrixCase, report: Played['report'], tookMs: number): void => {
    played.push({ one, report, tookMs });
    printReport({ one, report, tookMs }, again);
  };
  await (lab ? playOnLab(cases, done) : playOnRehearsals(cases, jobs, done));
  return summarise(played, again, Date.now() - begun);
}

let options: Options;
try {
  options = readOptions(process.argv.slice(2));
} catch (error) {
  console.error(`matrix: ${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
  process.exit(2);
}
process.exit((await main(options)) ? 0 : 1);
