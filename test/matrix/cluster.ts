/** A rehearsal cluster as the matrix holds it: its state, what its members heard, and its end. */
import { fork } from 'node:child_process';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ClusterState } from '../../src/rehearsal/model/types.ts';

const HOST = fileURLToPath(new URL('host.ts', import.meta.url));

export interface Heard {
  readonly at: number;
  readonly member: string;
  readonly text: string;
}

export interface Cluster {
  /** Where the rehearsal lives. */
  readonly dir: string;
  state(): Promise<ClusterState>;
  /** Everything so far, in order. */
  heard(): readonly Heard[];
  /** Puts a line of our own between what the members heard. */
  mark(text: string): void;
  close(): Promise<void>;
}

export interface ClusterOptions {
  readonly scenario: string;
  /** Lockstep's data directory: the rehearsal lives where its console looks for one. */
  readonly home: string;
  readonly seed: number;
  /** A member on which refreshes are not held. */
  readonly unheld: string | null;
}

export async function openCluster({ scenario, home, seed, unheld }: ClusterOptions): Promise<Cluster> {
  const dir = join(home, 'rehearsal');
  const file = join(home, 'heard');
  writeFileSync(file, '');
  const words = [scenario, dir, String(seed), file, ...(unheld === null ? [] : [unheld])];
  const child = fork(HOST, words, { execArgv: ['--import', 'tsx'], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
  });
  const answer = (): Promise<ClusterState> =>
    new Promise((resolve, reject) => {
      child.once('message', (state) => resolve(state as ClusterState));
      void gone.then(() => reject(new Error('the rehearsal ended')));
    });
  await answer();
  return {
    dir,
    state() {
      const answered = answer();
      child.send('state');
      return answered;
    },
    heard: () =>
      readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Heard),
    mark: (text) => appendFileSync(file, `${JSON.stringify({ at: Date.now(), member: '*', text })}\n`),
    async close() {
      if (child.connected) child.disconnect();
      await gone;
    },
  };
}
