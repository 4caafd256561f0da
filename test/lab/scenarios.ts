/**
 * The named states that a lab can be brought into, each from a healthy cluster on revision 502.
 * Every scenario waits until its state is really there and says in one line what is true then. What happened on the way
 * (instances stopped by a `snap stop`) is cleared from the impact files, so that they show only what comes after.
 */
import { DATABASE, type Machines } from './machines.ts';
import {
  allServing,
  changesDone,
  crashLooping,
  dies,
  hangs,
  heardSince,
  intoRevision,
  journalSays,
  lxcList,
  rows,
  serving,
  setHealing,
  stopSnaps,
  waiting,
  withShortStops,
} from './state.ts';

const BEHIND = 'version is behind';
const RECIPE = 'UPDATE nodes SET api_extensions=313;';

type Make = (lab: Machines, names: readonly string[], first: string, last: string) => Promise<string>;

export const SCENARIO_NAMES = [
  'healthy',
  'upgraded',
  'downgraded-all',
  'downgraded-one',
  'downgraded-minority-patched',
  'upgrade-waiting',
  'stale-while-serving',
  'stopped-all',
  'dead-row',
  'dead-row-waiting',
  'quorum-lost',
  'schema-newer',
  'partition',
  'leftover-patch',
  'bad-patch',
  'disk-full',
  'host-key-changed',
  'slow-member',
  'clock-offset',
  'mixed-binaries',
  'sudo-refused',
  'auto-refresh-not-held',
  'newer-in-channel',
  'evacuated',
  'refresh-in-progress',
  'healing-on',
] as const;

export type ScenarioName = (typeof SCENARIO_NAMES)[number];

const SCENARIOS: Readonly<Record<ScenarioName, Make>> = {
  healthy: async () => 'all members are ONLINE on 502, refreshes are held',
  upgraded,
  'downgraded-all': downgradedAll,
  'downgraded-one': downgradedOne,
  'downgraded-minority-patched': minorityPatched,
  'upgrade-waiting': upgradeWaiting,
  'stale-while-serving': staleWhileServing,
  'stopped-all': stoppedAll,
  'dead-row': deadRow,
  'dead-row-waiting': deadRowWaiting,
  'quorum-lost': quorumLost,
  'schema-newer': schemaNewer,
  partition,
  'leftover-patch': leftoverPatch,
  'bad-patch': badPatch,
  'disk-full': diskFull,
  'host-key-changed': hostKeyChanged,
  'slow-member': slowMember,
  'clock-offset': clockOffset,
  'mixed-binaries': mixedBinaries,
  'sudo-refused': sudoRefused,
  'auto-refresh-not-held': notHeld,
  'newer-in-channel': newerInChannel,
  evacuated,
  'refresh-in-progress': refreshInProgress,
  'healing-on': healingOn,
};

export function isScenarioName(word: string): word is ScenarioName {
  return SCENARIO_NAMES.some((name) => name === word);
}

export async function reachScenario(lab: Machines, name: ScenarioName): Promise<string> {
  const names = lab.members.map((member) => member.name);
  const make: Make = SCENARIOS[name];
  const truth = await make(lab, names, names[0] ?? 'm1', names.at(-1) ?? 'm1');
  await lab.clearImpact();
  return truth;
}

async function downgradedAll(lab: Machines, names: readonly string[]): Promise<string> {
  await withShortStops(lab, names, () => lab.refresh(names, '501'));
  await lab.waitUntil('all members crash-loop', () => crashLooping(lab, names, BEHIND));
  return `${names.join(', ')} run 501 and crash-loop ("${BEHIND}"); every row says 318`;
}

async function upgraded(lab: Machines, names: readonly string[]): Promise<string> {
  await intoRevision(lab, names, '501');
  await lab.refresh(names, '502');
  await lab.waitUntil('the refreshes have ended', () => changesDone(lab, names));
  await lab.waitUntil('all serve', () => allServing(lab, names));
  await lab.waitUntil('every heartbeat is from after that', await heardSince(lab, names[0] ?? 'm1'));
  return 'all members are ONLINE on 502, and keep 501';
}

async function downgradedOne(lab: Machines, names: readonly string[], _first: string, last: string): Promise<string> {
  await lab.refresh(last, '501');
  await lab.waitUntil(`${last} crash-loops`, () => crashLooping(lab, [last], BEHIND));
  await lab.waitUntil('the refresh has ended', () => changesDone(lab, [last]));
  await lab.waitUntil('the others serve', () => allServing(lab, names.slice(0, -1)));
  return `${last} runs 501 and crash-loops ("${BEHIND}"); the others serve on 502`;
}

