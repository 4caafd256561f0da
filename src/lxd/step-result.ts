/**
 * What a step's text or look said. Owns reading the result line and the exit codes together: they must agree, else the outcome
 * is unknown. Values are a member's words, so they are clipped and stay hostile.
 */
import { EXIT_CODES } from './catalogue/text.ts';
import { clipText, decodeText } from './parse/bytes.ts';

export type StepStatus = keyof typeof EXIT_CODES;
export type Verdict = 'done' | 'not-done' | 'cannot-tell';

export type StepResult =
  /** The text ran to its end and said so. `done` and `already` are success. */
  | { readonly kind: 'said'; readonly status: StepStatus; readonly values: Readonly<Record<string, string>> }
  /** No result line, or one that does not fit the exit code: cut off by its time limit, or not our text's answer. */
  | { readonly kind: 'unknown'; readonly text: string };

const LINE = /^lockstep-result ([a-z-]{1,40}) status=([a-z-]{1,20})((?: [a-z0-9-]{1,40}=\S{0,200}){0,20})$/;

interface ResultLine {
  readonly kind: string;
  readonly status: string;
  readonly values: Readonly<Record<string, string>>;
}

function findResultLine(stdout: Uint8Array): ResultLine | undefined {
  const last = decodeText(stdout.subarray(-65_536)).trimEnd().split('\n').at(-1) ?? '';
  const match = LINE.exec(last);
  if (match === null) return undefined;
  const [, kind = '', status = '', rest = ''] = match;
  const pairs = rest.split(' ').filter((pair) => pair !== '');
  const values = Object.fromEntries(
    pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), clipText(pair.slice(pair.indexOf('=') + 1))]),
  );
  return { kind, status, values };
}

function isStatus(word: string): word is StepStatus {
  return Object.hasOwn(EXIT_CODES, word);
}

/** `kind` is the word that the text was built with. */
export function parseStepResult(kind: string, stdout: Uint8Array, exitCode: number): StepResult {
  const line = findResultLine(stdout);
  if (line !== undefined && line.kind === kind && isStatus(line.status) && EXIT_CODES[line.status] === exitCode) {
    return { kind: 'said', status: line.status, values: line.values };
  }
  const cut = exitCode === 124 || exitCode === 137 ? 'cut off by its time limit' : `exit code ${String(exitCode)}`;
  return { kind: 'unknown', text: cut };
}

/** What a look said. Anything but a clear word is `cannot-tell`. */
export function parseLook(kind: string, stdout: Uint8Array, exitCode: number): Verdict {
  const line = findResultLine(stdout);
  if (exitCode !== 0 || line?.kind !== kind) return 'cannot-tell';
  return line.status === 'done' || line.status === 'not-done' ? line.status : 'cannot-tell';
}
