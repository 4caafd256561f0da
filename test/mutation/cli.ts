/**
 * `npm run mutate [-- --shard N/M] [--only WORD,…] [--most N] [--concurrency N] [--report FILE]`: changes the domain in every way that Stryker
 * knows and asks whether a test notices. Owns the shards (whole files, evenly by size) and the score over all of them; exits 1 when it is
 * under the limit. `--most` runs at most N tests of one file for each mutant: quicker, and the score can only come out lower.
 */
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DOMAIN = 'src/domain';
const LIMIT = 85;
/** What counts; a mutant that can not be compiled or is ignored does not. */
const MUTANT_STATES = ['Killed', 'Timeout', 'Survived', 'NoCoverage'] as const;

interface Shard {
  readonly number: number;
  readonly of: number;
}

interface Tally {
  readonly file: string;
  readonly found: number;
  readonly missed: number;
}

process.exitCode = await main(process.argv.slice(2));

async function main(argv: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      shard: { type: 'string', default: '1/1' },
      only: { type: 'string', default: '' },
      most: { type: 'string' },
      concurrency: { type: 'string', default: '2' },
      report: { type: 'string' },
    },
  });
  const words = values.only.split(',');
  const named = domainFiles().filter((file) => words.some((word) => file.includes(word)));
  const files = share(named, parseShard(values.shard));
  // For the processes that Stryker starts: the runner is TypeScript, and the worker is a thread of it.
  process.env['NODE_OPTIONS'] = `--import ${import.meta.resolve('tsx')}`;
  if (values.most !== undefined) process.env['LOCKSTEP_MUTANT_TESTS'] = values.most;
  const directory = mkdtempSync(join(tmpdir(), 'lockstep-mutation-'));
  try {
    const tallies = await mutate(files, Number(values.concurrency), directory);
    if (values.report !== undefined) copyFileSync(join(directory, 'report.json'), values.report);
    return summarise(tallies);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function parseShard(text: string): Shard {
  const [, number, of] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  if (number === undefined || of === undefined) throw new Error(`${JSON.stringify(text)} is no shard such as 1/4`);
  return { number: Number(number), of: Number(of) };
}

function domainFiles(): readonly string[] {
  return readdirSync(join(ROOT, DOMAIN), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(DOMAIN, name))
    .sort((a, b) => statSync(join(ROOT, b)).size - statSync(join(ROOT, a)).size);
}

/** Dealt out by size, largest first, so that shards take about as long as each other. */
function share(files: readonly string[], { number, of }: Shard): readonly string[] {
  return files.filter((_, index) => index % of === number - 1);
}

async function mutate(files: readonly string[], concurrency: number, directory: string): Promise<readonly Tally[]> {
  const stryker = new Stryker({
    mutate: [...files],
    testRunner: 'domain',
    plugins: [fileURLToPath(new URL('runner.ts', import.meta.url))],
    // Long enough for a machine that has other work: an endless loop is mostly found by counting, not by waiting.
    timeoutMS: 300_000,
    // The compiler is native and has no JavaScript interface; nothing here needs it.
    tsconfigFile: 'absent.json',
    checkers: [],
    concurrency,
    tempDirName: join(directory, 'sandbox'),
    ignorePatterns: ['dist', 'coverage', 'test/lab', 'test/matrix'],
    reporters: ['progress-append-only', 'json'],
    jsonReporter: { fileName: join(directory, 'report.json') },
    disableTypeChecks: false,
    allowEmpty: true,
  });
  await stryker.runMutationTest();
  return readTallies(join(directory, 'report.json'));
}

interface Report {
  readonly files: Readonly<
    Record<string, { readonly mutants: readonly { readonly status: string; readonly location: Location }[] }>
  >;
}

interface Location {
  readonly start: { readonly line: number };
}

function readTallies(path: string): readonly Tally[] {
  // Stryker's own report, https://github.com/stryker-mutator/mutation-testing-elements (report-schema)
  const report = JSON.parse(readFileSync(path, 'utf8')) as Report;
  return Object.entries(report.files).map(([file, { mutants }]) => {
    const counted = mutants.filter(({ status }) => MUTANT_STATES.some((state) => state === status));
    const missed = counted.filter(({ status }) => status === 'Survived' || status === 'NoCoverage');
    for (const { status, location } of missed) {
      process.stdout.write(`${status.padEnd(10)} ${file}:${location.start.line}\n`);
    }
    return { file, found: counted.length - missed.length, missed: missed.length };
  });
}

function summarise(tallies: readonly Tally[]): number {
  const score = ({ found, missed }: Omit<Tally, 'file'>): number => (100 * found) / Math.max(1, found + missed);
  const total = { found: 0, missed: 0 };
  for (const tally of [...tallies].sort((a, b) => score(a) - score(b))) {
    total.found += tally.found;
    total.missed += tally.missed;
    if (tally.found + tally.missed > 0) {
      process.stdout.write(`${score(tally).toFixed(1).padStart(6)} %  ${tally.file} (${tally.missed} missed)\n`);
    }
  }
  const all = score(total);
  process.stdout.write(
    `mutation score ${all.toFixed(1)} % of ${total.found + total.missed} mutants (at least ${LIMIT} %)${all < LIMIT ? '   UNDER' : ''}\n`,
  );
  return all < LIMIT ? 1 : 0;
}
