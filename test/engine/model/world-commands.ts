/** What happens around Lockstep, as commands of a model-based test: members, connections, another installation, the chat. */
import { aCluster } from '../../support/cluster.ts';
import { requireRunId } from '../../../src/domain/ids.ts';
import { command, goOnUntil, type Command } from './commands.ts';
import type { Fault } from './members.ts';

export function fault(kind: Fault, lateness: number): Command {
  return command(`next text: ${kind}`, async (_model, { members }) => {
    members.faults.unshift(kind);
    members.lateness = lateness;
  });
}

export function blind(looks: number): Command {
  return command(`${looks} looks are blind`, async (_model, { members }) => {
    members.blindLooks = looks;
  });
}

const BLEMISHES = {
  row: { row: 433 },
  lxcfs: { facts: { lxcfsPid: 7 } },
  disk: { facts: { disk: { databaseBytes: 9, freeBytes: 1 } } },
  serving: { daemon: 'serving' },
  stopped: { daemon: 'stopped' },
} as const;

/** At once, or when all steps are done and the verification begins. */
export function change(what: keyof typeof BLEMISHES | 'mended', place: 'here' | 'before-verify'): Command {
  return command(`m2: ${what} (${place})`, async (model, system) => {
    if (place !== 'here') await goOnUntil(place, 0).run(model, system);
    const member = system.members.cluster.member('m2');
    if (what === 'mended') {
      Object.assign(member, { facts: {}, row: 402, daemon: 'crash-looping' });
      return;
    }
    Object.assign(member, BLEMISHES[what]);
  });
}

/** Whoever was given up is switched on again. */
export const comesBack: Command = command('m3 comes back', async (_model, { members }) => {
  const m3 = members.cluster.member('m3');
  if (m3.dead) Object.assign(m3, { dead: false, daemon: 'crash-looping' });
});

export function rollBack(times: number): Command {
  return command(`LXD rolls back ${times} times`, async (_model, { members }) => {
    members.cluster.rollBacks = times;
  });
}

export function setHealing(seconds: number): Command {
  return command(`healing is ${seconds} s`, async (_model, { members }) => {
    members.cluster.healingS = seconds;
  });
}

/** Another Lockstep asks for all members, by the rules; refused on one it leaves the others again. */
export const elsewhereTakes: Command = command('another installation wants the members', async (_model, system) => {
  const cluster = aCluster();
  const names = cluster.members.map(({ name }) => name);
  const run = requireRunId('r999999');
  const there = system.markers.of('there');
  const answer = await there.take({
    cluster,
    members: names,
    run,
    by: 'zoe',
    needMs: 60_000,
    isOver: async () => null,
  });
  if (answer.kind === 'refused') await there.drop(cluster, names, run);
});

export const elsewhereLeaves: Command = command('the other installation is done', async (_model, system) => {
  const cluster = aCluster();
  await system.markers.of('there').drop(
    cluster,
    cluster.members.map(({ name }) => name),
    requireRunId('r999999'),
  );
});

export function chat(state: 'down' | 'up'): Command {
  return command(`the chat is ${state}`, async (_model, system) => {
    system.chat.isDown = state === 'down';
  });
}
