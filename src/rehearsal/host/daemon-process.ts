/**
 * Real processes for simulated daemons: a shell that only waits, so that a script's `kill` meets a process and the rehearsal
 * learns which signal it was. Its end of file is our own end, so none outlives the rehearsal. Everything else in a member's
 * process table is a record under a pid that no kernel gives out.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DaemonSignal, MemberState } from '../model/types.ts';
import type { Processes } from '../model/world.ts';
import { DAEMON_CMDLINE } from '../processes.ts';
import { binaryPath } from './disk.ts';
import type { Layout } from './layout.ts';

/** A signal is told on standard output; a line on standard input is the exit code; end of file means that the rehearsal died. */
const WAITER = `trap 'echo TERM; hit=1' TERM
trap 'echo PWR; hit=1' PWR
trap '' HUP INT
while :; do
  x= hit=
  read -r x || [ -n "$hit" ] || exit 9
  [ -z "$x" ] || exit "$x"
done`;

export interface ProcessEvents {
  readonly onSignal: (member: string, pid: number, signal: DaemonSignal) => void;
  /** Ended by something else than the model. */
  readonly onDeath: (member: string, pid: number) => void;
}

export interface RealProcesses extends Processes {
  /** Ends every process that was started here. */
  endAll(): void;
}

export function makeProcesses(layout: Layout, events: ProcessEvents): RealProcesses {
  const running = new Map<number, ChildProcess>();
  const table = (member: MemberState): string => join(layout.rootOf(member.name), 'proc');

  function record(member: MemberState, pid: number, cmdline: readonly string[]): string {
    const entry = join(table(member), String(pid));
    mkdirSync(entry, { recursive: true });
    writeFileSync(join(entry, 'cmdline'), cmdline.map((word) => `${word}\0`).join(''));
    writeFileSync(join(entry, 'environ'), `LXD_DIR=/var/snap/lxd/common/lxd\0`);
    writeFileSync(join(entry, 'comm'), `${cmdline[0]?.startsWith('lxcfs') === true ? 'lxcfs' : 'lxd'}\n`);
    return entry;
  }
  const forget = (member: MemberState, pid: number): void =>
    rmSync(join(table(member), String(pid)), { recursive: true, force: true });

  return {
    startDaemon(member, build) {
      const child = spawn('/bin/sh', ['-c', WAITER], { stdio: ['pipe', 'pipe', 'ignore'], env: {} });
      const { pid } = child;
      if (pid === undefined) throw new Error('no process could be started for a simulated daemon');
      running.set(pid, child);
      child.stdin.on('error', () => undefined);
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        for (const word of text.split('\n')) {
          if (word === 'TERM' || word === 'PWR') events.onSignal(member.name, pid, word);
        }
      });
      child.on('exit', () => {
        forget(member, pid);
        if (running.delete(pid)) events.onDeath(member.name, pid);
      });
      const entry = record(member, pid, DAEMON_CMDLINE);
      symlinkSync(join(layout.rootOf(member.name), binaryPath(build)), join(entry, 'exe'));
      return pid;
    },
    endDaemon(member, pid, code) {
      const child = running.get(pid);
      running.delete(pid);
      forget(member, pid);
      if (code === 137) child?.kill('SIGKILL');
      else child?.stdin?.write(`${String(code)}\n`);
    },
    addRecord: (member, pid, cmdline) => void record(member, pid, cmdline),
    removeRecord: forget,
    endAll() {
      for (const child of running.values()) child.kill('SIGKILL');
      running.clear();
    },
  };
}
