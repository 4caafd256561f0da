/**
 * What was true on the members when the run started: instances and processes that must live on, heartbeats that must advance.
 * Kept in the store, since the end may be judged by another process than the one that began.
 */
import type { Baseline } from '../domain/plan.ts';
import type { Run } from '../domain/run.ts';
import type { StartRecord } from '../domain/verify/index.ts';
import type { Store } from '../ports/store.ts';

export interface RunStart extends StartRecord {
  readonly baseline: Baseline;
}

export async function saveStart(store: Store, run: Run, start: RunStart): Promise<void> {
  await store.setMeta(metaKey(run), JSON.stringify(start));
}

/** Our own writing; without it (a store of an older version) the plan's baseline holds. */
export async function findStart(store: Store, run: Run): Promise<RunStart> {
  const text = await store.getMeta(metaKey(run));
  if (text === null) return { baseline: run.plan.baseline, heartbeats: {}, pids: {} };
  const value: unknown = JSON.parse(text);
  if (!isRunStart(value)) throw new Error(`what was kept of the start of ${run.id} is damaged`);
  return value;
}

/** Far enough to tell our own writing from damage; the store keeps what it was given. */
function isRunStart(value: unknown): value is RunStart {
  return typeof value === 'object' && value !== null && 'baseline' in value && 'heartbeats' in value && 'pids' in value;
}

function metaKey({ id }: Run): string {
  return `run-start:${id}`;
}
