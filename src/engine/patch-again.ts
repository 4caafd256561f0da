/**
 * "File gone and rows unchanged" is not done: LXD removes the file inside a transaction that it may still roll back. Then the
 * patch is written again, at most three times; the decision rests on a fresh probe, never on the waiting alone.
 */
import type { Run } from '../domain/run.ts';
import { stepsOf } from './clean-up.ts';
import { keyOf, recordOf, type RunContext } from './context.ts';
import { lookAgain } from './look-again.ts';

const MOST_WRITES = 4;

/** True when it is proven; then the steps that write and wait are marked to run again. */
export async function preparePatchAgain(context: RunContext, run: Run): Promise<boolean> {
  const writing = stepsOf(run, 'write-patch');
  const wasWritten = writing.length > 0 && writing.every((step) => recordOf(run, step).state === 'done');
  if (!wasWritten || writing.some((step) => recordOf(run, step).attempts >= MOST_WRITES)) return false;
  if (!(await isGoneWithoutEffect(context, run))) return false;
  const { journal } = context;
  await journal.note([
    journal.entry('note', 'The patch file is gone and the rows are unchanged: LXD rolled it back. Writing it again.'),
  ]);
  const again = [...writing, ...stepsOf(run, 'await-patch-consumed'), ...stepsOf(run, 'await-ready')];
  for (const step of again) if (recordOf(run, step).attempts > 0) context.again.add(keyOf(step));
  return true;
}

async function isGoneWithoutEffect(context: RunContext, run: Run): Promise<boolean> {
  const { observation, diagnosis } = await lookAgain(context);
  // Nothing was written on the member that was given up.
  const members = observation.members.filter(({ member }) => member !== run.plan.givenUp?.member);
  const call = stepsOf(run, 'write-patch')[0]?.call;
  if (call?.kind !== 'write-patch' || diagnosis.rows === null) return false;
  const { rowIds, oldCounts } = call.patch;
  const rows = diagnosis.rows.rows.filter(({ id }) => rowIds.includes(id));
  const unchanged = rows.length === rowIds.length && rows.every((row) => oldCounts.includes(row.apiExtensions));
  const gone = members.every(({ facts }) => facts?.leftovers?.patchGlobal === null);
  const nobodyServes = diagnosis.members.every(({ phase }) => phase !== 'serving');
  return unchanged && gone && nobodyServes;
}
