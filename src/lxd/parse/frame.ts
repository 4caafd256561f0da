/**
 * The framing of a probe's answer. Owns the split into parts by announced length; knows nothing of their content. What stands
 * before the first line (a greeting of the login shell) is skipped, what lacks its last line is truncated.
 */
import { err, ok, type Result } from '../../domain/result.ts';
import { clipText, decodeLatin1, decodeText, parseCount } from './bytes.ts';
import type { Part, Parts } from './part.ts';

export interface Frame {
  /** The member's clock at the start, ms. Null when its `date` gave no number. */
  readonly memberMs: number | null;
  /** How long the text ran on the member, ms. */
  readonly elapsedMs: number | null;
  readonly parts: Parts;
}

export interface FrameFailure {
  readonly kind: 'garbled' | 'truncated';
  readonly text: string;
}

const GREETING_LIMIT = 16_384;
const LINE_LIMIT = 256;
const NEWLINE = 10;

function failure(kind: FrameFailure['kind'], text: string): { readonly ok: false; readonly error: FrameFailure } {
  return err({ kind, text: clipText(text) });
}

function findStart(bytes: Uint8Array, opening: string): number {
  const head = decodeLatin1(bytes.subarray(0, GREETING_LIMIT));
  if (head.startsWith(opening)) return 0;
  const at = head.indexOf(`\n${opening}`);
  return at < 0 ? -1 : at + 1;
}

function readLine(bytes: Uint8Array, at: number): { readonly line: string; readonly next: number } | null {
  const end = bytes.subarray(at, at + LINE_LIMIT).indexOf(NEWLINE);
  return end < 0 ? null : { line: decodeLatin1(bytes.subarray(at, at + end)), next: at + end + 1 };
}

function nanosToMs(text: string | undefined): number | null {
  const nanos = /^\d{19}$/.test(text ?? '') ? Number(text) : null;
  return nanos === null ? null : Math.round(nanos / 1e6);
}

function secondsApart(from: string | undefined, to: string | undefined): number | null {
  const pattern = /^\d{1,12}[.,]\d{1,9}$/;
  if (from === undefined || to === undefined || !pattern.test(from) || !pattern.test(to)) return null;
  const ms = Math.round((Number(to.replace(',', '.')) - Number(from.replace(',', '.'))) * 1000);
  return ms >= 0 ? ms : null;
}

export function parseFrame(bytes: Uint8Array, nonce: string): Result<Frame, FrameFailure> {
  const start = findStart(bytes, `lockstep-probe 1 ${nonce} `);
  if (start < 0) return failure('garbled', decodeText(bytes.subarray(0, 2000)) || 'an empty answer');
  let cursor = readLine(bytes, start);
  if (cursor === null) return failure('truncated', 'the answer ends in its first line');
  const memberMs = nanosToMs(cursor.line.split(' ')[3]);
  const parts = new Map<string, Part>();
  for (;;) {
    cursor = readLine(bytes, cursor.next);
    if (cursor === null) return failure('truncated', `the answer ends after ${String(parts.size)} parts`);
    const [word, name = '', third, fourth] = cursor.line.split(' ');
    if (word === 'end' && name === nonce) return ok({ memberMs, elapsedMs: secondsApart(third, fourth), parts });
    const code = parseCount(third);
    const length = parseCount(fourth);
    if (word !== 'part' || !/^[a-z0-9.-]{1,40}$/.test(name) || code === null || length === null) {
      return failure('garbled', cursor.line);
    }
    const end = cursor.next + length;
    if (end >= bytes.length) return failure('truncated', `the answer ends inside part ${name}`);
    if (bytes[end] !== NEWLINE) return failure('garbled', `part ${name} is longer or shorter than announced`);
    parts.set(name, { code, bytes: bytes.subarray(cursor.next, end) });
    cursor = { line: '', next: end + 1 };
  }
}
