/**
 * Where a card stands besides the place that it was asked for in: the cluster's channels on the other platforms, so that people there
 * see it, and may decide. Owns that rule alone; one decision counts, whichever card it was made on.
 */
import type { ClusterConfig } from '../domain/cluster.ts';
import type { Address } from '../ports/chat.ts';
import type { Call } from './call.ts';

const PLATFORMS = ['slack', 'discord'] as const;

export function mirrorsOf(
  { deps, address }: Pick<Call, 'deps' | 'address'>,
  { channels }: ClusterConfig,
): readonly Address[] {
  return PLATFORMS.flatMap((platform) => {
    const channel = channels[platform];
    if (channel === null || platform === address.platform || !deps.chats.has(platform)) return [];
    return [{ platform, channel, user: null, thread: null }];
  });
}
