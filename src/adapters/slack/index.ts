/**
 * Slack as a chat platform: puts the parts together. Loaded only when Slack is configured, since the SDK alone takes 90 MB.
 */
import type { ChatAdapter } from '../../app/surface.ts';
import type { ClusterConfig } from '../../domain/cluster.ts';
import type { Clock, Log, Timers } from '../../ports/system.ts';
import { createApi } from './api.ts';
import { checkSlack } from './check.ts';
import { createConnection, type Receive } from './connect.ts';
import { createDeliver } from './deliver.ts';
import { listen, type Listener } from './listen.ts';
import { createLogger } from './logger.ts';
import { createPeople, groupsNamed } from './people.ts';
import { createReplies } from './replies.ts';

export interface SlackChatOptions {
  readonly botToken: string;
  readonly receive: Receive;
  readonly clusters: readonly ClusterConfig[];
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  /** Another Slack than Slack's own; for tests. */
  readonly apiUrl?: string;
  /** How long `start` waits for Slack before it says `not-yet`, in ms. Default 10 s. */
  readonly readinessMs?: number;
}

const READINESS_MS = 10_000;

export function createSlackChat(options: SlackChatOptions): ChatAdapter {
  const { botToken, receive, clusters, clock, timers } = options;
  const log = options.log.child({ platform: 'slack' });
  const logger = createLogger(log);
  const apiUrl = options.apiUrl ?? null;
  const api = createApi({ botToken, logger, apiUrl });
  const replies = createReplies(() => clock.monotonicMs());
  const groups = groupsNamed(clusters.flatMap(principalsOf));
  const people = createPeople({ api, clock, log, groups });
  const readinessMs = options.readinessMs ?? READINESS_MS;
  const connection = createConnection({ botToken, receive, apiUrl, api, timers, log, logger, readinessMs });
  const deliver = createDeliver({ api, replies, log });
  const detached = new AbortController();
  let listener: Listener | null = null;
  return {
    platform: 'slack',
    post: deliver.post,
    edit: deliver.edit,
    start(surface) {
      listener ??= listen({
        app: connection.app,
        api,
        people,
        replies,
        log,
        surface,
        botUser: connection.botUser,
        detached: detached.signal,
        isStopped: () => detached.signal.aborted,
      });
      return connection.start();
    },
    async stop() {
      detached.abort();
      await connection.stop();
      await listener?.handedOver();
    },
    check: () =>
      checkSlack({
        api,
        clusters,
        openSocket: connection.openSocket,
        isListening: connection.isUp,
        hasGroups: groups.length > 0,
      }),
  };
}

function principalsOf({ roles, approvals }: ClusterConfig): readonly string[] {
  return [...roles.viewers, ...roles.operators, ...roles.approvers, ...approvals.breakGlass];
}
