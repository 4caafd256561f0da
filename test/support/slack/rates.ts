/**
 * Counts posts and edits against Slack's rates (docs.slack.dev/apis/web-api/rate-limits): about one post a second and channel with
 * short bursts, Tier 3 for edits. Says how long to wait; whether that is recorded only or answered with 429 is the caller's choice.
 */
import { LIMITS } from './limits.ts';

export interface Rates {
  /** Seconds to wait, or 0 when it is within the rate. */
  post(channel: string): number;
  update(): number;
}

export function createRates(nowMs: () => number): Rates {
  const buckets = new Map<string, { tokens: number; atMs: number }>();
  let updates: number[] = [];
  return {
    post(channel) {
      const now = nowMs();
      const before = buckets.get(channel) ?? { tokens: LIMITS.postBurst, atMs: now };
      const tokens = Math.min(LIMITS.postBurst, before.tokens + (now - before.atMs) / 1000);
      const fits = tokens >= 1;
      buckets.set(channel, { tokens: fits ? tokens - 1 : tokens, atMs: now });
      return fits ? 0 : Math.max(1, Math.ceil(1 - tokens));
    },
    update() {
      const now = nowMs();
      updates = updates.filter((at) => now - at < 60_000);
      if (updates.length >= LIMITS.updatesPerMinute)
        return Math.max(1, Math.ceil((60_000 - (now - (updates[0] ?? now))) / 1000));
      updates.push(now);
      return 0;
    },
  };
}
