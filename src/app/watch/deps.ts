/** What the watch is given of what the use cases have. Types alone. */
import type { AppDeps } from '../deps.ts';

export type WatchDeps = Pick<
  AppDeps,
  'clusters' | 'store' | 'clock' | 'timers' | 'ids' | 'log' | 'prober' | 'offers' | 'releases' | 'outbox' | 'chats'
>;
