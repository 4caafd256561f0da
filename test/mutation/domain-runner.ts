/**
 * Vitest's own runner of tests, made quiet and choosy: it reports to nobody, writes no golden, runs the tests that are asked for and none
 * after the first that fails. Owns which test runs; not which mutant is active.
 */
import { type RunnerTask, type RunnerTestFile, TestRunner } from 'vitest';
import type { SeenTest } from './protocol.ts';

type Config = ConstructorParameters<typeof TestRunner>[0];

export class DomainRunner extends TestRunner {
  /** Told before each test, and with undefined after it. */
  onTest: (id: string | undefined) => void = () => {};
  private wanted: ReadonlySet<string> | null = null;
  private stopsAtFailure = false;
  private most = Number.POSITIVE_INFINITY;
  private seen: SeenTest[] = [];
  private readonly load: (file: string) => Promise<unknown>;

  constructor(config: Config, load: (file: string) => Promise<unknown>) {
    super(config);
    this.load = load;
  }

  /** Forgets what was seen. Of one file at most `most` tests run, spread evenly. */
  begin(how: { readonly stopsAtFailure: boolean; readonly most: number }): void {
    this.stopsAtFailure = how.stopsAtFailure;
    this.most = how.most;
    this.seen = [];
  }

  /** Which tests run from now on; null: every one. */
  want(tests: readonly string[] | null): void {
    this.wanted = tests === null ? null : new Set(tests);
  }

  /** Without the tracing that vitest may be asked for. */
  override trace = <T>(_name: string, attributes: Record<string, unknown> | (() => T), work?: () => T): T => {
    const run = typeof attributes === 'function' ? attributes : work;
    if (run === undefined) throw new Error('nothing to run');
    return run();
  };

  get tests(): readonly SeenTest[] {
    return this.seen;
  }

  override importFile(file: string): Promise<unknown> {
    return this.load(file);
  }

  onCollected(files: readonly RunnerTestFile[]): void {
    for (const file of files) {
      const tests = testsOf(file);
      const wanted = tests.filter((test) => this.wanted === null || this.wanted.has(idOf(test)));
      const stride = Math.max(1, wanted.length / this.most);
      const chosen = new Set(wanted.filter((_, index) => Math.floor(index % stride) === 0));
      for (const test of tests) if (!chosen.has(test)) test.mode = 'skip';
    }
  }

  override async onBeforeRunTask(test: RunnerTask): Promise<void> {
    if (this.stopsAtFailure && this.seen.at(-1)?.failure != null) test.mode = 'skip';
    await super.onBeforeRunTask(test);
  }

  override onBeforeTryTask(test: RunnerTask): void {
    super.onBeforeTryTask(test);
    this.onTest(idOf(test));
  }

  override onAfterRunTask(test: RunnerTask): void {
    this.onTest(undefined);
    const failure = test.result?.state === 'fail' ? (test.result.errors?.[0]?.message ?? 'failed') : null;
    this.seen.push({
      id: idOf(test),
      name: nameOf(test),
      file: test.file.filepath,
      ms: test.result?.duration ?? 0,
      failure,
    });
    super.onAfterRunTask(test);
  }

  /** Goldens are read and never written. */
  override async onAfterRunSuite(): Promise<void> {}
}

function testsOf(task: RunnerTask): readonly RunnerTask[] {
  return task.type === 'suite' ? task.tasks.flatMap(testsOf) : [task];
}

function idOf(test: RunnerTask): string {
  return `${test.file.name}#${nameOf(test)}`;
}

function nameOf(test: RunnerTask): string {
  const above = test.suite === undefined || test.suite.name === '' ? '' : `${nameOf(test.suite)} › `;
  return `${above}${test.name}`;
}
