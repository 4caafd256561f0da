/**
 * Approvals and rejections: the body of one transaction, so that of two clicks at the same moment one decides and the other
 * learns that. Owns the count of different people, the expiry at the moment of the click, and the use of the button's token;
 * who may approve is decided before, by the policy.
 */
import type { Run } from '../../domain/run.ts';
import type { Decided, Store } from '../../ports/store.ts';
import { bumpRunCards } from './cards.ts';
import type { Connection } from './connection.ts';
import { insertApproval, requireRunRow } from './run-rows.ts';
import { markExpired, setState } from './runs.ts';
import { insertEntries } from './timeline.ts';

type Input = Parameters<Store['decide']>[0];

export function decideRun(connection: Connection, input: Input): Decided {
  const before = requireRunRow(connection, input.run);
  const { record } = input;
  if (before.state === 'expired') return { kind: 'expired', run: before };
  if (before.state !== 'awaiting-approval') return { kind: 'not-pending', run: before };
  if (record.at >= before.expiresAt) {
    markExpired(connection, before, record.at);
    return { kind: 'expired', run: requireRunRow(connection, input.run) };
  }
  if (before.approvals.some((made) => made.by === record.by && made.decision === record.decision)) {
    return { kind: 'already-by-you', run: before };
  }
  return takeEffect(connection, input, before);
}

/** A rejection by one person decides, whoever approved before, that person included. */
function takeEffect(connection: Connection, input: Input, before: Run): Decided {
  const { record } = input;
  insertApproval(connection, input.run, record);
  insertEntries(connection, input.entries, record.at);
  if (record.decision === 'reject') {
    setState(connection, before, { to: 'rejected', at: record.at, explanation: record.reason });
  } else if (countApprovers(before, record.by) >= input.required) {
    setState(connection, before, { to: 'approved', at: record.at, explanation: before.explanation });
  } else {
    bumpRunCards(connection, input.run);
    return { kind: 'recorded', run: requireRunRow(connection, input.run) };
  }
  consumeToken(connection, input);
  return { kind: 'decided', run: requireRunRow(connection, input.run) };
}

function countApprovers(before: Run, by: string): number {
  const approvers = before.approvals.filter((made) => made.decision === 'approve').map((made) => made.by);
  return new Set([...approvers, by]).size;
}

/** Only a decision uses the button up: while approvals are missing, the next person presses the same one. */
function consumeToken(connection: Connection, { run, record, tokenHash }: Input): void {
  if (tokenHash === null) return;
  connection.run(
    'UPDATE action SET consumed_at = ? WHERE token_hash = ? AND run = ? AND consumed_at IS NULL',
    record.at,
    tokenHash,
    run,
  );
}
