/** The whole way on a rehearsal cluster: a revision is released into the channel, and the watch says so where people read it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createSshTransport } from '../../src/adapters/ssh/transport.ts';
import { createClock } from '../../src/adapters/system/clock.ts';
import { createIds } from '../../src/adapters/system/ids.ts';
import { createTimers } from '../../src/adapters/system/timers.ts';
import { startWatch } from '../../src/app/watch/start-watch.ts';
import { logPatterns, releaseTable } from '../../src/lxd/data/index.ts';
import { createLockstep } from '../../src/main.ts';
import type { ChatPort } from '../../src/ports/chat.ts';
import { createOfferReader } from '../../src/probe/offers.ts';
import { createProber } from '../../src/probe/probe.ts';
import { runRehearsal } from '../../src/rehearsal/run.ts';
import { requireCluster } from '../contract/cluster.ts';
import { SILENT } from '../support/engine.ts';

const PERIOD_MS = 500;

test('a newer revision in the channel becomes one message, also after a restart', { timeout: 120_000 }, async () => {
  const dir = mkdtempSync(join(tmpdir(), 'lockstep-channel-'));
  const texts: string[] = [];
  const rehearsal = await runRehearsal({
    scenario: 'newer-in-channel',
    dir: join(dir, 'rehearsal'),
    idleMs: 0,
    onText: (_member, text) => texts.push(text),
  });
  for (const member of rehearsal.world.state.members) member.held = member.name === 'm3';
  const cluster = { ...requireCluster(rehearsal.config), watchEveryMs: PERIOD_MS };
  const said: string[] = [];

  /** A process that watches until that is so at the beginning of a look; gives how often it asked for the channel. */
  async function watchUntil(isEnough: (looks: number) => boolean): Promise<number> {
    const lockstep = await createLockstep({
      clusters: [cluster],
      dataDir: join(dir, 'data'),
      agentSocket: null,
      log: SILENT,
      codeVersion: 'test',
      command: 'test',
      chats: [recordingChat(said)],
      minEditMs: 0,
      helpNotes: [],
      localChecks: async () => [],
    });
    if (!lockstep.ok) throw new Error(lockstep.error.text);
    const running = lockstep.value;
    const { deps } = running;
    const before = questions();
    await running.handle({
      deliveryId: deps.ids.messageId(),
      person: { platform: 'console', id: 'alice', displayName: 'alice', groups: [], osUser: 'tester' },
      address: { platform: 'console', channel: 'test', user: null, thread: null },
      body: { kind: 'line', text: `watch on ${cluster.name}` },
      detached: new AbortController().signal,
    });
    let looks = 0;
    await new Promise<void>((resolve) => {
      const watch = startWatch(deps, {
        onLook: () => {
          looks += 1;
          if (isEnough(looks)) void watch.stop().then(resolve);
        },
      });
    });
    await running.outboxIdle();
    await running.stop();
    return questions() - before;
  }

  function questions(): number {
    return texts.filter((text) => text.includes('snap refresh --list')).length;
  }

  try {
    const warned = (): readonly string[] => said.filter((text) => text.includes('offers LXD'));
    expect(await watchUntil(() => warned().length > 0)).toBe(1);
    expect(warned()).toHaveLength(1);
    expect(warned()[0]).toContain(
      'The channel 5.21/stable offers LXD 5.21.3 (revision 32455, 402 API extensions); m1, m2 and m3 have 5.21.2 (387 API extensions)',
    );
    expect(warned()[0]).toContain('not held on m1 and m2');
    expect(warned()[0]).toContain('sudo snap refresh --hold lxd');
    expect(warned()[0]).toContain(`check ${cluster.name} --to 5.21.3`);
    expect(await watchUntil((looks) => looks === 4)).toBe(0);
    expect(warned()).toHaveLength(1);
    expect(said.filter((text) => text.includes('Incident'))).toEqual([]);
  } finally {
    await rehearsal.close();
    rmSync(dir, { recursive: true, force: true });
  }
});

test('a store that hangs or refuses on a member is unknown, and no probe waits for it', {
  timeout: 120_000,
}, async () => {
  const dir = mkdtempSync(join(tmpdir(), 'lockstep-store-'));
  const rehearsal = await runRehearsal({ scenario: 'newer-in-channel', dir, idleMs: 0 });
  const [first, second] = rehearsal.world.state.members;
  first!.faults.store = 'hangs';
  second!.faults.store = 'refuses';
  const cluster = requireCluster(rehearsal.config);
  const parts = { clock: createClock(), timers: createTimers(), log: SILENT };
  const connect = () => createSshTransport(parts);
  const transport = connect();
  const ids = createIds();
  const reader = createOfferReader({ connect, ids });
  const prober = createProber({ ...parts, transport, ids, releases: releaseTable, patterns: logPatterns });
  const stopping = new AbortController();
  try {
    const [m1, m2, m3] = cluster.members;
    const hanging = reader.read(cluster, m1!, stopping.signal);
    expect(await reader.read(cluster, m2!, stopping.signal)).toMatchObject({
      kind: 'unknown',
      text: expect.stringContaining('cannot list updates'),
    });
    expect(await reader.read(cluster, m3!, stopping.signal)).toMatchObject({ kind: 'offered', revision: '32455' });
    const ended = { isOver: false };
    void hanging.then(() => (ended.isOver = true));
    const { members } = await prober.probe(cluster);
    expect(members.map(({ reach }) => reach.kind)).toEqual(['answered', 'answered', 'answered']);
    expect(members.map(({ facts }) => facts?.failedParts)).toEqual([[], [], []]);
    expect(ended.isOver).toBe(false);
    stopping.abort();
    expect(await hanging).toMatchObject({ kind: 'unknown' });
  } finally {
    stopping.abort();
    await transport.close();
    await rehearsal.close();
    rmSync(dir, { recursive: true, force: true });
  }
});

function recordingChat(said: string[]): ChatPort {
  return {
    platform: 'console',
    async post(_address, { message }) {
      said.push(JSON.stringify(message));
      return { kind: 'delivered', externalId: `c${said.length}` };
    },
    edit: async (_address, externalId) => ({ kind: 'delivered', externalId }),
  };
}
