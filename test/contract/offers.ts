/** What each member of a cluster says that the store has for it, asked as the watch asks: over SSH, with the real text. */
import { createSshTransport } from '../../src/adapters/ssh/transport.ts';
import { createClock } from '../../src/adapters/system/clock.ts';
import { createIds } from '../../src/adapters/system/ids.ts';
import { createTimers } from '../../src/adapters/system/timers.ts';
import type { ClusterConfig } from '../../src/domain/cluster.ts';
import type { OfferAnswer } from '../../src/domain/offer.ts';
import { createOfferReader } from '../../src/probe/offers.ts';
import { SILENT } from '../support/engine.ts';

/** On a busy machine one does not answer in time: it is asked again, as the watch asks again. */
const TRIES = 4;

/** In configuration order. */
export async function offersOf(cluster: ClusterConfig): Promise<readonly OfferAnswer[]> {
  const parts = { clock: createClock(), timers: createTimers(), log: SILENT };
  const reader = createOfferReader({ connect: () => createSshTransport(parts), ids: createIds() });
  const { signal } = new AbortController();
  const ask = (): Promise<readonly OfferAnswer[]> =>
    Promise.all(cluster.members.map((member) => reader.read(cluster, member, signal)));
  let answers = await ask();
  for (let tries = 1; tries < TRIES && answers.some(({ kind }) => kind === 'unknown'); tries += 1)
    answers = await ask();
  return answers;
}
