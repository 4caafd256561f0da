/** What of a lab is on this machine: its processes and namespaces, mounts and links. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { LabPlace } from '../shell.ts';

const NAMESPACES = ['mnt', 'net', 'pid', 'uts'];

/** The namespaces that the members live in and this process does not. Taken while the lab is up. */
export function namespacesOf(place: LabPlace): ReadonlySet<string> {
  const ours = new Set(namespacesOfProcess('self'));
  const members = processesOf(place).flatMap(([pid]) => namespacesOfProcess(pid));
  return new Set(members.filter((namespace) => !ours.has(namespace)));
}

/** One line per trace; empty when nothing is left. `namespaces` are those of the time when it was up. */
export function tracesOf(place: LabPlace, namespaces: ReadonlySet<string> = new Set()): readonly string[] {
  const links = readdirSync('/sys/class/net').filter((link) => link.startsWith(`lk-${place.tag}`));
  const mounts = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .filter((line) => line.includes(place.dir));
  const processes = processesOf(place).map(([pid, command]) => `process ${pid} ${command}`);
  const inside = processIds()
    .filter((pid) => namespacesOfProcess(pid).some((namespace) => namespaces.has(namespace)))
    .map((pid) => `process ${pid} in a namespace of the lab: ${commandLine(pid)}`);
  return [...links, ...mounts, ...processes, ...inside];
}

/** Pids and command lines that name the lab's directory. */
function processesOf({ dir }: LabPlace): readonly (readonly [pid: string, command: string])[] {
  return processIds()
    .map((pid) => [pid, commandLine(pid)] as const)
    .filter(([, command]) => command.includes(dir));
}

function processIds(): readonly string[] {
  return readdirSync('/proc').filter((entry) => /^\d+$/.test(entry));
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    return ''; // it ended meanwhile
  }
}

function namespacesOfProcess(pid: string): readonly string[] {
  return NAMESPACES.flatMap((kind) => {
    try {
      return [readlinkSync(`/proc/${pid}/ns/${kind}`)];
    } catch {
      return []; // it ended meanwhile, or is a zombie
    }
  });
}
