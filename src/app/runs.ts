/** `runs`: the list, or one run with its steps and the ends of their outputs. */
import { runDetailData, runDetailMessage, runsData, runsMessage } from '../chat/views/run.ts';
import type { Run } from '../domain/run.ts';
import type { Call } from './call.ts';
import { chooseRun, expireOld, visibleRuns } from './run-choice.ts';
import type { Rendered } from '../ports/chat.ts';

const MOST_LISTED = 50;

/** Without an id the list; when there is only one run, that one in full in the thread of the list. */
export async function showRuns(call: Call, id: string | null): Promise<void> {
  if (id !== null) return showOne(call, id);
  await expireOld(call);
  const runs = (await visibleRuns(call)).slice(0, MOST_LISTED);
  const root = await call.post({ message: runsMessage(runs), data: runsData(runs) });
  const only = runs[0];
  if (only !== undefined && runs.length === 1) await call.post(detail(call, only), call.address.thread ?? root);
}

async function showOne(call: Call, id: string): Promise<void> {
  const chosen = await chooseRun(call, { id, fits: [], command: 'runs' });
  await call.post(chosen.ok ? detail(call, chosen.value) : chosen.error);
}

function detail(call: Call, run: Run): Rendered {
  return { message: runDetailMessage(run, call.deps.clock.nowMs()), data: runDetailData(run) };
}
