/**
 * What becomes of a run's steps: the intent before anything is sent, the outcome after. Each function is the body of one
 * transaction. Owns that an intent is only recorded for a run that is running, and that no step takes an unknown way.
 */
import type { MemberName, RunId } from '../../domain/ids.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { transitionStep } from '../../domain/run-machine.ts';
import type { Run, StepState } from '../../domain/run.ts';
import type { StepChange, Store } from '../../ports/store.ts';
import { bumpRunCards } from './cards.ts';
import type { Connection } from './connection.ts';
import { requireRunRow } from './run-rows.ts';
import { insertEntries } from './timeline.ts';

export function intend(connection: Connection, change: Parameters<Store['recordIntent']>[0]): Result<Run, Run> {
  const before = requireRunRow(connection, change.run);
  if (before.state !== 'running') throw new Error(`run ${change.run} is ${before.state}: no step may start`);
  checkTransition(before, change, 'started');
  if (before.abortRequestedBy !== null) return err(before);
  connection.run(
    `UPDATE step SET state = 'started', attempts = attempts + 1, started_at = ?, ended_at = NULL, exit_code = NULL,
      note = NULL, output = NULL WHERE run = ? AND id = ? AND member = ?`,
    change.at,
    change.run,
    change.step,
    change.member,
  );
  return ok(finish(connection, change));
}

export function settle(connection: Connection, change: StepChange): Run {
  const before = requireRunRow(connection, change.run);
  checkTransition(before, change, change.state);
  connection.run(
    `UPDATE step SET state = ?, ended_at = ?, exit_code = ?, note = ?, output = ?
      WHERE run = ? AND id = ? AND member = ?`,
    change.state,
    change.at,
    change.exitCode,
    change.note,
    change.output,
    change.run,
    change.step,
    change.member,
  );
  return finish(connection, change);
}

function finish(connection: Connection, change: Pick<StepChange, 'run' | 'at' | 'entries'>): Run {
  bumpRunCards(connection, change.run);
  insertEntries(connection, change.entries, change.at);
  return requireRunRow(connection, change.run);
}

interface StepKey {
  readonly run: RunId;
  readonly step: string;
  readonly member: MemberName;
}

function checkTransition(run: Run, key: StepKey, to: StepState): void {
  const step = run.steps.find((one) => one.id === key.step && one.member === key.member);
  if (step === undefined) throw new Error(`run ${run.id} has no step ${key.step} on ${key.member}`);
  const allowed = transitionStep(step.state, to);
  if (allowed.ok) return;
  throw new Error(`step ${key.step} on ${key.member} of run ${run.id} can't go from ${step.state} to ${to}`);
}
