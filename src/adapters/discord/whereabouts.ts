/**
 * Which servers are ours, and which channel a thread belongs to: from what the gateway told, else asked by its route. Owns the rule that
 * a stranger's server, to which the bot was added, may ask nothing.
 */
import type { Client } from 'discord.js';
import type { Api } from './api.ts';
import type { ConfiguredChannel } from './check.ts';
import type { Where } from './people.ts';

interface Deps {
  readonly api: Pick<Api, 'getChannel'>;
  readonly guildId: string | null;
  readonly channels: readonly ConfiguredChannel[];
}

export interface Whereabouts {
  readonly attach: (client: Pick<Client, 'channels'>) => void;
  readonly acceptsGuild: (guildId: string) => boolean;
  /** Resolves with the channel itself when it can't be found out. */
  readonly where: (channelId: string) => Promise<Where>;
}

/** https://discord.com/developers/docs/resources/channel#channel-object-channel-types: threads of announcements, public, private. */
const THREAD_TYPES: readonly number[] = [10, 11, 12];

export function createWhereabouts({ api, guildId, channels }: Deps): Whereabouts {
  let cache: Pick<Client, 'channels'> | null = null;
  return {
    attach(client) {
      cache = client;
    },
    acceptsGuild(id) {
      if (guildId !== null) return id === guildId;
      const homes = channels.map(({ channel }) => {
        const known = cache?.channels.cache.get(channel);
        return known !== undefined && 'guildId' in known ? known.guildId : null;
      });
      return homes.length === 0 || homes.includes(id);
    },
    async where(id) {
      const known = cache?.channels.cache.get(id);
      if (known !== undefined) return { id, parentId: known.isThread() ? known.parentId : null };
      try {
        const channel = await api.getChannel(id);
        const parent = THREAD_TYPES.includes(channel.type) && 'parent_id' in channel ? channel.parent_id : null;
        return { id, parentId: parent ?? null };
      } catch {
        return { id, parentId: null };
      }
    },
  };
}
