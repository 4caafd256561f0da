/** What a lab's members are doing, read on the members themselves; and the way of a whole cluster onto an older revision. */
import { z } from 'zod';
import { type Machines, REVISIONS, type Revision } from './machines.ts';

export interface NodeRow {
  readonly name: string;
  readonly schema: number;
  readonly extensions: number;
}

const SQL_ANSWER = z.object({
  metadata: z.object({
    Results: z.tuple([z.object({ rows: z.array(z.tuple([z.string(), z.number(), z.number()])) })]),
  }),
});
const READY = 'curl -s -m 3 --unix-socket /var/snap/lxd/common/lxd/unix.socket http://lxd/internal/ready';

async function every(names: readonly string[], holds: (name: string) => Promise<boolean>): Promise<boolean> {
  return (await Promise.all(names.map((name) => holds(name)))).every(Boolean);
}

/** Whether the daemon runs and says that it is ready. Asks only a running daemon, so that it starts none. */
export async function serving(lab: Machines, name: string): Promise<boolean> {
  const { stdout } = await lab.sh(name, `systemctl is-active -q snap.lxd.daemon.service && ${READY}`);
  return stdout.includes('"status_code":200');
}

export function allServing(lab: Machines, names: readonly string[]): Promise<boolean> {
  return every(names, (name) => serving(lab, name));
}

/** Whether each of these restarts over and over for this reason. */
export function crashLooping(lab: Machines, names: readonly string[], reason: string): Promise<boolean> {
  return every(names, async (name) => {
    const { stdout } = await lab.sh(name, 'systemctl show -p NRestarts --value snap.lxd.daemon.service');
    return Number(stdout) >= 1 && (await journalSays(lab, name, reason));
  });
}

export async function journalSays(lab: Machines, name: string, text: string): Promise<boolean> {
  const { stdout } = await lab.exec(name, ['journalctl', '--no-pager', '-o', 'cat', '-u', 'snap.lxd.daemon']);
  return stdout.includes(text);
}

/** Whether the daemon answers on its socket and waits for other members. */
export async function waiting(lab: Machines, name: string): Promise<boolean> {
  return !(await serving(lab, name)) && (await journalSays(lab, name, 'Wait for other cluster'));
}

export function changesDone(lab: Machines, names: readonly string[]): Promise<boolean> {
  return every(names, async (name) => !(await lab.sh(name, 'snap changes')).stdout.includes('Doing'));
}

/**
 * A refresh hangs while its daemon waits, unless that daemon failed once for want of a leader before it began to wait: whoever then
 * asks snapd to start it hangs instead.
 */
export async function hangs(lab: Machines, name: string): Promise<boolean> {
  if (!(await changesDone(lab, [name]))) return true;
  await lab.must(name, 'snap start lxd --no-wait');
  return false;
}

/** Whether one member shows these members in this state. */
export async function lxcList(lab: Machines, from: string, names: readonly string[], state: string): Promise<boolean> {
  const { stdout } = await lab.sh(from, 'timeout 5 lxc cluster list -f csv');
  const lines = stdout.split('\n');
  return names.every((name) => lines.some((line) => line.startsWith(`${name},`) && line.includes(`,${state},`)));
}

/** Whether the cluster has heard of every member since now: ONLINE alone may rest on a heartbeat from before a restart. */
export async function heardSince(lab: Machines, from: string): Promise<() => Promise<boolean>> {
  const now = Number(await lab.must(from, 'date +%s'));
  const older = `SELECT 'older=' || COUNT(*) FROM nodes WHERE CAST(strftime('%s', heartbeat) AS INTEGER) <= ${now}`;
  return async () => (await lab.sh(from, `timeout 10 lxd sql global "${older}"`)).stdout.includes('older=0 ');
}

/** The nodes table as a member with a leader has it. */
export async function rows(lab: Machines, from: string): Promise<readonly NodeRow[]> {
  const query = JSON.stringify({
    database: 'global',
    query: 'SELECT name, schema, api_extensions FROM nodes ORDER BY id',
  });
  const socket = '/var/snap/lxd/common/lxd/unix.socket';
  const { stdout } = await lab.exec(from, [
    'curl',
    '-s',
    '-m',
    '15',
    '--unix-socket',
    socket,
    '-d',
    query,
    'http://lxd/internal/sql',
  ]);
  const answer = SQL_ANSWER.parse(JSON.parse(stdout));
  return answer.metadata.Results[0].rows.map(([name, schema, extensions]) => ({ name, schema, extensions }));
}