async function minorityPatched(lab: Machines, names: readonly string[], first: string, last: string): Promise<string> {
  await downgradedOne(lab, names, first, last);
  await lab.putPatch(last, RECIPE);
  await lab.waitUntil(`${last} serves`, () => serving(lab, last));
  await lab.waitUntil('all are ONLINE', async () => lxcList(lab, first, names, 'ONLINE'));
  const counts = new Set((await rows(lab, first)).map((row) => row.extensions));
  return `all members are ONLINE and every row says ${[...counts].join(', ')}, but only ${last} runs 501: the others wait at their next restart`;
}

async function upgradeWaiting(lab: Machines, names: readonly string[], first: string): Promise<string> {
  await intoRevision(lab, names, '501');
  await lab.refresh(first, '502');
  await lab.waitUntil(`${first} waits`, () => waiting(lab, first));
  await lab.waitUntil('the others serve', () => allServing(lab, names.slice(1)));
  return `${first} runs 502 and waits for the others, which serve on 501; its refresh hangs in "Start snap services"`;
}

async function staleWhileServing(lab: Machines, names: readonly string[], first: string): Promise<string> {
  const others = names.slice(1);
  await intoRevision(lab, names, '501');
  const list = others.map((name) => `'${name}'`).join(',');
  await lab.must(first, `lxd sql global "UPDATE nodes SET api_extensions=318 WHERE name IN (${list})"`);
  await Promise.all(others.map((name) => lab.must(name, 'systemctl reload snap.lxd.daemon.service')));
  await lab.waitUntil('the others crash-loop', () => crashLooping(lab, others, BEHIND));
  await lab.waitUntil(`${first} serves`, () => serving(lab, first));
  return `all run 501; ${others.join(', ')} were ahead and put back: their rows say 318, they crash-loop; ${first} serves`;
}

async function stoppedAll(lab: Machines, names: readonly string[]): Promise<string> {
  await stopSnaps(lab, names);
  await Promise.all(names.map((name) => lab.install(name, '501')));
  return `${names.join(', ')} are stopped, on 501; every row says 318`;
}

async function deadRow(lab: Machines, names: readonly string[], first: string, last: string): Promise<string> {
  const others = names.slice(0, -1);
  await intoRevision(lab, names, '501');
  const silent = await dies(lab, last, first);
  const ahead = `timeout 10 lxd sql global "UPDATE nodes SET api_extensions=318 WHERE name='${last}'"`;
  // Whoever led may have died: the next one is elected first.
  await lab.waitUntil('there is a leader', async () => (await lab.sh(first, ahead)).code === 0);
  await Promise.all(others.map((name) => lab.must(name, 'systemctl reload snap.lxd.daemon.service')));
  await lab.waitUntil('the others crash-loop', () => crashLooping(lab, others, BEHIND));
  await silent();
  return `${last} is dead, its row says 318; ${others.join(', ')} run 501, have rows to match, and crash-loop`;
}

async function deadRowWaiting(lab: Machines, names: readonly string[], first: string, last: string): Promise<string> {
  const others = names.slice(0, -1);
  await intoRevision(lab, names, '501');
  const silent = await dies(lab, last, first);
  await lab.refresh(others, '502');
  await lab.waitUntil('the others wait', async () =>
    (await Promise.all(others.map((name) => waiting(lab, name)))).every(Boolean),
  );
  await silent();
  await lab.waitUntil('snapd hangs on each of them', async () =>
    (await Promise.all(others.map((name) => hangs(lab, name)))).every(Boolean),
  );
  return `${last} is dead, its row says 313; ${others.join(', ')} were upgraded to 502 and wait for it; a change of snapd hangs on each`;
}

async function quorumLost(lab: Machines, names: readonly string[], first: string): Promise<string> {
  const others = names.slice(1);
  await stopSnaps(lab, others);
  const asked = 'timeout 5 lxd sql global "SELECT 1" > /dev/null 2>&1';
  const noLeader = async () => (await serving(lab, first)) && (await lab.sh(first, asked)).code !== 0;
  await lab.waitUntil(`${first} has no leader`, noLeader);
  return `${others.join(', ')} are stopped; ${first} is up and has no leader`;
}

async function schemaNewer(lab: Machines, _names: readonly string[], first: string, last: string): Promise<string> {
  await lab.must(
    first,
    `lxd sql global "INSERT INTO schema (version, updated_at) VALUES (61, strftime('%s')); UPDATE nodes SET schema=61"`,
  );
  await lab.must(last, 'systemctl reload snap.lxd.daemon.service');
  await lab.waitUntil(`${last} crash-loops`, () => crashLooping(lab, [last], BEHIND));
  return `the database has schema 61, the binaries know 60; ${last} was restarted and crash-loops`;
}

