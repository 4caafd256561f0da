/**
 * Who acts: a Slack user with the user groups that clusters.yaml names. Owns the cache of the groups' members, at most 60 s old; while
 * one question is under way nobody asks a second. A group that can't be read has no members: roles fail closed.
 */
import type { Person } from '../../domain/person.ts';
import type { Clock, Log } from '../../ports/system.ts';
import type { SlackApi } from './api.ts';
import { failureOf } from './errors.ts';

export interface People {
  /** Never rejects. */
  find(user: { readonly id: string; readonly name: string | null }): Promise<Person>;
}

export interface PeopleOptions {
  readonly api: Pick<SlackApi, 'call'>;
  readonly clock: Clock;
  readonly log: Log;
  /** `S…`, as named in roles. */
  readonly groups: readonly string[];
}

const FRESH_MS = 60_000;
const MOST_NAMES = 2_000;
const GROUP = /^slack:group:(S[A-Z0-9]+)$/;

/** The user groups among principals. */
export function groupsNamed(principals: readonly string[]): readonly string[] {
  return [...new Set(principals.flatMap((principal) => GROUP.exec(principal)?.[1] ?? []))];
}

interface Group {
  readonly at: number;
  readonly members: Promise<ReadonlySet<string>>;
}

export function createPeople({ api, clock, log, groups }: PeopleOptions): People {
  const cache = new Map<string, Group>();
  const names = new Map<string, string>();

  async function readMembers(group: string): Promise<ReadonlySet<string>> {
    try {
      const { users } = await api.call('usergroups.users.list', { usergroup: group });
      return new Set(Array.isArray(users) ? users.filter((user) => typeof user === 'string') : []);
    } catch (error) {
      log.warn('the members of a Slack user group can not be read', { group, reason: failureOf(error).reason });
      return new Set();
    }
  }

  function membersOf(group: string): Promise<ReadonlySet<string>> {
    const known = cache.get(group);
    const now = clock.monotonicMs();
    if (known !== undefined && now - known.at < FRESH_MS) return known.members;
    const members = readMembers(group);
    cache.set(group, { at: now, members });
    return members;
  }

  function nameOf(id: string, name: string | null): string {
    if (name !== null) {
      if (names.size >= MOST_NAMES) names.clear();
      names.set(id, name);
    }
    return names.get(id) ?? id;
  }

  return {
    async find({ id, name }) {
      const asked = await Promise.all(groups.map(async (group) => ({ group, members: await membersOf(group) })));
      return {
        platform: 'slack',
        id,
        displayName: nameOf(id, name),
        groups: asked.filter(({ members }) => members.has(id)).map(({ group }) => `slack:group:${group}`),
        osUser: null,
      };
    },
  };
}
