/** One part of a probe's answer, and why it gives no fact. */
import type { FailedPart } from '../../domain/observation.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { clipText, decodeText } from './bytes.ts';

export interface Part {
  /** Exit code of what gathered it. */
  readonly code: number;
  readonly bytes: Uint8Array;
}

export type Parts = ReadonlyMap<string, Part>;
export type Parsed<T> = Result<T, FailedPart>;

export function failedPart(part: string, reason: FailedPart['reason'], text: string): FailedPart {
  return { part, reason, text: clipText(text) };
}

export function unparsable(part: string, text: string): { readonly ok: false; readonly error: FailedPart } {
  return err(failedPart(part, 'unparsable', text));
}

/** Exit codes of `timeout` (124, 137) and of a shell without the command (126, 127). */
function reasonOf(code: number): FailedPart['reason'] {
  if (code === 124 || code === 137) return 'timed-out';
  return code === 126 || code === 127 ? 'command-missing' : 'failed';
}

/** The text of a part that ended with one of `codes`. */
export function textOf(parts: Parts, name: string, codes: readonly number[] = [0]): Parsed<string> {
  const part = parts.get(name);
  if (part === undefined) return err(failedPart(name, 'failed', 'no answer'));
  const text = decodeText(part.bytes);
  if (codes.includes(part.code)) return ok(text);
  return err(failedPart(name, reasonOf(part.code), text === '' ? `exit code ${String(part.code)}` : text));
}
