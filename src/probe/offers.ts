/**
 * Asks one member what the store offers it. Owns the way there: a transport of its own for each question, closed after it, so that
 * snapd waiting for the store holds up no probe and no run on that member, whose execs queue one behind the other.
 */
import type { ClusterConfig, Member } from '../domain/cluster.ts';
import type { OfferAnswer } from '../domain/offer.ts';
import { compileOffer, OFFER_S } from '../lxd/offer-script.ts';
import { parseFrame } from '../lxd/parse/frame.ts';
import { parseOffer } from '../lxd/parse/offer.ts';
import type { Ids } from '../ports/system.ts';
import type { Transport } from '../ports/transport.ts';
import { reachOf } from './reach.ts';

export interface OfferReaderParts {
  /** A new transport each time; the reader closes it. */
  readonly connect: () => Transport;
  readonly ids: Pick<Ids, 'token'>;
}

export interface OfferReader {
  /** Resolves, never rejects, for anything that a member, snapd or the store can do; soon after `stopping`, with `unknown`. */
  read(cluster: ClusterConfig, member: Member, stopping: AbortSignal): Promise<OfferAnswer>;
}

/** The member's own bound, and connecting. */
const TIMEOUT_MS = (OFFER_S + 20) * 1000;

export function createOfferReader(parts: OfferReaderParts): OfferReader {
  return {
    async read(cluster, member, stopping) {
      if (stopping.aborted) return { kind: 'unknown', text: 'not asked: stopping' };
      const transport = parts.connect();
      const end = (): void => void transport.close();
      stopping.addEventListener('abort', end, { once: true });
      try {
        return await ask(transport, parts, cluster, member);
      } finally {
        stopping.removeEventListener('abort', end);
        await transport.close();
      }
    },
  };
}

async function ask(
  transport: Transport,
  { ids }: OfferReaderParts,
  cluster: ClusterConfig,
  member: Member,
): Promise<OfferAnswer> {
  const nonce = ids
    .token()
    .replace(/[^A-Za-z0-9_-]/g, '')
    .slice(0, 64);
  const target = { cluster: cluster.name, member, ssh: cluster.ssh };
  const outcome = await transport.exec(target, { text: compileOffer(nonce), timeoutMs: TIMEOUT_MS });
  const reach = reachOf(outcome);
  if (reach !== null || outcome.kind !== 'exited') {
    return { kind: 'unknown', text: reach === null || !('text' in reach) ? outcome.kind : reach.text };
  }
  const frame = parseFrame(outcome.stdout, nonce);
  if (!frame.ok) return { kind: 'unknown', text: frame.error.text };
  const offer = parseOffer(frame.value.parts);
  return offer.ok ? offer.value : { kind: 'unknown', text: `${offer.error.reason}: ${offer.error.text}` };
}
