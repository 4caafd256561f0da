/**
 * What Discord or the network answered → try again, or gone, with a reason that a person can act on. Pure. Codes:
 * https://discord.com/developers/docs/topics/opcodes-and-status-codes#json. Texts of Discord's own are kept short: an answer may
 * repeat what was sent.
 */
import { DiscordAPIError, HTTPError, RateLimitError } from 'discord.js';
import { visibleLine } from '../../chat/visible.ts';
import { cut } from './escape.ts';

export type Failure =
  | { readonly kind: 'retry'; readonly afterMs: number; readonly reason: string }
  | { readonly kind: 'gone'; readonly reason: string };

export interface Attempt {
  readonly what: 'post' | 'edit';
  readonly channel: string;
  readonly thread: string | null;
}

const SERVER_PAUSE_MS = 2_000;
/** Somebody has to put a new token in; asking often would only count against this address. */
const TOKEN_PAUSE_MS = 60_000;

export const CODES = {
  unknownChannel: 10_003,
  unknownMessage: 10_008,
  unknownInteraction: 10_062,
  tooLarge: 40_005,
  acknowledged: 40_060,
  missingAccess: 50_001,
  missingPermissions: 50_013,
  badForm: 50_035,
  archived: 50_083,
  threadExists: 160_004,
  threadLocked: 160_005,
  tooManyThreads: 160_006,
} as const;

/** Discord's own number of what is wrong, or null when the answer had none. */
export function codeOf(error: unknown): number | null {
  return error instanceof DiscordAPIError && typeof error.code === 'number' ? error.code : null;
}

export function statusOf(error: unknown): number | null {
  return error instanceof DiscordAPIError || error instanceof HTTPError ? error.status : null;
}

export function failureOf(error: unknown, attempt: Attempt): Failure {
  if (error instanceof RateLimitError) {
    const wait = Math.max(error.retryAfter, error.timeToReset, 1000);
    return { kind: 'retry', afterMs: wait, reason: `Discord asks to wait ${Math.ceil(wait / 1000)} s (rate limit).` };
  }
  const status = statusOf(error);
  if (status === 401) return { kind: 'retry', afterMs: TOKEN_PAUSE_MS, reason: TOKEN_REFUSED };
  const known = knownFailure(codeOf(error), attempt);
  if (known !== null) return { kind: 'gone', reason: known };
  if (status === 429 || (status !== null && status >= 500)) {
    return { kind: 'retry', afterMs: SERVER_PAUSE_MS, reason: `Discord answered ${status}; it is tried again.` };
  }
  if (status !== null) return { kind: 'gone', reason: refused(error, status) };
  return { kind: 'retry', afterMs: SERVER_PAUSE_MS, reason: `Discord can't be reached: ${describeCause(error)}.` };
}

export const TOKEN_REFUSED =
  'Discord refuses the token: reset it under "Bot" in the developer portal, put it into DISCORD_BOT_TOKEN and restart Lockstep.';

/** The permissions that this attempt takes, as Discord's settings name them. */
function permissionsFor({ what, thread }: Attempt): string {
  if (what === 'edit') return 'View Channel and Read Message History';
  const write = thread === null ? 'Send Messages' : 'Create Public Threads and Send Messages in Threads';
  return `View Channel, ${write}, Embed Links, Attach Files and Read Message History`;
}

function knownFailure(code: number | null, attempt: Attempt): string | null {
  const { channel, thread } = attempt;
  const settings = `in the channel's settings, "Permissions"`;
  switch (code) {
    case CODES.unknownChannel:
      return `Channel ${channel}${thread === null ? '' : ` or its thread ${thread}`} does not exist any more, or the id is wrong: correct channels.discord in clusters.yaml.`;
    case CODES.unknownMessage:
      return 'The message was deleted in Discord: type the command again for a new card.';
    case CODES.missingAccess:
      return `Lockstep may not see channel ${channel}, or was removed from the server: invite it again, and allow View Channel ${settings}.`;
    case CODES.missingPermissions:
      return `Lockstep lacks a permission in channel ${channel}: allow ${permissionsFor(attempt)} ${settings}; "lockstep doctor" names the missing one.`;
    case CODES.archived:
    case CODES.threadLocked:
      return `Thread ${thread ?? channel} is archived or locked: unlock it, or type the command in the channel.`;
    case CODES.tooManyThreads:
      return 'The server has as many active threads as Discord allows: archive some.';
    case CODES.tooLarge:
      return 'The files are larger than this server takes.';
    case null:
    default:
      return null;
  }
}

function refused(error: unknown, status: number): string {
  const code = codeOf(error);
  const message = error instanceof Error ? error.message.split('\n')[0] : '';
  return `Discord refused it (${status}${code === null ? '' : `, code ${code}`}): ${cut(visibleLine(message ?? ''), 200)}`;
}

/** Where it can't be told from the status: the network's own word. */
function describeCause(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  const inner = error.cause instanceof Error ? error.cause : error;
  const code = 'code' in inner && typeof inner.code === 'string' ? inner.code : inner.name;
  return cut(visibleLine(`${code}: ${inner.message}`.replace(/\.$/, '')), 200);
}
