/**
 * Looking at the timeline as evidence: is the chain whole, is its end the one that was last written. Owns both questions, for a
 * store that is open and, read-only, for the data directory of a running process.
 */
import { existsSync } from 'node:fs';
import type { Problem } from '../../domain/problem.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { verifyChain } from '../../domain/timeline-chain.ts';
import type { TimelineEntry } from '../../domain/timeline.ts';
import type { TimelineQuery } from '../../ports/store.ts';
import { openReader, type Connection } from './connection.ts';
import { dataFiles, type DataFiles } from './data-files.ts';
import { checkHeadBeside, checkHeadFile, type HeadCheck } from './head-file.ts';
import { describeStorageError, isSqliteError } from './sqlite-problem.ts';
import { findDamage, findEntry, findHead, listEntries, streamEvidence, type ChainHead } from './timeline.ts';

type AuditVerdict =
  | { readonly ok: true; readonly head: ChainHead | null }
  | {
      readonly ok: false;
      /** The first entry that doesn't fit; 0 when the chain is whole but never had the expected hash, or its indexes are damaged. */
      readonly sequence: number;
      readonly reason:
        | 'gap'
        | 'previous-hash'
        | 'hash'
        | 'head'
        /** It can't be read, or what comes after the entry before it can't. */
        | 'unreadable'
        /** Every entry is right, and the indexes that lists are read from are not; sequence 0. */
        | 'damaged';
    };

export interface Audit {
  /**
   * What was noted when this or an earlier process opened the directory, until a person has removed the note; a reader compares
   * with the head beside the database itself.
   */
  checkHead(): HeadCheck;
  /** Reads every entry. `expect` is a hash noted earlier that the chain must contain. */
  auditVerify(options?: { readonly expect?: string }): AuditVerdict;
}

export interface AuditReader extends Audit {
  listTimeline(query: TimelineQuery): readonly TimelineEntry[];
  close(): void;
}

export function auditOver(connection: Connection, files: DataFiles): Audit {
  return {
    checkHead: () => checkHeadFile(files),
    auditVerify: ({ expect } = {}) => connection.read(() => verify(connection, expect ?? null)),
  };
}

function verify(connection: Connection, expected: string | null): AuditVerdict {
  let read = 0;
  function* counted(): Generator<TimelineEntry> {
    for (const entry of streamEvidence(connection)) {
      yield entry;
      read += 1;
    }
  }
  try {
    const verdict = verifyChain(counted(), expected);
    if (verdict.kind === 'broken') return { ok: false, sequence: verdict.sequence, reason: verdict.reason };
    if (findDamage(connection) !== null) return { ok: false, sequence: 0, reason: 'damaged' };
    return { ok: true, head: findHead(connection) };
  } catch (error) {
    if (!isSqliteError(error)) throw error;
    return { ok: false, sequence: read + 1, reason: 'unreadable' };
  }
}

/** Opens the database of a data directory for reading, whether or not a process is running on it. */
export function openAudit(dataDir: string): Result<AuditReader, Problem> {
  const files = dataFiles(dataDir);
  if (!existsSync(files.database)) return err(absentProblem(dataDir));
  try {
    const opened = openReader(files);
    if (!opened.ok) return err(opened.error);
    const connection = opened.value;
    return ok({
      ...auditOver(connection, files),
      checkHead: () =>
        checkHeadBeside(files, () => ({
          head: findHead(connection),
          findHash: (sequence) => findEntry(connection, sequence)?.hash ?? null,
        })),
      listTimeline: (query) => connection.read(() => listEntries(connection, query)),
      close: () => {
        connection.close();
      },
    });
  } catch (error) {
    return err(describeStorageError(error, dataDir));
  }
}

function absentProblem(dataDir: string): Problem {
  return {
    code: 'bad-argument',
    text: `There is no database of Lockstep in ${dataDir}.`,
    next: 'Name the data directory that Lockstep runs on with --data DIR or LOCKSTEP_DATA.',
  };
}
