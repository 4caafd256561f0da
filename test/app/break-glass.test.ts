/** A plan that takes break-glass only, through the console: who may approve it, with what words, and what its card says. */
import { afterEach, describe, expect, test } from 'vitest';
import type { RunId } from '../../src/domain/ids.ts';
import { aCluster, type ClusterOptions } from '../support/cluster.ts';
import { deadRow, downgradedAll } from '../support/planning.ts';
import { createWorld, only, type World, type WorldOptions } from './world.ts';

let world: World;
afterEach(() => world.close());

function open(cluster: ClusterOptions = {}, options: Partial<WorldOptions> = {}): void {
  world = createWorld({ observation: downgradedAll(), clusters: [aCluster(cluster)], ...options });
}

async function draft(line = 'recover prod'): Promise<RunId> {
  const { run } = only(await world.type('alice', line), 'plan');
  return run as RunId;
}

async function kindsOnRecord(): Promise<readonly string[]> {
  return (await world.store.listTimeline({})).map((entry) => entry.kind);
}

describe('a plan that takes break-glass only', () => {
  const WAY = 'recover prod --strategy unblock-dead-row';

  function openDead(cluster: ClusterOptions = {}): void {
    open({ approvals: { breakGlass: ['console:carol'] }, ...cluster }, { observation: deadRow() });
  }

  async function refusedTo(person: string, line: string): Promise<string | undefined> {
    return only(await world.type(person, line), 'refusal').reasons[0]?.code;
  }

  test('is not approved by an approver, nor without a reason; everybody refused is on record', async () => {
    openDead();
    await draft(WAY);
    expect(await refusedTo('bob', 'approve')).toBe('not-allowed');
    expect(await refusedTo('bob', 'approve --break-glass "I may approve"')).toBe('not-allowed');
    expect(await refusedTo('carol', 'approve')).toBe('break-glass-required');
    expect(await refusedTo('carol', '1')).toBe('break-glass-required');
    expect(world.started).toEqual([]);
    expect((await kindsOnRecord()).filter((kind) => kind === 'approval-refused')).toHaveLength(4);
  });

  test('names the way on to who may', async () => {
    openDead();
    const run = await draft(WAY);
    const refusal = only(await world.type('carol', 'approve'), 'refusal');
    expect(refusal.next).toBe(`/lxd approve ${run} --break-glass "reason"`);
  });

  test('is approved by who is named for it, and the reason stands in the timeline', async () => {
    openDead();
    const run = await draft(WAY);
    await world.type('carol', 'approve --break-glass "m3 burnt down"');
    expect(world.started).toEqual([run]);
    const given = (await world.store.listTimeline({ run })).find(({ kind }) => kind === 'approval-given');
    expect(given?.text).toContain('BREAK-GLASS');
    expect(given?.text).toContain('m3 burnt down');
    expect((await world.store.findRun(run))?.approvals[0]?.reason).toBe('m3 burnt down');
  });

  test('its button asks for the words, and takes them from the rest of the line', async () => {
    openDead();
    const run = await draft(WAY);
    await world.type('carol', '1 the board of m3 is burnt');
    expect(world.started).toEqual([run]);
    expect((await world.store.findRun(run))?.approvals[0]?.reason).toBe('the board of m3 is burnt');
  });

  test('its card is loud, names the member that is given up, and who may approve', async () => {
    let printed = '';
    open(
      { approvals: { breakGlass: ['console:carol'] } },
      {
        observation: deadRow(),
        text: (words) => {
          printed += words;
        },
      },
    );
    await world.type('alice', WAY);
    expect(printed).toContain('BREAK-GLASS: Recovery of prod');
    expect(printed).toContain('This gives m3 up.');
    expect(printed).toContain('lxc cluster remove --force m3');
    expect(printed).toContain('console:carol');
    expect(printed).not.toContain('console:bob');
  });

  test('is rejected by an approver, by who asked, and by who could have approved it', async () => {
    for (const person of ['bob', 'alice', 'carol']) {
      openDead();
      await draft(WAY);
      expect(only(await world.type(person, 'reject'), 'run').state, person).toBe('rejected');
      await world.close();
    }
    openDead();
    await draft(WAY);
    expect(await refusedTo('eve', 'reject')).toBe('not-allowed');
  });

  test('words do not turn a plain approval into break-glass', async () => {
    open({ approvals: { breakGlass: ['console:carol'] } });
    await draft();
    expect(only(await world.type('carol', '1 because'), 'problem').code).toBe('unknown-command');
    expect(world.started).toEqual([]);
  });
});
