/** An incident on real daemons through both chat platforms at once, the approval given on the other one than the request. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { closeAll, type Cleanup } from '../e2e/support/chat-world.ts';
import { openBoth, recoverAcross } from '../e2e/support/two-platforms.ts';
import { type Lab, startLab } from './lab.ts';
import { impactOf, livesOf } from './support/cluster.ts';
import { expectHealed } from './support/healed.ts';

let lab: Lab;
const cleanup: Cleanup = [];

beforeAll(async () => {
  lab = await startLab();
}, 120_000);

afterEach(() => closeAll(cleanup));

afterAll(async () => {
  await lab.down();
}, 60_000);

test.each([['slack'], ['discord']] as const)('asked for on %s, approved on the other platform', async (asked) => {
  await lab.scenario('downgraded-all');
  const lives = await livesOf(lab);
  const both = await openBoth(cleanup, lab.configPath);
  await recoverAcross(both, asked, 'lab');
  await expectHealed(lab, 313);
  expect(await livesOf(lab)).toEqual(lives);
  expect(await impactOf(lab)).toEqual([]);
});
