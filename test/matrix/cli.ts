/**
 * `npm run matrix`: SIGKILL of Lockstep at every failpoint and after random delays, on rehearsal clusters. Owns the options, the order
 * and the count; exits 1 when anything is not 0 that has to be.
 */
import { parseArgs } from 'node:util';
import pLimit from 'p-limit';
import { ensureBuilt } from '../e2e/cli.ts';
import {
  drawFrom,
  failpointCases,
  randomCases,
  SCENARIO_OF,
  type Hits,
  type MatrixCase,
  type MatrixStrategy,
} from './cases.ts';
import { runCase, type CaseReport } from './run-case.ts';

const USAGE =
  'npm run matrix -- [--failpoints] [--every] [--random N] [--seed S] [--strategy patch-in-place|stop-patch-start] [--jobs J]';

/** So many histories of a simulated cluster to draw from. */
const CLUSTERS = 1_000_000;

interface Options {
  readonly failpoints: boolean;
  readonly every: boolean;
  /** Over all strategies. */
  readonly random: number;
  readonly seed: number;
  readonly strategies: readonly MatrixStrategy[];
  readonly jobs: number;
}

function readOptions(argv: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      failpoints: { type: 'boolean' },
      every: { type: 'boolean' },
      random: { type: 'string' },
      seed: { type: 'string' },
      strategy: { type: 'string' },
      jobs: { type: 'string' },
    },
  });
  const known = Object.keys(SCENARIO_OF) as MatrixStrategy[];
  const strategies = known.filter((name) => values.strategy === undefined || name === values.strategy);
  if (strategies.length === 0) throw new Error(`no strategy ${String(values.strategy)}`);
  const every = values.every === true;
  return {
    failpoints: every || values.failpoints === true || values.random === undefined,
    every,
    random: wholeNumber(values.random, 0),
    seed: wholeNumber(values.seed, Date.now() % 1_000_000),
    strategies,
    jobs: Math.max(1, wholeNumber(values.jobs, 2)),
  };
}

function wholeNumber(text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  if (!/^\d{1,9}$/.test(text)) throw new Error(`${JSON.stringify(text)} is not a number`);
  return Number(text);
}

async function main(options: Options): Promise<boolean> {
  await ensureBuilt();
  console.log(
    `matrix: seed ${String(options.seed)}, ${options.strategies.join(' and ')}, ${String(options.jobs)} at a time`,
  );
  const begun = Date.now();
  const limit = pLimit(options.jobs);
  const draw = drawFrom(options.seed);
  const perStrategy = options.strategies.map((strategy, index) => {
    const share = Math.floor((options.random + index) / options.strategies.length);
    return { strategy, share, draw: drawFrom(draw(1_000_000_000)) };
  });
  const reports = await Promise.all(
    perStrategy.map(async ({ strategy, share, draw: own }) => {
      const calm: MatrixCase = { name: 'undisturbed', strategy, kills: [], byButton: false };
      const first = await limit(() => attempt(calm, own(CLUSTERS)));
      if (first.hits === null) return [first.report];
      const cases = [
        ...(options.failpoints ? failpointCases(strategy, first.hits, { draw: own, every: options.every }) : []),
        ...randomCases(strategy, share, own),
      ];
      const seeded = cases.map((one) => ({ one, seed: own(CLUSTERS) }));
      const rest = await Promise.all(seeded.map(({ one, seed }) => limit(() => attempt(one, seed))));
      return [first.report, ...rest.map(({ report }) => report)];
    }),
  );
  return summarise(reports.flat(), options, Date.now() - begun);
}

interface Attempt {
  readonly report: CaseReport;
  readonly hits: Hits | null;
}

/** What goes wrong around a case is a wrong end of it. */
async function attempt(one: MatrixCase, seed: number): Promise<Attempt> {
  try {
    const report = await runCase(one, seed);
    print(report);
    return { report, hits: report.hits };
  } catch (error) {
    const wrong = [error instanceof Error ? (error.stack ?? error.message) : String(error)];
    const nothing = { kills: 0, pauses: [], blindRepeats: [], harm: [], tookMs: 0 } as const;
    const report: CaseReport = { case: one, state: 'running', wrong, ...nothing };
    print(report);
    return { report, hits: null };
  }
}

function problemsOf({ wrong, blindRepeats, harm }: CaseReport): readonly string[] {
  return [
    ...wrong.map((text) => `WRONG END: ${text}`),
    ...blindRepeats.map((text) => `TWICE: ${text}`),
    ...harm.map((text) => `INSTANCES: ${text}`),
  ];
}

function print(report: CaseReport): void {
  const { strategy, name } = report.case;
  const pauses = report.pauses.length === 0 ? '' : `, ${String(report.pauses.length)} pauses`;
  const seconds = `${(report.tookMs / 1000).toFixed(0)} s`;
  const verdict = problemsOf(report).length === 0 ? 'ok ' : 'BAD';
  console.log(
    `${verdict} ${strategy}: ${name}: ${report.state} after ${String(report.kills)} kills${pauses}, ${seconds}`,
  );
  for (const text of [...report.pauses.map((why) => `paused: ${why}`), ...problemsOf(report)])
    console.log(`      ${text}`);
}

function summarise(reports: readonly CaseReport[], { seed }: Options, tookMs: number): boolean {
  const sum = (of: (report: CaseReport) => number): number => reports.reduce((total, one) => total + of(one), 0);
  const wrong = reports.filter((one) => one.wrong.length > 0).length;
  const twice = sum((one) => one.blindRepeats.length);
  const harmed = sum((one) => one.harm.length);
  const automatic = reports.filter((one) => one.state === 'succeeded' && one.pauses.length === 0).length;
  const parts = [
    `${String(reports.length)} runs`,
    `${String(sum((one) => one.kills))} kills`,
    `${String(automatic)} finished by themselves`,
    `${String(sum((one) => one.pauses.length))} pauses`,
    `${String(wrong)} wrong ends`,
    `${String(twice)} steps executed twice without a look`,
    `${String(harmed)} instances stopped`,
  ];
  console.log(`matrix: ${parts.join(', ')}; ${(tookMs / 1000).toFixed(0)} s; --seed ${String(seed)} repeats it`);
  return wrong + twice + harmed === 0;
}

let options: Options;
try {
  options = readOptions(process.argv.slice(2));
} catch (error) {
  console.error(`matrix: ${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
  process.exit(2);
}
process.exit((await main(options)) ? 0 : 1);