/** Bring the whole cluster onto an older revision in good order: rows and binaries agree afterwards. */
export async function intoRevision(lab: Machines, names: readonly string[], revision: Revision): Promise<void> {
  await Promise.all(names.map((name) => lab.install(name, revision)));
  await Promise.all(names.map((name) => lab.powerOff(name)));
  await Promise.all(
    names.map((name) => lab.putPatch(name, `UPDATE nodes SET api_extensions=${REVISIONS[revision].extensions};`)),
  );
  await Promise.all(names.map((name) => lab.powerOn(name)));
  await lab.waitUntil(`all members serve on ${revision}`, () => allServing(lab, names));
  await lab.waitUntil('all are ONLINE', () => lxcList(lab, names[0] ?? 'm1', names, 'ONLINE'));
  await lab.waitUntil('their instances run again', () => everyInstanceRuns(lab, names));
}

/** Who died is heard of no more; only after a minute of that does anybody take it for dead. */
export async function dies(lab: Machines, name: string, from: string): Promise<() => Promise<void>> {
  await lab.powerOff(name);
  const until = Number(await lab.must(from, 'date +%s')) + 65;
  return () => lab.waitUntil(`${name} is silent`, async () => Number(await lab.must(from, 'date +%s')) > until, 90);
}

/** LXD starts what ran before only once it serves, a moment later: who looks before that sees too few. */
function everyInstanceRuns(lab: Machines, names: readonly string[]): Promise<boolean> {
  return every(names, async (name) => {
    const wanted = (await lab.must(name, 'cat /lab/state/instances')).split(/\s+/).filter(Boolean);
    const running = await lab.instances(name);
    return wanted.every((instance) => running.includes(instance));
  });
}

/**
 * Do something that stops daemons, with short patience: the last ones of a cluster to stop have no leader any more and hang
 * until they are killed, which is real but only slow here.
 */
export async function withShortStops(
  lab: Machines,
  names: readonly string[],
  work: () => Promise<void>,
): Promise<void> {
  const before = await lab.must(names[0] ?? 'm1', 'cat /lab/state/stop-seconds');
  await Promise.all(names.map((name) => lab.must(name, 'echo 3 > /lab/state/stop-seconds')));
  await work();
  await lab.waitUntil('snapd has nothing to do', () => changesDone(lab, names));
  await Promise.all(names.map((name) => lab.must(name, `echo ${before} > /lab/state/stop-seconds`)));
}

/** `snap stop` on these, side by side; afterwards each looks as if it had ended in good order. */
export async function stopSnaps(lab: Machines, names: readonly string[]): Promise<void> {
  await withShortStops(lab, names, async () => {
    await Promise.all(names.map((name) => lab.must(name, 'snap stop lxd')));
  });
  const tidy =
    'systemctl reset-failed snap.lxd.daemon.service && labctl instances-stop && echo shutdown > /var/snap/lxd/common/state';
  await Promise.all(names.map((name) => lab.must(name, `${tidy} && ! pgrep -f '^/snap/lxd/current/bin/lx[d] '`)));
}

/** `cluster.healing_threshold` in the live database, as text; empty where it is not set. */
export async function healing(lab: Machines, from: string): Promise<string> {
  const query = `SELECT 'is=' || value FROM config WHERE key='cluster.healing_threshold'`;
  return /is=(\d+)/.exec(await lab.must(from, `timeout 10 lxd sql global "${query}"`))?.[1] ?? '';
}

/** By SQL: the lab's release does not take the key through its API. */
export async function setHealing(lab: Machines, from: string, seconds: number): Promise<void> {
  const sql = `INSERT OR REPLACE INTO config (key, value) VALUES ('cluster.healing_threshold', '${seconds}')`;
  await lab.must(from, `timeout 10 lxd sql global "${sql}"`);
}
