/**
 * One look at a cluster: the probe text on every member side by side, each answer parsed as it comes. Owns the fan-out, the nonce,
 * the clock and the cache of measured binaries; what is true on a member is `lxd`'s, how it is reached is the transport's.
 */
import type { ClusterConfig, Member } from '../domain/cluster.ts';
import type { ClusterObservation, MemberObservation, Reach } from '../domain/observation.ts';
import type { ReleaseTable } from '../domain/release.ts';
import type { MeasuredBinary } from '../lxd/parse/binary.ts';
import { parseFrame } from '../lxd/parse/frame.ts';
import type { PatternValue } from '../lxd/parse/log.ts';
import { parseMember } from '../lxd/parse/member.ts';
import { compileProbe } from '../lxd/probe-script.ts';
import type { Clock, Ids, Log } from '../ports/system.ts';
import type { Transport } from '../ports/transport.ts';
import { reachOf } from './reach.ts';

export interface ProberParts {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly ids: Pick<Ids, 'token'>;
  readonly log: Log;
  readonly releases: ReleaseTable;
  readonly patterns: readonly PatternValue[];
  /** This installation of Lockstep: markers of others are told apart from its own. */
  readonly installation?: string;
}

interface ProbeOptions {
  /** Called once per member as its answer, or its failure, is there. */
  readonly onMember?: (observation: MemberObservation) => void;
  /** Upper bound per member in ms, connecting included. Default 20 s. */
  readonly timeoutMs?: number;
}

export interface Prober {
  /** Resolves, never rejects, for anything that a member can do: one that does not answer is an observation without facts. */
  probe(cluster: ClusterConfig, options?: ProbeOptions): Promise<ClusterObservation>;
}

const TIMEOUT_MS = 20_000;
const OUTPUT_LIMIT = 4 * 1024 * 1024;

/** Measured binaries per member: never shared, since a key is only as honest as the member that said it. */
type BinaryCache = Map<string, ReadonlyMap<string, MeasuredBinary>>;

async function probeMember(
  parts: ProberParts,
  cache: BinaryCache,
  cluster: ClusterConfig,
  member: Member,
  timeoutMs: number,
): Promise<MemberObservation> {
  const place = `${member.host}:${String(member.port)}`;
  const knownBinaries = cache.get(place) ?? new Map<string, MeasuredBinary>();
  const nonce = parts.ids
    .token()
    .replace(/[^A-Za-z0-9_-]/g, '')
    .slice(0, 64);
  const text = compileProbe({ nonce, knownBinaries: [...knownBinaries.keys()] });
  const sentAt = parts.clock.nowMs();
  const outcome = await parts.transport.exec(
    { cluster: cluster.name, member, ssh: cluster.ssh },
    { text, timeoutMs, maxOutputBytes: OUTPUT_LIMIT },
  );
  const receivedAt = parts.clock.nowMs();
  const seen = { member: member.name, host: member.host, port: member.port, at: receivedAt };
  const unreached = (reach: Reach): MemberObservation => ({ ...seen, reach, facts: null });
  const reach = reachOf(outcome);
  if (reach !== null || outcome.kind !== 'exited') return unreached(reach ?? { kind: 'lost', text: outcome.kind });
  const frame = parseFrame(outcome.stdout, nonce);
  if (!frame.ok) return unreached({ kind: 'garbled', text: frame.error.text });
  const { releases, patterns, installation } = parts;
  const own = installation === undefined ? {} : { installation };
  const parsed = parseMember(frame.value, { receivedAt, sentAt, knownBinaries, releases, patterns, ...own });
  cache.set(place, parsed.measured);
  return { ...seen, reach: { kind: 'answered' }, facts: parsed.facts };
}

export function createProber(parts: ProberParts): Prober {
  const cache: BinaryCache = new Map();
  return {
    async probe(cluster: ClusterConfig, options: ProbeOptions = {}): Promise<ClusterObservation> {
      const startedAt = parts.clock.nowMs();
      const members = await Promise.all(
        cluster.members.map(async (member) => {
          const seen = await probeMember(parts, cache, cluster, member, options.timeoutMs ?? TIMEOUT_MS);
          parts.log.debug('member probed', { cluster: cluster.name, member: member.name, reach: seen.reach.kind });
          options.onMember?.(seen);
          return seen;
        }),
      );
      return { cluster: cluster.name, configured: cluster.members, startedAt, endedAt: parts.clock.nowMs(), members };
    },
  };
}
