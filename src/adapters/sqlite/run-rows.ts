/**
 * Runs as rows: columns for what is queried, JSON for plan and compiled texts, steps and approvals in tables of their own. Owns
 * the mapping and the inserts; which change may follow which is decided by the callers.
 */
import type { ClusterName, IncidentId, MemberName, RunId } from '../../domain/ids.ts';
import type { Plan, Strategy } from '../../domain/plan.ts';
import type { ApprovalRecord, CompiledStep, Run, RunState, StepRecord, StepState } from '../../domain/run.ts';
import type { Connection } from './connection.ts';

interface RunRow {
  readonly id: RunId;
  readonly cluster: ClusterName;
  readonly strategy: Strategy;
  readonly state: RunState;
  readonly plan: string;
  readonly compiled: string;
  readonly digest: string;
  readonly requested_by: string;
  readonly requester_described_as: string;
  readonly reason: string | null;
  readonly created_at: number;
  readonly expires_at: number;
  readonly started_at: number | null;
  readonly ended_at: number | null;
  readonly explanation: string | null;
  readonly resumes: number;
  readonly code_version: string;
  readonly incident: IncidentId | null;
  readonly abort_requested_by: string | null;
}

interface StepRow {
  readonly id: string;
  readonly member: MemberName;
  readonly state: StepState;
  readonly attempts: number;
  readonly started_at: number | null;
  readonly ended_at: number | null;
  readonly exit_code: number | null;
  readonly note: string | null;
  readonly output: string | null;
}

interface ApprovalRow {
  readonly by: string;
  readonly described_as: string;
  readonly at: number;
  readonly decision: ApprovalRecord['decision'];
  readonly reason: string | null;
}

export function findRunRow(connection: Connection, id: RunId): Run | null {
  const row = connection.select<RunRow>('SELECT * FROM run WHERE id = ?').get(id);
  return row === undefined ? null : toRun(connection, row);
}

/** A run that a caller already holds must be there: a missing one is a bug. */
export function requireRunRow(connection: Connection, id: RunId): Run {
  const run = findRunRow(connection, id);
  if (run === null) throw new Error(`no run ${id} in the store`);
  return run;
}

/** `tail` is fixed SQL of this folder (WHERE, ORDER BY, LIMIT), never a user's text. */
export function selectRuns(
  connection: Connection,
  tail: string,
  ...values: readonly (string | number)[]
): readonly Run[] {
  return connection
    .select<RunRow>(`SELECT * FROM run ${tail}`)
    .all(...values)
    .map((row) => toRun(connection, row));
}

export function insertRun(connection: Connection, run: Run): void {
  connection.run(
    `INSERT INTO run (id, cluster, strategy, state, plan, compiled, digest, requested_by, requester_described_as, reason,
      created_at, expires_at, started_at, ended_at, explanation, resumes, code_version, incident, abort_requested_by)
      VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)`,
    run.id,
    run.cluster,
    run.strategy,
    run.state,
    JSON.stringify(run.plan),
    JSON.stringify(run.compiled),
    run.digest,
    run.requestedBy,
    run.requesterDescribedAs,
    run.reason,
    run.createdAt,
    run.expiresAt,
    run.startedAt,
    run.endedAt,
    run.explanation,
    run.resumes,
    run.codeVersion,
    run.incident,
    run.abortRequestedBy,
  );
  for (const [ordinal, step] of run.steps.entries()) insertStep(connection, run.id, ordinal, step);
  for (const approval of run.approvals) insertApproval(connection, run.id, approval);
}

function insertStep(connection: Connection, run: RunId, ordinal: number, step: StepRecord): void {
  connection.run(
    `INSERT INTO step (run, ordinal, id, member, state, attempts, started_at, ended_at, exit_code, note, output)
      VALUES (?,?,?,?,?,?,?,?,?,?,?)`,
    run,
    ordinal,
    step.id,
    step.member,
    step.state,
    step.attempts,
    step.startedAt,
    step.endedAt,
    step.exitCode,
    step.note,
    step.output,
  );
}

export function insertApproval(connection: Connection, run: RunId, record: ApprovalRecord): void {
  connection.run(
    `INSERT INTO approval (run, ordinal, by, described_as, at, decision, reason)
      VALUES (?, (SELECT count(*) FROM approval WHERE run = ?), ?, ?, ?, ?, ?)`,
    run,
    run,
    record.by,
    record.describedAs,
    record.at,
    record.decision,
    record.reason,
  );
}

function toRun(connection: Connection, row: RunRow): Run {
  const steps = connection.select<StepRow>('SELECT * FROM step WHERE run = ? ORDER BY ordinal').all(row.id);
  const approvals = connection.select<ApprovalRow>('SELECT * FROM approval WHERE run = ? ORDER BY ordinal').all(row.id);
  return {
    id: row.id,
    cluster: row.cluster,
    strategy: row.strategy,
    state: row.state,
    plan: fromJson<Plan>(row.plan),
    compiled: fromJson<readonly CompiledStep[]>(row.compiled),
    digest: row.digest,
    requestedBy: row.requested_by,
    requesterDescribedAs: row.requester_described_as,
    reason: row.reason,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    approvals: approvals.map(toApproval),
    steps: steps.map(toStep),
    explanation: row.explanation,
    resumes: row.resumes,
    codeVersion: row.code_version,
    incident: row.incident,
    abortRequestedBy: row.abort_requested_by,
  };
}

/** Only what `insertRun` wrote comes back; a file changed by hand is not checked again here. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller names the type that it stored
function fromJson<Stored>(text: string): Stored {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
  return JSON.parse(text) as Stored;
}

function toStep(row: StepRow): StepRecord {
  return {
    id: row.id,
    member: row.member,
    state: row.state,
    attempts: row.attempts,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    exitCode: row.exit_code,
    note: row.note,
    output: row.output,
  };
}

function toApproval(row: ApprovalRow): ApprovalRecord {
  return {
    by: row.by,
    describedAs: row.described_as,
    at: row.at,
    decision: row.decision,
    reason: row.reason,
  };
}
