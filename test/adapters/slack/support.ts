/** A Slack chat over the strict test server, and an app whose answers a test gives. */
import { createSlackChat } from '../../../src/adapters/slack/index.ts';
import type { Receive } from '../../../src/adapters/slack/connect.ts';
import { createClock } from '../../../src/adapters/system/clock.ts';
import { createTimers } from '../../../src/adapters/system/timers.ts';
import type { Inbound } from '../../../src/app/inbound.ts';
import { defineCommand, option, requiredArgument } from '../../../src/app/registry.ts';
import type { ChatAdapter, Surface } from '../../../src/app/surface.ts';
import type { Message } from '../../../src/chat/message.ts';
import type { ClusterConfig } from '../../../src/domain/cluster.ts';
import type { Log, LogFields } from '../../../src/ports/system.ts';
import { startSlackServer, type SlackServer, type SlackServerOptions } from '../../support/slack/server.ts';

export const RECOVER = defineCommand({
  name: 'recover',
  summary: 'Plans the way back.',
  params: {
    cluster: requiredArgument({ kind: 'cluster' }, 'Which cluster.'),
    strategy: option({ kind: 'enum', values: ['one', 'two'] }, 'Another way.'),
    reason: option({ kind: 'text', placeholder: '"text"' }, 'Why.'),
  },
  role: 'operate',
  examples: ['recover prod'],
  form: ['cluster', 'strategy', 'reason'],
  handle: () => Promise.resolve(),
});

export interface Logged {
  readonly level: string;
  readonly message: string;
  readonly fields: LogFields;
}

export function createMemoryLog(lines: Logged[] = []): Log {
  const at =
    (level: string) =>
    (message: string, fields: LogFields = {}) =>
      void lines.push({ level, message, fields });
  const log: Log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error'), child: () => log };
  return log;
}

export interface Talk {
  readonly server: SlackServer;
  readonly chat: ChatAdapter;
  readonly inbounds: Inbound[];
  readonly lines: Logged[];
  /** What the app does with the next deliveries. */
  onInbound: (inbound: Inbound) => Promise<void>;
}

export interface TalkOptions {
  readonly server?: SlackServerOptions;
  readonly mode?: 'socket' | 'http';
  readonly clusters?: readonly ClusterConfig[];
  readonly port?: number;
  readonly home?: Message;
}

export const HOME: Message = { summary: 'prod: in step', tone: 'good', blocks: [], actions: [] };

export async function startTalk(cleanup: (() => Promise<void>)[], options: TalkOptions = {}): Promise<Talk> {
  const server = await startSlackServer(options.server ?? {});
  cleanup.push(() => server.close());
  server.addUser('U1', 'ada');
  server.addUser('U2', 'ben');
  server.addChannel('C1', 'ops', ['U1', 'U2']);
  const port = options.port ?? 0;
  const receive: Receive =
    options.mode === 'http'
      ? { kind: 'http', signingSecret: server.signingSecret, port }
      : { kind: 'socket', appToken: server.appToken };
  if (options.mode === 'http') server.use({ kind: 'http', url: `http://127.0.0.1:${port}/slack/events` });
  const lines: Logged[] = [];
  const chat = createSlackChat({
    botToken: server.botToken,
    receive,
    clusters: options.clusters ?? [],
    clock: createClock(),
    timers: createTimers(),
    log: createMemoryLog(lines),
    apiUrl: server.apiUrl,
    readinessMs: 5_000,
  });
  cleanup.push(() => chat.stop());
  const talk: Talk = { server, chat, inbounds: [], lines, onInbound: () => Promise.resolve() };
  await chat.start(surfaceOf(talk, options.home ?? HOME));
  return talk;
}

function surfaceOf(talk: Talk, home: Message): Surface {
  return {
    commands: [RECOVER],
    async handle(inbound) {
      talk.inbounds.push(inbound);
      await talk.onInbound(inbound);
      return { kind: 'handled', runs: [], background: false };
    },
    suggest: () => Promise.resolve([{ label: 'prod (Rack A)', value: 'prod' }]),
    home: () => Promise.resolve(home),
  };
}

export function say(summary: string, more: Partial<Message> = {}): Message {
  return { summary, tone: 'info', blocks: [{ kind: 'heading', text: summary }], actions: [], ...more };
}
