/** What runs on a simulated member, as its process table shows it. Owns names and command lines; starts nothing. */
import type { Instance, MemberState } from './model/types.ts';

export interface ListedProcess {
  readonly pid: number;
  readonly comm: string;
  readonly cmdline: readonly string[];
}

const COMMON = '/var/snap/lxd/common';

export const DAEMON_CMDLINE: readonly string[] = ['lxd', '--logfile', `${COMMON}/lxd/logs/lxd.log`, '--group', 'lxd'];
export const LXCFS_CMDLINE: readonly string[] = ['lxcfs', `${COMMON}/var/lib/lxcfs`, '-p', `${COMMON}/lxcfs.pid`];

export function instanceCmdline(instance: Pick<Instance, 'name' | 'kind'>): readonly string[] {
  if (instance.kind === 'container') return [`[lxc monitor] ${COMMON}/lxd/containers ${instance.name}`];
  const pidFile = `${COMMON}/lxd/logs/${instance.name}/qemu.pid`;
  return ['/snap/lxd/current/bin/qemu-system-x86_64', '-name', instance.name, '-pidfile', pidFile];
}

export function processesOf(member: MemberState): readonly ListedProcess[] {
  const listed: ListedProcess[] = [];
  if (member.daemon !== null) listed.push({ pid: member.daemon.pid, comm: 'lxd', cmdline: DAEMON_CMDLINE });
  if (member.lxcfsPid !== null) listed.push({ pid: member.lxcfsPid, comm: 'lxcfs', cmdline: LXCFS_CMDLINE });
  for (const instance of member.instances) {
    if (instance.pid === null) continue;
    const comm = instance.kind === 'container' ? 'lxd' : 'qemu-system-x86';
    listed.push({ pid: instance.pid, comm, cmdline: instanceCmdline(instance) });
  }
  return listed;
}
