/** `runs`: the list, or one run with its steps and the ends of their outputs. */
import { runDetailData, runDetailMessage, runsData, runsMessage, runTextMessage } from '../chat/views/run.ts';
import { RUN_STATES, type Run } from '../domain/run.ts';
import type { Call } from './call.ts';
import { chooseRun, expireOld, visibleRuns } from './run-choice.ts';
import { prunedKey } from '../engine/prune.ts';
import type { Rendered } from '../ports/chat.ts';

const MOST_LISTED = 50;

/** Without an id the list; when there is only one run, that one in full in the thread of the list. */
export async function showRuns(call: Call, id: string | null): Promise<void> {
  if (id !== null) return showOne(call, id, detail);
  await expireOld(call);
  const runs = (await visibleRuns(call)).slice(0, MOST_LISTED);
  const root = await call.post({ message: runsMessage(runs), data: runsData(runs) });
  const only = runs[0];
  if (only !== undefined && runs.length === 1) await call.post(await detail(call, only), call.address.thread ?? root);
}

/** The exact text of every step, in full. */
export async function showRunText(call: Call, id: string | null): Promise<void> {
  await showOne(call, id, async (_call, run) => ({ message: runTextMessage(run), data: runDetailData(run) }));
}

type Render = (call: Call, run: Run) => Promise<Rendered>;

async function showOne(call: Call, id: string | null, render: Render): Promise<void> {
  const chosen = await chooseRun(call, { id, fits: RUN_STATES, command: 'runs' });
  if (chosen.ok) await call.post(await render(call, chosen.value));
  else await call.tell(chosen.error);
}

async function detail(call: Call, run: Run): Promise<Rendered> {
  const pruned = await call.deps.store.getMeta(prunedKey(run.id));
  const prunedAt = pruned === null ? null : Number(pruned);
  return {
    message: runDetailMessage(run, call.deps.clock.nowMs(), prunedAt),
    data: runDetailData(run, prunedAt),
  };
}
