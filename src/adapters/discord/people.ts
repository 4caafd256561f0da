/** Who acts and where, from what an interaction carries: roles become groups, a thread becomes its channel plus the thread. Pure. */
import type { Person } from '../../domain/person.ts';
import type { Address } from '../../ports/chat.ts';

/** The roles of a member as the library has them: ids alone, or a manager with a cache. */
type Roles = readonly string[] | { readonly cache: ReadonlyMap<string, unknown> };

export interface Actor {
  readonly userId: string;
  readonly displayName: string;
  readonly roles: Roles;
  readonly guildId: string;
}

export function personOf({ userId, displayName, roles, guildId }: Actor): Person {
  const ids = isList(roles) ? roles : [...roles.cache.keys()];
  return {
    platform: 'discord',
    id: userId,
    displayName,
    // The role @everyone has the server's own id and is no group: that is what "*" says.
    groups: ids.filter((id) => id !== guildId).map((id) => `discord:role:${id}`),
    osUser: null,
  };
}

function isList(roles: Roles): roles is readonly string[] {
  return Array.isArray(roles);
}

/** `parentId` is set where the channel is a thread. */
export interface Where {
  readonly id: string;
  readonly parentId: string | null;
}

/** A command typed in a thread is answered there. */
export function addressOf({ id, parentId }: Where): Address {
  return { platform: 'discord', channel: parentId ?? id, user: null, thread: parentId === null ? null : id };
}
