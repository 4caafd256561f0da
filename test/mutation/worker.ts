/**
 * The side that holds the domain's tests: loaded by vitest once as if it were a test file, it stays and runs the tests that it is told to,
 * for one mutant after another. Loading vitest for each of ten thousand mutants would take most of the time. Modules stay loaded unless
 * a mutant is one that is passed while they load; a test file itself is read anew each time.
 */
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { BroadcastChannel } from 'node:worker_threads';
import fc from 'fast-check';
import { type RunnerTestFile, type TestRunner, vi } from 'vitest';
import { DomainRunner } from './domain-runner.ts';
import { createLikely } from './likely.ts';
import {
  type Answer,
  CHANNEL,
  type Coverage,
  type DryRun,
  type MutantAnswer,
  type MutantRun,
  type Order,
  type SeenTest,
} from './protocol.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What Stryker's instrumented code reads and writes. */
interface Switchboard {
  activeMutant?: string | undefined;
  currentTestId?: string | undefined;
  hitCount?: number | undefined;
  hitLimit?: number | undefined;
  mutantCoverage?: Coverage | undefined;
}

interface LoadedModule {
  readonly id: string;
  readonly imports: ReadonlySet<string>;
}

/** The part of vitest's own state in a worker that is needed here. */
interface WorkerState {
  readonly config: ConstructorParameters<typeof TestRunner>[0];
  readonly evaluatedModules: {
    readonly idToModuleMap: ReadonlyMap<string, LoadedModule>;
    readonly fileToModulesMap: ReadonlyMap<string, ReadonlySet<LoadedModule>>;
    readonly invalidateModule: (module: LoadedModule) => void;
  };
}

type StartTests = (files: readonly string[], runner: DomainRunner) => Promise<readonly RunnerTestFile[]>;

const globals = globalThis as unknown as Record<string, unknown>;
const board = (globals['__stryker__'] ??= {}) as Switchboard;
const vitest = globals['__vitest_worker__'] as WorkerState;
const runner = new DomainRunner(vitest.config, loadAnew);
const startTests = await findStartTests();
const likely = createLikely();
/** Every module that a file of tests led to when it was loaded first. */
const reached = new Map<string, ReadonlySet<string>>();
/** Of one file's tests at most so many are run for a mutant; unset: all. */
const most = Number(process.env['LOCKSTEP_MUTANT_TESTS'] ?? Number.POSITIVE_INFINITY);

await serve();

async function serve(): Promise<void> {
  // A seed makes two runs alike; shrinking would only find a nicer example of what is noticed already.
  fc.configureGlobal({ seed: 20_261_123, endOnFailure: true });
  const channel = new BroadcastChannel(CHANNEL);
  const say = (answer: Answer): void => channel.postMessage(answer);
  await new Promise<void>((resolve) => {
    channel.onmessage = (message: unknown) => {
      // Only the runner in the same process posts here.
      const { data: order } = message as { readonly data: Order };
      if (order.kind === 'stop') resolve();
      else void obey(order).then(say);
    };
    say({ kind: 'ready' });
  });
  channel.close();
}

async function obey(order: DryRun | MutantRun): Promise<Answer> {
  try {
    return order.kind === 'dry-run' ? await runDry() : await runMutant(order);
  } catch (error) {
    return { kind: 'broken', message: String(error instanceof Error ? error.stack : error) };
  }
}

/** From the very copy of the package that vitest itself runs tests with. */
async function findStartTests(): Promise<StartTests> {
  const ofVitest = createRequire(createRequire(import.meta.url).resolve('vitest/package.json'));
  const path = ofVitest.resolve('@vitest/runner');
  return ((await import(pathToFileURL(path).href)) as { readonly startTests: StartTests }).startTests;
}

async function loadAnew(file: string): Promise<unknown> {
  const { evaluatedModules } = vitest;
  for (const module of evaluatedModules.fileToModulesMap.get(file) ?? []) evaluatedModules.invalidateModule(module);
  return import(file);
}

function testFiles(): readonly string[] {
  return readdirSync(join(ROOT, 'test/domain'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .sort()
    .map((name) => join(ROOT, 'test/domain', name));
}

async function runDry(): Promise<Answer> {
  board.mutantCoverage = { static: {}, perTest: {} };
  runner.onTest = (id) => {
    board.currentTestId = id;
  };
  runner.begin({ stopsAtFailure: false, most: Number.POSITIVE_INFINITY });
  runner.want(null);
  const broken: SeenTest[] = [];
  for (const file of testFiles()) broken.push(...brokenFiles(await timed(file)));
  runner.onTest = () => {};
  return { kind: 'dry-run', tests: [...runner.tests, ...broken], coverage: board.mutantCoverage };
}

/** A file whose tests can't even be collected has no failing test of its own. */
function brokenFiles(files: readonly RunnerTestFile[]): readonly SeenTest[] {
  return files
    .filter(({ result }) => result?.state === 'fail' && result.errors !== undefined && result.errors.length > 0)
    .map(({ filepath, name, result }) => {
      const failure = result?.errors?.[0]?.message ?? 'not collected';
      return { id: `${name}#`, name: 'the file itself', file: filepath, ms: 0, failure };
    });
}

async function runMutant({ id, file, tests, hitLimit, reload }: MutantRun): Promise<MutantAnswer> {
  if (reload) vi.resetModules();
  Object.assign(board, { activeMutant: id, hitCount: 0, hitLimit: hitLimit ?? undefined });
  runner.begin({ stopsAtFailure: true, most });
  const killer = (await findKiller(file, likely.recent(file, tests))) ?? (await findKiller(file, tests));
  const hits = board.hitCount ?? 0;
  Object.assign(board, { activeMutant: undefined, hitCount: undefined, hitLimit: undefined });
  if (killer !== null) likely.noticed(file, killer);
  return { kind: 'mutant', ran: runner.tests.length, killer, hits };
}

async function findKiller(mutated: string, tests: readonly string[] | null): Promise<SeenTest | null> {
  runner.want(tests);
  for (const file of likely.sorted(mutated, filesOf(mutated, tests))) {
    const [broken] = brokenFiles(await timed(file));
    const failed = runner.tests.find(({ failure }) => failure !== null) ?? broken;
    if (failed !== undefined) return failed;
  }
  return null;
}

async function timed(file: string): Promise<readonly RunnerTestFile[]> {
  const from = performance.now();
  const done = await startTests([file], runner);
  likely.took(file, performance.now() - from);
  if (!reached.has(file) && brokenFiles(done).length === 0) reached.set(file, modulesFrom(file));
  return done;
}

function modulesFrom(file: string): ReadonlySet<string> {
  const { fileToModulesMap, idToModuleMap } = vitest.evaluatedModules;
  const found = new Set<string>();
  const open = [...(fileToModulesMap.get(file) ?? [])];
  for (let module = open.pop(); module !== undefined; module = open.pop()) {
    if (found.has(module.id)) continue;
    found.add(module.id);
    open.push(...[...module.imports].flatMap((id) => idToModuleMap.get(id) ?? []));
  }
  return found;
}

/** Where it is not known which tests pass the place, those that load the file at all. */
function filesOf(mutated: string, tests: readonly string[] | null): readonly string[] {
  if (tests === null) return testFiles().filter((file) => reached.get(file)?.has(mutated) ?? true);
  return [...new Set(tests.map((id) => join(ROOT, id.slice(0, id.indexOf('#')))))];
}
