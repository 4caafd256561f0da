/**
 * What Lockstep needs in a channel, and what it has there: https://discord.com/developers/docs/topics/permissions#permission-overwrites.
 * One list for the invite link, the doctor and the README. Pure.
 */
import { PermissionFlagsBits } from 'discord.js';

/** Every permission with the name that Discord's settings show. */
export const NEEDED = [
  { flag: PermissionFlagsBits.ViewChannel, name: 'View Channel' },
  { flag: PermissionFlagsBits.SendMessages, name: 'Send Messages' },
  { flag: PermissionFlagsBits.CreatePublicThreads, name: 'Create Public Threads' },
  { flag: PermissionFlagsBits.SendMessagesInThreads, name: 'Send Messages in Threads' },
  { flag: PermissionFlagsBits.EmbedLinks, name: 'Embed Links' },
  { flag: PermissionFlagsBits.AttachFiles, name: 'Attach Files' },
  { flag: PermissionFlagsBits.ReadMessageHistory, name: 'Read Message History' },
] as const;

/** The page that adds the bot to a server, with exactly these permissions. */
export function inviteUrl(applicationId: string): string {
  const permissions = NEEDED.reduce((sum, { flag }) => sum | flag, 0n);
  const query = new URLSearchParams({
    client_id: applicationId,
    permissions: permissions.toString(),
    scope: 'bot applications.commands',
  });
  return `https://discord.com/oauth2/authorize?${query.toString()}`;
}

interface Overwrite {
  readonly id: string;
  readonly allow: string;
  readonly deny: string;
}

export interface Standing {
  readonly guildId: string;
  readonly userId: string;
  readonly isOwner: boolean;
  /** The bot's own roles. */
  readonly roleIds: readonly string[];
  readonly roles: readonly { readonly id: string; readonly permissions: string }[];
  readonly overwrites: readonly Overwrite[];
}

/** Names of the needed permissions that are missing in a channel. */
export function missingPermissions(standing: Standing): readonly string[] {
  const has = permissionsIn(standing);
  return NEEDED.filter(({ flag }) => (has & flag) !== flag).map(({ name }) => name);
}

/** Server-wide roles first, then the channel's rules for everyone, for roles, for the bot. */
function permissionsIn({ guildId, userId, isOwner, roleIds, roles, overwrites }: Standing): bigint {
  const all = NEEDED.reduce((sum, { flag }) => sum | flag, PermissionFlagsBits.Administrator);
  const mine = new Set([guildId, ...roleIds]);
  let has = roles.filter(({ id }) => mine.has(id)).reduce((sum, role) => sum | BigInt(role.permissions), 0n);
  if (isOwner || (has & PermissionFlagsBits.Administrator) !== 0n) return all;
  const apply = (rules: readonly Overwrite[]): void => {
    const deny = rules.reduce((sum, rule) => sum | BigInt(rule.deny), 0n);
    const allow = rules.reduce((sum, rule) => sum | BigInt(rule.allow), 0n);
    has = (has & ~deny) | allow;
  };
  apply(overwrites.filter(({ id }) => id === guildId));
  apply(overwrites.filter(({ id }) => id !== guildId && roleIds.includes(id)));
  apply(overwrites.filter(({ id }) => id === userId));
  // Without seeing a channel nothing else counts.
  return (has & PermissionFlagsBits.ViewChannel) === 0n ? 0n : has;
}
