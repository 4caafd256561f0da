/** A paused run and the person's word on it, typed or pressed: the same comes of both. */
import { afterEach, describe, expect, test } from 'vitest';
import type { Run } from '../../src/domain/run.ts';
import { aCluster } from '../support/cluster.ts';
import { createMemoryStore } from '../support/memory-store.ts';
import { loopAll } from '../support/situations.ts';
import { createSystem, type Disk, type System } from './model/system.ts';

let system: System;
afterEach(() => system.close());

async function newest(): Promise<Run> {
  return (await system.newest())!;
}

/** The answer to the writing of the file was lost, and nobody could tell what became of it. */
async function pausedAtWrite(healingS = 0): Promise<Run> {
  const disk: Disk = { store: createMemoryStore(), reopen: async () => disk, remove: async () => undefined };
  system = await createSystem({ disk, cluster: aCluster(), prepare: loopAll });
  system.members.cluster.healingS = healingS;
  system.members.faultsOf.set('write-patch', ['lost']);
  system.members.blindLooks = 4;
  await system.type('alice', 'recover prod');
  await system.type('bob', 'approve --no-wait');
  await system.settle();
  const run = await newest();
  expect(run.state, run.explanation ?? '').toBe('paused');
  return run;
}

const WAYS: readonly (readonly [string, string, string])[] = [
  ['retry', 'resume retry', 'Retry on m1: write the guarded patch'],
  ['done', 'resume done', 'Take as done on m1: write the guarded patch'],
  ['abort', 'abort', 'Abort'],
];

describe.each(WAYS)('%s', (verdict, words, label) => {
  test.each(['typed', 'pressed'])('%s', async (how) => {
    const paused = await pausedAtWrite();
    const buttons = system.buttons(paused);
    expect(buttons.map((button) => button.label)).toContain(label);
    // The rows were put right by hand, where somebody says that it is done.
    if (verdict === 'done') for (const member of system.members.cluster.members) member.row = 387;
    if (how === 'typed') await system.type('alice', words);
    else await system.press('alice', buttons.find((button) => button.label === label)!.token);
    await system.settle();
    const run = await newest();
    const step = run.steps.find(({ id }) => id === '2-write-patch');
    const writes = system.events.filter((event) => event.kind === 'exec' && event.step === 'write-patch@m1');
    expect([run.state, step?.state], run.explanation ?? '').toEqual(
      verdict === 'abort' ? ['aborted', 'unknown'] : ['succeeded', 'done'],
    );
    if (verdict === 'done') expect(step?.note).toContain('taken as done by console:alice');
    expect(writes).toHaveLength(verdict === 'retry' ? 2 : 1);
    expect(system.markers.held.size).toBe(0);
    expect(system.errors).toEqual([]);
  });

  test('by somebody who may not: nothing comes of it', async () => {
    const paused = await pausedAtWrite();
    await system.type('eve', words);
    await system.press('eve', system.buttons(paused).find((button) => button.label === label)!.token);
    await system.settle();
    expect(await newest()).toMatchObject({ state: 'paused', abortRequestedBy: null });
  });
});

test('an abort of a paused run says on its card that healing is still off, and how to put it back', async () => {
  await pausedAtWrite(300);
  await system.type('alice', 'abort');
  await system.settle();
  const run = await newest();
  expect(run.state).toBe('aborted');
  expect(run.explanation).toContain('console:alice');
  expect(run.explanation).toContain('lxc config set cluster.healing_threshold 300');
});
