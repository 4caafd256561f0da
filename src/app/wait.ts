/** Waiting for a run: until it ends or pauses here, or until the person no longer waits. */
import type { RunId } from '../domain/ids.ts';
import type { Call } from './call.ts';

export async function waitForRun(call: Call, run: RunId): Promise<void> {
  if (call.detached.aborted) return;
  const detached = new Promise<void>((resolve) => {
    call.detached.addEventListener('abort', () => resolve(), { once: true });
  });
  await Promise.race([call.deps.runs.settled(run), detached]);
}
