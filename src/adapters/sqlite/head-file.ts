/**
 * The chain's head beside the database, so that a cut tail or an older copy of the database is noticed at the next opening.
 * Owns `timeline-head.json` and `timeline-head-lost.json`, which keeps a mismatch until a person has removed it. Can't notice a
 * change of both files together: for that a head is kept elsewhere (log, export).
 *
 * The record is one fixed-length write in place, after the commit: a killed process leaves it whole and at worst one commit
 * behind, which is no mismatch. A rename per append would cost as much again as the commit itself.
 */
import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { assertNever } from '../../domain/assert-never.ts';
import type { Problem } from '../../domain/problem.ts';
import type { DataFiles } from './data-files.ts';
import type { ChainHead } from './timeline.ts';

export type HeadCheck = { readonly ok: true } | { readonly ok: false; readonly problem: Problem };

export interface HeadFile {
  write(head: ChainHead): void;
  close(): void;
}

/** Longest record: 16 digits, 64 hex characters and the JSON around them. */
const RECORD_BYTES = 128;

type Mismatch = 'missing' | 'unreadable' | 'ahead' | 'differs';

interface LostHead {
  readonly mismatch: Mismatch;
  readonly noted: ChainHead | null;
  readonly found: ChainHead | null;
}

export interface HeadSource {
  readonly head: ChainHead | null;
  findHash(sequence: number): string | null;
}

/** Compares, keeps a mismatch for people, and opens the file for writing. */
export function openHeadFile(files: DataFiles, source: HeadSource): HeadFile {
  const lost = compare(files.head, source);
  if (lost !== null) keepLost(files, lost);
  const descriptor = openSync(files.head, lost === null && source.head !== null ? 'r+' : 'w', 0o600);
  const file: HeadFile = {
    write(head) {
      const record = `${JSON.stringify({ sequence: head.sequence, hash: head.hash }).padEnd(RECORD_BYTES - 1)}\n`;
      try {
        writeSync(descriptor, record, 0);
      } catch {
        // The commit stands. A head that lags is no mismatch, and the next append writes it again.
      }
    },
    close() {
      closeSync(descriptor);
    },
  };
  if (source.head !== null) file.write(source.head);
  return file;
}

export function checkHeadFile(files: DataFiles): HeadCheck {
  const lost = readJson(files.lostHead);
  if (lost === 'absent') return { ok: true };
  return { ok: false, problem: describeLost(files, isLostHead(lost) ? lost : null) };
}

/**
 * The same question for a reader, who notes nothing down. The file is read before the database: a process that writes meanwhile
 * can only make it lag. A first record that was just being written shows at the second look.
 */
export function checkHeadBeside(files: DataFiles, lookAtDatabase: () => HeadSource): HeadCheck {
  const kept = checkHeadFile(files);
  if (!kept.ok) return kept;
  const look = (): LostHead | null => {
    const value = readJson(files.head);
    return compareValue(value, lookAtDatabase());
  };
  const lost = look() === null ? null : look();
  return lost === null ? { ok: true } : { ok: false, problem: describeLost(files, lost) };
}

function compare(path: string, source: HeadSource): LostHead | null {
  return compareValue(readJson(path), source);
}

function compareValue(value: unknown, source: HeadSource): LostHead | null {
  const lost = (mismatch: Mismatch, noted: ChainHead | null): LostHead => ({ mismatch, noted, found: source.head });
  if (value === 'absent') return source.head === null ? null : lost('missing', null);
  if (!isHead(value)) return source.head === null ? null : lost('unreadable', null);
  if (source.head === null || value.sequence > source.head.sequence) return lost('ahead', value);
  return source.findHash(value.sequence) === value.hash ? null : lost('differs', value);
}

/** The first mismatch stays: a later one is its consequence. */
function keepLost(files: DataFiles, lost: LostHead): void {
  if (readJson(files.lostHead) !== 'absent') return;
  writeFileSync(files.lostHead, `${JSON.stringify(lost)}\n`, { mode: 0o600 });
}

function describeLost(files: DataFiles, lost: LostHead | null): Problem {
  return {
    code: 'data-corrupt',
    text: `The timeline in ${files.directory} is not the one that was last written: ${describeMismatch(lost)}.`,
    next: `Compare with the newest export or log line (lockstep audit verify --expect HASH) and look for the newer lockstep.db; once that is settled, remove ${files.lostHead} (it is written when Lockstep opens the directory).`,
  };
}

function describeMismatch(lost: LostHead | null): string {
  const found = lost?.found?.sequence ?? 0;
  const noted = lost?.noted?.sequence ?? 0;
  if (lost === null) return 'an earlier opening noted a mismatch';
  switch (lost.mismatch) {
    case 'ahead':
      return `entry ${noted} had been recorded, the database ends at entry ${found} (a cut tail, or an older copy)`;
    case 'differs':
      return `entry ${noted} has another hash than the one that was noted`;
    case 'missing':
      return `timeline-head.json was missing while the database held ${found} entries`;
    case 'unreadable':
      return `timeline-head.json could not be read while the database held ${found} entries`;
    default:
      return assertNever(lost.mismatch);
  }
}

function readJson(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 'absent';
    throw error;
  }
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isHead(value: unknown): value is ChainHead {
  if (typeof value !== 'object' || value === null) return false;
  const has = value as Partial<Record<keyof ChainHead, unknown>>;
  return Number.isSafeInteger(has.sequence) && typeof has.hash === 'string';
}

function isLostHead(value: unknown): value is LostHead {
  return typeof value === 'object' && value !== null && 'mismatch' in value && 'noted' in value && 'found' in value;
}
