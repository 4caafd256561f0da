/**
 * The test runner that Stryker loads into each of its processes: one vitest with one worker that stays (worker.ts). Owns the translation
 * between Stryker's runs and orders to the worker. Stryker's own runner starts a worker of vitest for each mutant, which takes ten times
 * as long.
 */
import { BroadcastChannel } from 'node:worker_threads';
import { createVitest, type Vitest } from 'vitest/node';
import { type Answer, CHANNEL, type Coverage, type DryRunAnswer, type MutantAnswer, type Order } from './protocol.ts';

/** The part of Stryker's interface that is used, https://stryker-mutator.io/docs/stryker-js/api */
interface MutantRunOptions {
  readonly activeMutant: { readonly id: string };
  /** The mutated file where the tests find it. */
  readonly sandboxFileName: string;
  readonly testFilter?: readonly string[];
  readonly hitLimit?: number;
  readonly reloadEnvironment: boolean;
}

type MutantRunResult =
  | {
      readonly status: 'killed';
      readonly killedBy: readonly string[];
      readonly failureMessage: string;
      readonly nrOfTests: number;
    }
  | { readonly status: 'survived'; readonly nrOfTests: number }
  | { readonly status: 'timeout'; readonly reason: string };

interface TestResult {
  readonly id: string;
  readonly name: string;
  readonly fileName: string;
  readonly timeSpentMs: number;
  /** 0 passed, 1 failed. */
  readonly status: 0 | 1;
  readonly failureMessage?: string;
}

interface DryRunResult {
  readonly status: 'complete';
  readonly tests: readonly TestResult[];
  readonly mutantCoverage: Coverage;
}

export class DomainTestRunner {
  private readonly channel = new BroadcastChannel(CHANNEL);
  private vitest: Vitest | null = null;
  private run: Promise<unknown> = Promise.resolve();
  private heard: (answer: Answer) => void = () => {};

  capabilities(): { readonly reloadEnvironment: true } {
    return { reloadEnvironment: true };
  }

  async init(): Promise<void> {
    Object.assign(process.env, { NODE_ENV: 'test', VITEST: '1' });
    this.channel.onmessage = (message: unknown) => {
      // Only the worker in the same process posts here.
      this.heard((message as { readonly data: Answer }).data);
    };
    this.vitest = await createVitest('test', { config: 'test/vitest.mutation.config.ts', watch: false });
    const ready = this.nextAnswer();
    this.run = this.vitest.start();
    await Promise.race([ready, this.run.then(() => this.throwEnd())]);
  }

  async dryRun(): Promise<DryRunResult> {
    const { tests, coverage } = await this.ask<DryRunAnswer>({ kind: 'dry-run' });
    const results = tests.map(({ id, name, file, ms, failure }): TestResult => {
      const test = { id, name, fileName: file, timeSpentMs: ms };
      return failure === null ? { ...test, status: 0 } : { ...test, status: 1, failureMessage: failure };
    });
    return { status: 'complete', tests: results, mutantCoverage: coverage };
  }

  async mutantRun({
    activeMutant,
    sandboxFileName,
    testFilter,
    hitLimit,
    reloadEnvironment,
  }: MutantRunOptions): Promise<MutantRunResult> {
    const { killer, ran, hits } = await this.ask<MutantAnswer>({
      kind: 'mutant',
      id: activeMutant.id,
      file: sandboxFileName,
      tests: testFilter ?? null,
      hitLimit: hitLimit ?? null,
      reload: reloadEnvironment,
    });
    if (hitLimit !== undefined && hits > hitLimit) return { status: 'timeout', reason: `passed ${hits} times` };
    if (killer === null) return { status: 'survived', nrOfTests: ran };
    return { status: 'killed', killedBy: [killer.id], failureMessage: killer.failure ?? '', nrOfTests: ran };
  }

  async dispose(): Promise<void> {
    this.channel.postMessage({ kind: 'stop' } satisfies Order);
    await this.run;
    await this.vitest?.close();
    this.channel.close();
  }

  private async ask<T extends Answer>(order: Order): Promise<T> {
    const answer = this.nextAnswer();
    this.channel.postMessage(order);
    const heard = await answer;
    if (heard.kind === 'broken') throw new Error(heard.message);
    // The worker answers each order with its own kind.
    return heard as T;
  }

  private nextAnswer(): Promise<Answer> {
    return new Promise((resolve) => {
      this.heard = resolve;
    });
  }

  private throwEnd(): never {
    const errors = this.vitest?.state.getFiles().flatMap(({ result }) => result?.errors ?? []) ?? [];
    throw new Error(`the worker with the tests ended: ${errors.map(({ message }) => message).join('; ')}`);
  }
}

export const strykerPlugins = [{ kind: 'TestRunner', name: 'domain', injectableClass: DomainTestRunner }];
