/** Approvals and rejections of the store in memory: the same rules as the contract's, on plain values. */
import type { Decided, Store } from '../../src/ports/store.ts';
import {
  addEntries,
  bumpCards,
  expire,
  requireRun,
  setState,
  type MemoryState,
  type StoredRun,
} from './memory-state.ts';

type Input = Parameters<Store['decide']>[0];

export function decideIn(draft: MemoryState, input: Input): Decided {
  const run = requireRun(draft, input.run);
  const { record } = input;
  if (run.state === 'expired') return { kind: 'expired', run };
  if (run.state !== 'awaiting-approval') return { kind: 'not-pending', run };
  if (record.at >= run.expiresAt) {
    expire(draft, run, record.at);
    return { kind: 'expired', run };
  }
  if (run.approvals.some(({ by, decision }) => by === record.by && decision === record.decision)) {
    return { kind: 'already-by-you', run };
  }
  run.approvals = [...run.approvals, { ...record }];
  addEntries(draft, input.entries, record.at);
  return settle(draft, run, input);
}

function settle(draft: MemoryState, run: StoredRun, { record, required, tokenHash }: Input): Decided {
  const approvers = new Set(run.approvals.filter(({ decision }) => decision === 'approve').map(({ by }) => by));
  if (record.decision === 'reject') setState(draft, run, 'rejected', record.at, record.reason);
  else if (approvers.size >= required) setState(draft, run, 'approved', record.at, run.explanation);
  else {
    bumpCards(draft, run.id);
    return { kind: 'recorded', run };
  }
  const action = draft.actions.find((one) => one.tokenHash === tokenHash && one.run === run.id);
  if (action !== undefined) action.consumedAt ??= record.at;
  return { kind: 'decided', run };
}
