/** What Lockstep itself could not do. A code, text made elsewhere from it, and the next act. Refusals and findings are not problems. */
export const PROBLEM_CODES = [
  'unknown-command',
  'unknown-cluster',
  'unknown-member',
  'unknown-option',
  'unknown-run',
  'ambiguous-run',
  'unknown-incident',
  'ambiguous-incident',
  'bad-argument',
  'missing-argument',
  'line-too-long',
  'control-characters',
  'empty',
  'not-allowed',
  'duplicate',
  'data-in-use',
  'data-unwritable',
  'data-full',
  'data-newer',
  'data-corrupt',
  'config-invalid',
  'not-implemented-here',
  'internal',
] as const;
export type ProblemCode = (typeof PROBLEM_CODES)[number];

export interface Problem {
  readonly code: ProblemCode;
  /** One sentence. */
  readonly text: string;
  /** The next act, a command where there is one. */
  readonly next: string;
}
