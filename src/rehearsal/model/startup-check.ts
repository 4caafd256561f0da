/**
 * LXD's start-up check as one pure function: what `Schema.Ensure` does inside its transaction, in its order: patch file, own
 * row, comparison row by row in table order, schema updates. Owns the decision; `daemon.ts` owns when it runs, whether the
 * commit gets through, and the removal of the file, which happens inside the transaction and so survives a rollback.
 */
import { SqlError } from './sql-lexer.ts';
import { runSql } from './sql-run.ts';
import type { SqlDatabase } from './sql-run.ts';
import { mapNodes, nodesOf, schemaOf } from './tables.ts';
import type { Build, CheckOutcome } from './types.ts';
import { behindText, inconsistentText } from './words.ts';

export interface CheckInput {
  readonly database: SqlDatabase;
  readonly build: Build;
  readonly address: string;
  /** Content of `patch.global.sql`, null without one. */
  readonly patch: string | null;
  /** As the member's own log would name the file. */
  readonly patchPath: string;
  readonly nowMs: number;
}

export interface Checked {
  readonly outcome: CheckOutcome;
  /** The patch ran and its file is removed, whatever becomes of the transaction. */
  readonly patchConsumed: boolean;
}

type Comparison = 'equal' | 'ahead' | 'behind' | 'inconsistent';

interface Version {
  readonly schema: number;
  readonly extensions: number;
}

function compareVersions(own: Version, other: Version): Comparison {
  if (own.schema === other.schema && own.extensions === other.extensions) return 'equal';
  if (own.schema >= other.schema && own.extensions >= other.extensions) return 'ahead';
  if (own.schema <= other.schema && own.extensions <= other.extensions) return 'behind';
  return 'inconsistent';
}

export function runStartupCheck(input: CheckInput): Checked {
  let { database } = input;
  if (input.patch !== null) {
    try {
      database = runSql(database, input.patch, input.nowMs).database;
    } catch (error) {
      if (!(error instanceof SqlError)) throw error;
      const cause = `failed to execute queries from ${input.patchPath}: ${error.message}`;
      return { outcome: { kind: 'fatal', cause }, patchConsumed: false };
    }
  }
  return { outcome: compareRows(input, database), patchConsumed: input.patch !== null };
}

function compareRows(input: CheckInput, patched: SqlDatabase): CheckOutcome {
  const { build, address } = input;
  const mine = nodesOf(patched).filter((row) => row.address === address).length;
  if (mine !== 1) return { kind: 'fatal', cause: `updated ${String(mine)} rows instead of 1` };
  const database = mapNodes(patched, (row) =>
    row['address'] === address ? { ...row, schema: build.schema, api_extensions: build.extensions } : row,
  );
  const decisive = nodesOf(database)
    .filter((row) => row.state === 0)
    .map((row) => compareVersions(build, row))
    .find((comparison) => comparison !== 'equal');
  if (decisive === 'inconsistent') return { kind: 'fatal', cause: inconsistentText(build) };
  if (decisive === 'ahead') return { kind: 'wait', database, direction: 'ahead' };
  if (decisive === 'behind') {
    if (build.hasFix) return { kind: 'wait', database, direction: 'behind' };
    return { kind: 'fatal', cause: behindText(build) };
  }
  return applyUpdates(build, database, input.nowMs);
}

function applyUpdates(build: Build, database: SqlDatabase, nowMs: number): CheckOutcome {
  const current = schemaOf(database);
  if (current > build.schema) {
    const cause = `schema version '${String(current)}' is more recent than expected '${String(build.schema)}'`;
    return { kind: 'fatal', cause };
  }
  if (current === build.schema) return { kind: 'aligned', database };
  const sql = `INSERT INTO schema (version, updated_at) VALUES (${String(build.schema)}, ${String(Math.floor(nowMs / 1000))})`;
  return { kind: 'aligned', database: runSql(database, sql, nowMs).database };
}
