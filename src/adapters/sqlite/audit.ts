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
import { describeStorageError } from './sqlite-problem.ts';
import { findEntry, findHead, listEntries, streamEntries, type ChainHead } from './timeline.ts';

type AuditVerdict =
  | { readonly ok: true; readonly head: ChainHead | null }
  | {
      readonly ok: false;
      /** The first entry that doesn't fit; 0 when the chain is whole but never had the expected hash. */
      readonly sequence: number;
      readonly reason: 'gap' | 'previous-hash' | 'hash' | 'head';
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
    auditVerify: ({ expect } = {}) =>
      connection.read(() => {
        const verdict = verifyChain(streamEntries(connection), expect ?? null);
        if (verdict.kind === 'intact') return { ok: true, head: findHead(connection) };
        return { ok: false, sequence: verdict.sequence, reason: verdict.reason };
      }),
  };
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
