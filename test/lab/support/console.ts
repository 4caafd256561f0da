/**
 * The built command line as a child process: commands on standard input, one JSON line per message back. Every line is held
 * against the contract as it is read, so that no test has to.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { z } from 'zod';
import { type DATA_SCHEMA, LINE_SCHEMA } from '../../contract/data-schema.ts';
import { CLI } from './build.ts';

export type Line = z.infer<typeof LINE_SCHEMA>;
export type Data = z.infer<typeof DATA_SCHEMA>;
export type DataOf<K extends Data['kind']> = Extract<Data, { kind: K }>;

export interface ConsoleOptions {
  readonly config: string;
  readonly data: string;
  readonly as: string;
  /** Standard input; empty reconciles and ends. */
  readonly commands: readonly string[];
}

export interface ConsoleEnd {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly lines: readonly Line[];
  readonly stderr: string;
}

export interface RunningConsole {
  readonly child: ChildProcess;
  /** Resolves with the first line for which it holds; rejects when the process ends before. */
  seen(what: string, holds: (line: Line) => boolean): Promise<Line>;
  readonly ended: Promise<ConsoleEnd>;
}

/** Run it to its end. */
export function runConsole(options: ConsoleOptions): Promise<ConsoleEnd> {
  return startConsole(options).ended;
}

export function startConsole({ config, data, as, commands }: ConsoleOptions): RunningConsole {
  const args = [CLI, 'console', '--json', '--config', config, '--data', data, '--as', as];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const lines: Line[] = [];
  const watchers = new Set<() => void>();
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.stdin.on('error', () => undefined); // it may be gone before it has read everything
  child.stdin.end(commands.map((command) => `${command}\n`).join(''));
  const ended = new Promise<ConsoleEnd>((resolve, reject) => {
    const reader = createInterface({ input: child.stdout });
    reader.on('line', (text) => {
      try {
        lines.push(LINE_SCHEMA.parse(JSON.parse(text)));
      } catch (error) {
        reject(new Error(`not a line of the contract: ${text}`, { cause: error }));
      }
      for (const look of watchers) look();
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, lines, stderr }));
  });
  ended.catch(() => undefined);
  const seen = (what: string, holds: (line: Line) => boolean): Promise<Line> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = lines.find(holds);
        if (found === undefined) return;
        watchers.delete(look);
        resolve(found);
      };
      watchers.add(look);
      look();
      void ended.then((end) => reject(new Error(`ended before ${what}: ${JSON.stringify(end)}`)), reject);
    });
  return { child, seen, ended };
}

/** Every `data` of one kind, in the order of its lines. */
export function dataOf<K extends Data['kind']>(end: ConsoleEnd, kind: K): readonly DataOf<K>[] {
  return end.lines.flatMap(({ data }) => (isKind(data, kind) ? [data] : []));
}

/** The last `data` of that kind; throws with everything that was said when there is none. */
export function lastOf<K extends Data['kind']>(end: ConsoleEnd, kind: K): DataOf<K> {
  const found = dataOf(end, kind).at(-1);
  if (found === undefined) throw new Error(`nothing of kind ${kind} was said: ${describeEnd(end)}`);
  return found;
}

/** What a person would want to read when a test fails. */
export function describeEnd({ code, lines, stderr }: ConsoleEnd): string {
  const said = lines.map(({ message, data }) => `${message.summary} ${JSON.stringify(data)}`);
  return [`exit code ${code}`, ...said, stderr].join('\n');
}

function isKind<K extends Data['kind']>(data: Data | null, kind: K): data is DataOf<K> {
  return data?.kind === kind;
}
