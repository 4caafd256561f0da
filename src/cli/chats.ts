/**
 * The chat platforms that have a token: loads only those, since each SDK is large, and asks each what the doctor wants to know. A
 * platform that hangs is bounded here, so that it holds up nothing else.
 */
import { COMMANDS } from '../../commands/index.ts';
import type { DoctorCheck } from '../app/deps.ts';
import type { ChatAdapter } from '../app/surface.ts';
import type { Tokens } from '../config/tokens.ts';
import type { ClusterConfig } from '../domain/cluster.ts';
import type { RestOptions } from '../adapters/discord/api.ts';
import type { Clock, Log, Timers } from '../ports/system.ts';

/** Other servers than the platforms' own, for tests. */
export interface Endpoints {
  readonly slackApiUrl?: string;
  readonly discordRest?: RestOptions;
}

export interface ChatsOptions {
  readonly tokens: Pick<Tokens, 'slack' | 'discord'>;
  readonly clusters: readonly ClusterConfig[];
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  readonly endpoints?: Endpoints | undefined;
}

const CHECK_LIMIT_MS = 20_000;

export async function loadChats(options: ChatsOptions): Promise<readonly ChatAdapter[]> {
  const { slack, discord } = options.tokens;
  return [
    ...(slack === null ? [] : [await loadSlack(options, slack)]),
    ...(discord === null ? [] : [await loadDiscord(options, discord)]),
  ];
}

async function loadSlack(
  { clusters, clock, timers, log, endpoints }: ChatsOptions,
  slack: NonNullable<Tokens['slack']>,
): Promise<ChatAdapter> {
  const { createSlackChat } = await import('../adapters/slack/index.ts');
  const apiUrl = endpoints?.slackApiUrl;
  return createSlackChat({ ...slack, clusters, clock, timers, log, ...(apiUrl === undefined ? {} : { apiUrl }) });
}

async function loadDiscord(
  { clusters, clock, timers, log, endpoints }: ChatsOptions,
  discord: NonNullable<Tokens['discord']>,
): Promise<ChatAdapter> {
  const { createDiscordChat } = await import('../adapters/discord/index.ts');
  const channels = clusters.flatMap(({ name, channels: { discord: channel } }) =>
    channel === null ? [] : [{ cluster: name, channel }],
  );
  const rest = endpoints?.discordRest;
  const here = { clock, timers, log: log.child({ platform: 'discord' }) };
  return createDiscordChat({
    ...discord,
    channels,
    commands: COMMANDS,
    ...here,
    ...(rest === undefined ? {} : { rest }),
  });
}

/** All platforms side by side; one that does not answer is a failed check. */
export async function checkChats(chats: readonly ChatAdapter[], timers: Timers): Promise<readonly DoctorCheck[]> {
  const checks = await Promise.all(
    chats.map(async (chat) => (await within(timers, CHECK_LIMIT_MS, chat.check())) ?? [silent(chat)]),
  );
  return checks.flat();
}

function silent({ platform }: ChatAdapter): DoctorCheck {
  const next = `No answer within ${CHECK_LIMIT_MS / 1000} s: see whether this host reaches it, by way of a proxy perhaps.`;
  return { id: `${platform}-reachable`, target: platform, state: 'fail', next };
}

/** For a process that asks once: what was opened for it is closed again. */
export async function checkConfigured(options: ChatsOptions): Promise<readonly DoctorCheck[]> {
  const chats = await loadChats(options);
  try {
    return await checkChats(chats, options.timers);
  } finally {
    await stopChats(chats, options.timers);
  }
}

const STOP_LIMIT_MS = 5_000;

/** Each has its own bound: the end of a connection can hang with the network. */
export async function stopChats(chats: readonly ChatAdapter[], timers: Timers): Promise<void> {
  await Promise.all(
    chats.map((chat) =>
      within(
        timers,
        STOP_LIMIT_MS,
        chat.stop().catch(() => undefined),
      ),
    ),
  );
}

/** Null when it took longer; nobody waits for it any more then. */
async function within<T>(timers: Timers, ms: number, work: Promise<T>): Promise<T | null> {
  const enough = new AbortController();
  try {
    return await Promise.race([work, timers.sleep(ms, enough.signal).then(() => null)]);
  } finally {
    enough.abort();
  }
}