async function partition(lab: Machines, _names: readonly string[], first: string, last: string): Promise<string> {
  await lab.partition(last);
  await lab.waitUntil(`${last} is OFFLINE for ${first}`, () => lxcList(lab, first, [last], 'OFFLINE'));
  return `${last} runs but no packet reaches it; for the others it is OFFLINE`;
}

async function leftoverPatch(lab: Machines, names: readonly string[]): Promise<string> {
  const member = names[1] ?? 'm1';
  await lab.putPatch(member, RECIPE);
  await lab.must(member, `test -s ${DATABASE}/patch.global.sql`);
  return `${member} serves and has a patch.global.sql that fires at its next start`;
}

async function badPatch(lab: Machines, names: readonly string[], first: string): Promise<string> {
  await downgradedAll(lab, names);
  await lab.putPatch(first, 'UPDATE knots SET api_extensions=313;');
  await lab.waitUntil(`${first} refuses the patch`, () => journalSays(lab, first, 'failed to execute queries from'));
  return `as downgraded-all, and ${first} fails on a patch.global.sql with an unknown table, which stays there`;
}

async function diskFull(lab: Machines, names: readonly string[]): Promise<string> {
  const member = names[1] ?? 'm1';
  await lab.fillDisk(member);
  const free = await lab.must(member, 'df --output=avail -k /var/snap/lxd/common | tail -1');
  return `${member} has ${free} KiB left where LXD keeps its database`;
}

async function hostKeyChanged(lab: Machines, names: readonly string[]): Promise<string> {
  const member = names[1] ?? 'm1';
  await lab.changeHostKey(member);
  return `${member} answers with a host key that known_hosts does not have`;
}

async function slowMember(lab: Machines, names: readonly string[]): Promise<string> {
  const member = names[1] ?? 'm1';
  await lab.slow(member, 4);
  return `every login command on ${member} starts 4 s late`;
}

async function clockOffset(lab: Machines, _names: readonly string[], first: string, last: string): Promise<string> {
  await lab.setClockOffset(last, 90);
  const [here, there] = await Promise.all([lab.must(first, 'date +%s'), lab.must(last, 'date +%s')]);
  return `the clock of ${last} is ${Number(there) - Number(here)} s ahead, as far as date can tell`;
}

async function mixedBinaries(lab: Machines, names: readonly string[], _first: string, last: string): Promise<string> {
  const others = names.slice(0, -1);
  await withShortStops(lab, names, async () => {
    await Promise.all([lab.refresh(others, '501'), lab.refresh(last, '500')]);
  });
  await lab.waitUntil('all members crash-loop', () => crashLooping(lab, names, BEHIND));
  return `${others.join(', ')} run 501, ${last} runs 500; all crash-loop, every row says 318`;
}

async function sudoRefused(lab: Machines, names: readonly string[]): Promise<string> {
  const member = names[1] ?? 'm1';
  await lab.withdrawSudo(member);
  return `ops may not use sudo on ${member}`;
}

async function notHeld(lab: Machines, names: readonly string[]): Promise<string> {
  await Promise.all(names.map((name) => lab.must(name, 'snap refresh --unhold lxd')));
  return 'refreshes are not held on any member';
}

async function newerInChannel(lab: Machines, names: readonly string[]): Promise<string> {
  await intoRevision(lab, names, '501');
  await Promise.all(names.map((name) => lab.offer(name, '502')));
  return 'all members are ONLINE on 501, refreshes are held, and the channel offers 502';
}

async function evacuated(lab: Machines, _names: readonly string[], first: string, last: string): Promise<string> {
  // Members connect to each other's events a while after they serve, and before that an evacuation is refused.
  const evacuate = async () => (await lab.sh(first, `lxc cluster evacuate ${last} --force`)).code === 0;
  await lab.waitUntil(`${first} may evacuate ${last}`, evacuate);
  await lab.waitUntil(`${last} is EVACUATED`, () => lxcList(lab, first, [last], 'EVACUATED'));
  return `${last} is evacuated, the others serve`;
}

async function refreshInProgress(lab: Machines, names: readonly string[]): Promise<string> {
  const member = names[1] ?? 'm1';
  const change = await lab.setPendingChange(member);
  return `snapd on ${member} is busy with change ${change}, Auto-refresh snap "lxd"`;
}

/** 5.0 has no healing and keeps the key all the same: what Lockstep writes and puts back is real, what LXD makes of it is not. */
async function healingOn(lab: Machines, names: readonly string[], first: string): Promise<string> {
  await setHealing(lab, first, 300);
  await downgradedAll(lab, names);
  return 'as downgraded-all, and cluster.healing_threshold is 300';
}
