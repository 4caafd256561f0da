/**
 * What the runner that Stryker starts and the worker that holds the tests say to each other, over a channel between two threads of
 * one process. Owns the words; neither side's work.
 */
export const CHANNEL = 'domain-mutants';

/** How often each mutant's place was passed. The shape is Stryker's. */
export interface Coverage {
  readonly static: Readonly<Record<string, number>>;
  readonly perTest: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

export interface DryRun {
  readonly kind: 'dry-run';
}

export interface MutantRun {
  readonly kind: 'mutant';
  /** Stryker's number of the mutant. */
  readonly id: string;
  /** The absolute path of the file that it is in. */
  readonly file: string;
  /** The tests that pass its place; null for one that is passed while modules load, which any test may notice. */
  readonly tests: readonly string[] | null;
  /** Passing its place more often than this is an endless loop. */
  readonly hitLimit: number | null;
  /** Whether modules have to be loaded anew: a mutant is, or another was, active while they loaded. */
  readonly reload: boolean;
}

export type Order = DryRun | MutantRun | { readonly kind: 'stop' };

export interface SeenTest {
  readonly id: string;
  readonly name: string;
  readonly file: string;
  readonly ms: number;
  /** null: passed. */
  readonly failure: string | null;
}

export interface DryRunAnswer {
  readonly kind: 'dry-run';
  readonly tests: readonly SeenTest[];
  readonly coverage: Coverage;
}

export interface MutantAnswer {
  readonly kind: 'mutant';
  readonly ran: number;
  /** The first test that failed, which is also the last that ran. */
  readonly killer: SeenTest | null;
  readonly hits: number;
}

/** Something in the worker itself went wrong. */
interface BrokenAnswer {
  readonly kind: 'broken';
  readonly message: string;
}

export type Answer = { readonly kind: 'ready' } | DryRunAnswer | MutantAnswer | BrokenAnswer;
