/** Starts `store-process.ts` as a real child and reads its events. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface StoreEvent {
  readonly kind: string;
  readonly pid?: number;
  readonly sequence?: number;
  readonly run?: string;
  readonly stage?: string;
  readonly problem?: { readonly code: string; readonly text: string; readonly next: string };
}

export interface StoreProcess {
  readonly child: ChildProcess;
  /** Everything said so far. */
  readonly events: readonly StoreEvent[];
  /** Resolves with the first event that fits; rejects when the process ends without one. */
  until(fits: (event: StoreEvent) => boolean): Promise<StoreEvent>;
  /** Ends it at once and waits until every line has been read. */
  kill(): Promise<void>;
  ended(): Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

const SCRIPT = fileURLToPath(new URL('store-process.ts', import.meta.url));
const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

export interface StartOptions {
  readonly word: string;
  readonly dataDir: string;
  readonly lockWaitMs?: number;
  /** As a user for whom permissions count. */
  readonly unprivileged?: boolean;
}

export function startStoreProcess(options: StartOptions): StoreProcess {
  const user = options.unprivileged === true ? ['ordinary-user'] : [];
  const argv = ['--import', 'tsx', SCRIPT, options.word, options.dataDir, String(options.lockWaitMs ?? 0), ...user];
  return watch(spawn(process.execPath, argv, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] }));
}

function watch(child: ChildProcess): StoreProcess {
  if (child.stdout === null) throw new Error('the child has no standard output');
  const events: StoreEvent[] = [];
  const listeners = new Set<() => void>();
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    const event = parseEvent(line);
    if (event !== null) events.push(event);
    for (const listener of listeners) listener();
  });
  const readAll = once(lines, 'close');
  const exited = once(child, 'exit');
  return {
    child,
    events,
    until: (fits) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = events.find(fits);
          if (found !== undefined) resolve(found);
        };
        listeners.add(look);
        look();
        void readAll.then(() => reject(new Error(`ended after ${JSON.stringify(events)}`)));
      }),
    async kill() {
      child.kill('SIGKILL');
      await Promise.all([exited, readAll]);
    },
    async ended() {
      await Promise.all([exited, readAll]);
      return { code: child.exitCode, signal: child.signalCode };
    },
  };
}

/** The last line of a killed process may be cut. */
function parseEvent(line: string): StoreEvent | null {
  try {
    const value: unknown = JSON.parse(line);
    return isEvent(value) ? value : null;
  } catch {
    return null;
  }
}

function isEvent(value: unknown): value is StoreEvent {
  return typeof value === 'object' && value !== null && 'kind' in value;
}
