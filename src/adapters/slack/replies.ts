/**
 * The `response_url`s of recent commands and clicks: a way to answer where the bot itself may not write. Five uses, 30 minutes
 * (https://docs.slack.dev/interactivity/handling-user-interaction#message_responses). Owns their counting; in memory alone.
 */
import { RESPONSE_URL } from './limits.ts';

interface Reply {
  readonly channel: string;
  readonly user: string;
  readonly url: string;
}

export interface Replies {
  remember(reply: Reply): void;
  /** Uses one up. With a user, a reply that only this person sees; without one, whoever wrote last in that channel. */
  take(channel: string, user: string | null): Pick<Reply, 'url' | 'user'> | null;
}

const MOST_KEPT = 500;

interface Kept extends Reply {
  readonly since: number;
  left: number;
}

export function createReplies(nowMs: () => number): Replies {
  let kept: Kept[] = [];
  return {
    remember(reply) {
      if (kept.some(({ url }) => url === reply.url)) return;
      kept = [...kept.slice(-MOST_KEPT), { ...reply, since: nowMs(), left: RESPONSE_URL.uses }];
    },
    take(channel, user) {
      const oldest = nowMs() - RESPONSE_URL.lifeMs;
      kept = kept.filter(({ since, left }) => since > oldest && left > 0);
      const found = kept.findLast((each) => each.channel === channel && (user === null || each.user === user));
      if (found === undefined) return null;
      found.left -= 1;
      return { url: found.url, user: found.user };
    },
  };
}
