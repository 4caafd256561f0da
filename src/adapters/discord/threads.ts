/**
 * Threads: a thread that starts from a message has that message's id, so an address needs no other. Owns making one when it is missing,
 * waking one that was archived, and the way round when neither works: a reply to the root message in the channel.
 */
import { visibleLine } from '../../chat/visible.ts';
import type { Address } from '../../ports/chat.ts';
import type { Log } from '../../ports/system.ts';
import type { Api } from './api.ts';
import { createBounded, type Bounded } from './bounded.ts';
import { CODES, codeOf } from './errors.ts';
import { cut, unescape } from './escape.ts';
import { THREAD } from './limits.ts';

/** Where a message of ours stands. */
export interface Spot {
  readonly channel: string;
  readonly summary: string;
}

/** Sends into a channel or thread; `under` is the message to reply to where a thread can't be used. */
type Send<T> = (channel: string, under: string | null) => Promise<T>;

export interface Threads {
  into<T>(address: Address, summary: string, send: Send<T>): Promise<T>;
  /** Does it; when the thread is archived, wakes it and does it again. */
  awake<T>(channel: string, work: () => Promise<T>): Promise<T>;
}

interface Deps {
  readonly api: Pick<Api, 'startThread' | 'unarchive' | 'getMessage'>;
  readonly log: Log;
  readonly spots: Bounded<Spot>;
}

const NO_THREAD: readonly (number | null)[] = [
  CODES.threadLocked,
  CODES.archived,
  CODES.tooManyThreads,
  CODES.missingPermissions,
  CODES.missingAccess,
];

export function createThreads({ api, log, spots }: Deps): Threads {
  const known = createBounded<true>(2000);

  async function awake<T>(channel: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (codeOf(error) !== CODES.archived) throw error;
      await api.unarchive(channel);
      return work();
    }
  }

  async function start(address: Address, root: string, summary: string): Promise<void> {
    const name = await nameOf(address.channel, root, summary);
    try {
      await api.startThread(address.channel, root, name);
    } catch (error) {
      if (codeOf(error) !== CODES.threadExists) throw error;
    }
    known.set(root, true);
  }

  async function nameOf(channel: string, root: string, summary: string): Promise<string> {
    const words = spots.get(root)?.summary ?? (await readSummary(channel, root)) ?? summary;
    const name = cut(visibleLine(words).trim(), THREAD.name);
    return name === '' ? 'Lockstep' : name;
  }

  /** After a restart the root card's own words are still there: they are ours. */
  async function readSummary(channel: string, root: string): Promise<string | null> {
    try {
      const { content } = await api.getMessage(channel, root);
      return content === '' ? null : unescape(content);
    } catch {
      return null;
    }
  }

  async function inThread<T>(address: Address, root: string, summary: string, send: Send<T>): Promise<T> {
    if (!known.has(root) && spots.has(root)) await start(address, root, summary);
    try {
      const sent = await awake(root, () => send(root, null));
      known.set(root, true);
      return sent;
    } catch (error) {
      if (codeOf(error) !== CODES.unknownChannel) throw error;
      await start(address, root, summary);
      return send(root, null);
    }
  }

  return {
    awake,
    async into(address, summary, send) {
      const root = address.thread;
      if (root === null) return send(address.channel, null);
      const home = spots.get(root)?.channel;
      // The root stands in a thread itself, where no other can begin.
      if (home !== undefined && home !== address.channel) return send(home, root);
      try {
        return await inThread(address, root, summary, send);
      } catch (error) {
        const code = codeOf(error);
        if (!NO_THREAD.includes(code)) throw error;
        log.warn('a thread can not be used; the answer goes to the channel', { thread: root, code });
        return send(address.channel, root);
      }
    },
  };
}
