/**
 * The SSH implementation of the `Transport` port. Owns the members' lanes and their common end; everything about one member is
 * in `lane.ts`, everything about one connection in `connection.ts`.
 *
 * A text travels as one argument of `sh -c`, not on standard input of `sh -s`: a shell that reads its script from a connection
 * runs half of it when the connection drops, and every command in it would have to be kept from reading the rest. A single
 * argument may be 128 KiB on Linux, an SSH packet 256 KiB; a catalogue text is a sixth of that.
 */
import { setMaxListeners } from 'node:events';
import type { Clock, Log, Timers } from '../../ports/system.ts';
import type { Transport } from '../../ports/transport.ts';
import type { StopReason } from './bound.ts';
import { createConnector } from './connector.ts';
import { type Lane, createLane } from './lane.ts';

export interface SshTransportOptions {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  /** Path of the agent's socket (SSH_AUTH_SOCK), for clusters with `agent: true`. */
  readonly agentSocket?: string | null;
  /** Period of keepalives in ms; a peer that misses three is gone. Default 10 s. */
  readonly keepaliveMs?: number;
  /** Handshakes side by side, over all members. Default 16. */
  readonly maxConcurrentConnects?: number;
}

const KEEPALIVE_MS = 10_000;
const MAX_CONCURRENT_CONNECTS = 16;

/**
 * Keeps one connection for each member and makes a new one with the next exec after a drop. The time-out of an exec starts
 * with its turn: waiting behind another exec on the same member doesn't use it up.
 */
export function createSshTransport(options: SshTransportOptions): Transport {
  const life = new AbortController();
  // One listener for each exec in flight, removed with it: with 128 members that is no leak.
  setMaxListeners(0, life.signal);
  const connector = createConnector({
    timers: options.timers,
    agentSocket: options.agentSocket ?? null,
    keepaliveMs: options.keepaliveMs ?? KEEPALIVE_MS,
    maxConcurrentConnects: options.maxConcurrentConnects ?? MAX_CONCURRENT_CONNECTS,
    life: life.signal,
  });
  const { clock, timers, log } = options;
  const lanes = new Map<string, Lane>();

  function laneOf(cluster: string, member: string): Lane {
    const key = JSON.stringify([cluster, member]);
    const known = lanes.get(key);
    if (known !== undefined) return known;
    const lane = createLane({ clock, timers, log, connector, life: life.signal });
    lanes.set(key, lane);
    return lane;
  }

  return {
    exec: (target, request) => laneOf(target.cluster, target.member.name).exec(target, request),
    close: async () => {
      life.abort('closed' satisfies StopReason);
      for (const lane of lanes.values()) lane.close();
      connector.close();
    },
  };
}
