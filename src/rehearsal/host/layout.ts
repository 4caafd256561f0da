/**
 * Where things are in a rehearsal's directory. Each member has a root, which its scripts get as LOCKSTEP_ROOT, and beside it a
 * place for the talk between stand-ins and the rehearsal, so that the root holds what a real member would hold and nothing else.
 */
import { join } from 'node:path';

export interface Layout {
  readonly dir: string;
  /** Stand-ins, first in PATH. */
  readonly bin: string;
  readonly store: string;
  readonly keys: string;
  readonly stateFile: string;
  readonly infoFile: string;
  readonly stopFile: string;
  readonly config: string;
  readonly knownHosts: string;
  readonly clientKey: string;
  rootOf(member: string): string;
  /** `<root>.io`, as the stand-ins reckon it. */
  talkOf(member: string): string;
}

export function layoutOf(dir: string): Layout {
  const rootOf = (member: string): string => join(dir, 'members', member);
  return {
    dir,
    bin: join(dir, 'bin'),
    store: join(dir, 'store'),
    keys: join(dir, 'keys'),
    stateFile: join(dir, 'state.json'),
    infoFile: join(dir, 'rehearsal.json'),
    stopFile: join(dir, 'stop'),
    config: join(dir, 'clusters.yaml'),
    knownHosts: join(dir, 'known_hosts'),
    clientKey: join(dir, 'keys', 'client'),
    rootOf,
    talkOf: (member) => `${rootOf(member)}.io`,
  };
}
