/**
 * Drafting runs and changing their state. Each function is the body of one transaction; the caller commits. Owns one active run
 * per cluster, the guard of a state change, and that every change raises the revision of the run's cards.
 */
import type { ClusterName, MemberName, RunId } from '../../domain/ids.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { expiryEntry } from '../../domain/expiry.ts';
import { transitionRun } from '../../domain/run-machine.ts';
import { isEnded, type Run, type RunState } from '../../domain/run.ts';
import type { ActionRecord, DraftRun, StateChange, Store, Undone } from '../../ports/store.ts';
import { bumpIncidentCards, bumpRunCards, insertCard } from './cards.ts';
import type { Connection } from './connection.ts';
import { alter, openOrJoin, underIncident } from './incidents.ts';
import { findRunRow, insertRun, requireRunRow, selectRuns } from './run-rows.ts';
import { insertEntries } from './timeline.ts';

const ACTIVE = `state IN ('drafted','awaiting-approval','approved','running','paused')`;

export function findActive(connection: Connection, cluster: ClusterName): Run | null {
  return selectRuns(connection, `WHERE cluster = ? AND ${ACTIVE}`, cluster)[0] ?? null;
}

export function listRuns(connection: Connection, query: Parameters<Store['listRuns']>[0]): readonly Run[] {
  const where: string[] = [];
  const values: (string | number)[] = [];
  if (query.cluster !== undefined) {
    where.push('cluster = ?');
    values.push(query.cluster);
  }
  if (query.states !== undefined) {
    where.push(`state IN (${query.states.map(() => '?').join(',')})`);
    values.push(...query.states);
  }
  const filter = where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`;
  const tail = `${filter} ORDER BY created_at DESC, ordinal DESC LIMIT ?`;
  return selectRuns(connection, tail, ...values, query.limit ?? -1);
}

export function draft(connection: Connection, { run, incident, actions, cards, entries }: DraftRun): Result<Run, Run> {
  const holder = findActive(connection, run.cluster);
  if (holder !== null && !isEnded(run.state)) return err(holder);
  const opened = incident === undefined ? null : openOrJoin(connection, incident).incident;
  insertRun(connection, opened === null ? run : { ...run, incident: opened.id });
  insertActions(connection, actions);
  insertEntries(connection, entries, run.createdAt);
  for (const card of cards) insertCard(connection, opened === null ? card : underIncident(connection, opened.id, card));
  if (opened !== null) bumpIncidentCards(connection, opened.id);
  return ok(requireRunRow(connection, run.id));
}

export function changeRunState(connection: Connection, change: StateChange): Result<Run, Run> {
  const before = requireRunRow(connection, change.run);
  if (!change.from.includes(before.state)) return err(before);
  setState(connection, before, { to: change.to, at: change.at, explanation: change.explanation });
  if (change.countResume === true) connection.run('UPDATE run SET resumes = resumes + 1 WHERE id = ?', change.run);
  insertActions(connection, change.actions ?? []);
  if (change.undoes !== undefined) markUndone(connection, change.undoes, change.at);
  insertEntries(connection, change.entries, change.at);
  if (change.mitigates !== undefined && before.incident !== null) {
    const moment = { at: change.at, by: 'lockstep' };
    alter(connection, { incident: before.incident, change: { kind: 'mitigate', why: change.mitigates }, moment });
  }
  return ok(requireRunRow(connection, change.run));
}

function markUndone(connection: Connection, { run, explanation, entries }: Undone, at: number): void {
  const undone = findRunRow(connection, run);
  if (undone === null || !transitionRun(undone.state, 'rolled-back').ok) return;
  setState(connection, undone, { to: 'rolled-back', at, explanation });
  insertEntries(connection, entries, at);
}

export interface NewState {
  readonly to: RunState;
  readonly at: number;
  readonly explanation: string | null;
}

/** A transition that the run's machine doesn't know is a bug and throws; the first start and the first end stay. */
export function setState(connection: Connection, run: Run, { to, at, explanation }: NewState): void {
  const allowed = transitionRun(run.state, to);
  if (!allowed.ok) throw new Error(`run ${run.id} can't go from ${allowed.error.from} to ${allowed.error.to}`);
  const startedAt = run.startedAt ?? (to === 'running' ? at : null);
  const endedAt = run.endedAt ?? (isEnded(to) ? at : null);
  connection.run(
    'UPDATE run SET state = ?, explanation = ?, started_at = ?, ended_at = ? WHERE id = ?',
    to,
    explanation,
    startedAt,
    endedAt,
    run.id,
  );
  bumpRunCards(connection, run.id);
}

export function expire(connection: Connection, now: number): readonly Run[] {
  const due = selectRuns(connection, `WHERE state = 'awaiting-approval' AND expires_at <= ? ORDER BY ordinal`, now);
  return due.map((run) => {
    markExpired(connection, run, now);
    return requireRunRow(connection, run.id);
  });
}

export function markExpired(connection: Connection, run: Run, at: number): void {
  setState(connection, run, { to: 'expired', at, explanation: run.explanation });
  insertEntries(connection, [expiryEntry(run)], at);
}

export function markAbort(connection: Connection, input: Parameters<Store['requestAbort']>[0]): Run {
  const before = requireRunRow(connection, input.run);
  if (isEnded(before.state) || before.abortRequestedBy !== null) return before;
  connection.run('UPDATE run SET abort_requested_by = ? WHERE id = ?', input.by, input.run);
  bumpRunCards(connection, input.run);
  insertEntries(connection, input.entries, input.at);
  return requireRunRow(connection, input.run);
}

function insertActions(connection: Connection, actions: readonly Omit<ActionRecord, 'consumedAt'>[]): void {
  for (const action of actions) {
    connection.run(
      'INSERT INTO action (token_hash, kind, run, step, member, consumed_at) VALUES (?,?,?,?,?,NULL)',
      action.tokenHash,
      action.kind,
      action.run,
      action.step,
      action.member,
    );
  }
}

interface ActionRow {
  readonly token_hash: string;
  readonly kind: ActionRecord['kind'];
  readonly run: RunId;
  readonly step: string | null;
  readonly member: MemberName | null;
  readonly consumed_at: number | null;
}

export function findActionRow(connection: Connection, tokenHash: string): ActionRecord | null {
  const row = connection.select<ActionRow>('SELECT * FROM action WHERE token_hash = ?').get(tokenHash);
  if (row === undefined) return null;
  return {
    tokenHash: row.token_hash,
    kind: row.kind,
    run: row.run,
    step: row.step,
    member: row.member,
    consumedAt: row.consumed_at,
  };
}
