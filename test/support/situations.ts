/** The fake cluster in the states that the strategies beside the patch are there for. */
import type { FakeCluster } from './fake-cluster.ts';
import type { FakeMember } from './fake-lxd.ts';

type Looks = Partial<Pick<FakeMember, 'build' | 'daemon' | 'row' | 'dead' | 'held'>>;

function members(...looks: readonly Looks[]): (cluster: FakeCluster) => void {
  return (cluster) => {
    for (const [index, one] of looks.entries()) Object.assign(cluster.members[index]!, one);
  };
}

const LOOPING = { build: '5.21.2', daemon: 'crash-looping', row: 402 } as const;
const STOPPED = { ...LOOPING, daemon: 'stopped' } as const;
const SERVING = { build: '5.21.2', daemon: 'serving', row: 387 } as const;
const AHEAD = { build: '5.21.3', daemon: 'serving', row: 402 } as const;
const WAITING = { ...AHEAD, daemon: 'waiting' } as const;

export const loopAll = members(LOOPING, LOOPING, LOOPING);
export const stopAll = members(STOPPED, { ...STOPPED, held: false }, STOPPED);
/** m1 serves the lower version, m2 and m3 were put back and their rows stayed. */
export const putBack = members(SERVING, LOOPING, LOOPING);
/** m3 alone went lower. */
export const leftBehind = members(AHEAD, AHEAD, LOOPING);
/** m2 and m3 went ahead and wait; m1 serves. */
export const aheadOfOne = members(SERVING, WAITING, WAITING);
/** All serve the higher version; nothing holds the refreshes of m2. */
export const allAhead = members(AHEAD, { ...AHEAD, held: false }, AHEAD);
/** m3 is gone, and its row is the odd one. */
export const deadAhead = members({ ...LOOPING, row: 387 }, { ...LOOPING, row: 387 }, { ...STOPPED, dead: true });
