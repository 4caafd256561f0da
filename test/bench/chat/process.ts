/** The Lockstep that is measured, seen from the benchmark: started, asked, ended. Everything that is waited for has a limit. */
import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Platform } from '../../../src/domain/person.ts';
import type { FromLockstep, Handled, Setup, ToLockstep } from './messages.ts';

const PROGRAM = fileURLToPath(new URL('lockstep.ts', import.meta.url));

export interface LockstepProcess {
  /** Events of that platform that came to such an end so far. */
  count(platform: Platform, outcome: Handled['outcome']): number;
  until(holds: () => boolean, what: string, limitMs: number): Promise<void>;
  settle(limitMs: number): Promise<void>;
  stop(): Promise<void>;
}

export async function startLockstep(setup: Setup): Promise<LockstepProcess> {
  const child = fork(PROGRAM, [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const heard: FromLockstep[] = [];
  const watchers = new Set<() => void>();
  child.on('message', (message) => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- sent by `lockstep.ts`
    heard.push(message as FromLockstep);
    for (const look of watchers) look();
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const send = (message: ToLockstep): void => void child.send(message);
  const has = (kind: FromLockstep['kind']): number => heard.filter((each) => each.kind === kind).length;

  async function until(holds: () => boolean, what: string, limitMs: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const end = (settle: () => void): void => {
        watchers.delete(look);
        clearTimeout(timer);
        child.off('exit', fail);
        settle();
      };
      const look = (): void => {
        if (holds()) end(resolve);
      };
      const fail = (): void => end(() => reject(new Error(`Lockstep ended while waiting for ${what}`)));
      const timer = setTimeout(() => end(() => reject(new Error(`${what}: not within ${limitMs / 1000} s`))), limitMs);
      child.once('exit', fail);
      watchers.add(look);
      look();
    });
  }

  send({ kind: 'start', setup });
  await until(() => has('ready') > 0, 'both platforms', 60_000);
  return {
    count: (platform, outcome) =>
      heard.filter((each) => each.kind === 'handled' && each.platform === platform && each.outcome === outcome).length,
    until,
    async settle(limitMs) {
      const before = has('settled');
      send({ kind: 'settle' });
      await until(() => has('settled') > before, 'the end of runs and cards', limitMs);
    },
    async stop() {
      if (child.connected) send({ kind: 'stop' });
      await Promise.race([ended, killLater(child)]);
    },
  };
}

function killLater(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(() => {
      child.kill('SIGKILL');
      resolve();
    }, 20_000).unref();
  });
}
