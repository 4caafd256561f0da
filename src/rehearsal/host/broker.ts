/**
 * Hears the stand-ins of one member and answers them. Owns the named pipe and the files of the talk; what an answer says is in
 * `tools/`. A reply that is not there yet is asked for again with every step of the simulation, until its caller is gone.
 */
import { closeSync, constants, existsSync, mkdirSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { shellQuote } from '../../lxd/shell.ts';
import type { Answer, Call, Reply } from '../tools/answer.ts';
import { readText, requireHostTool } from './files.ts';

export interface Broker {
  /** Looks again at what is still unanswered. */
  poll(): void;
  /** How many callers hang. */
  waiting(): number;
  close(): void;
}

interface Waiting {
  readonly id: string;
  readonly reply: Reply;
}

export interface BrokerOptions {
  readonly talk: string;
  readonly handle: (call: Call) => Reply;
}

export function openBroker(options: BrokerOptions): Broker {
  const { talk } = options;
  const pipe = join(talk, 'ctl');
  rmSync(join(talk, 'q'), { recursive: true, force: true });
  mkdirSync(join(talk, 'q'), { recursive: true, mode: 0o700 });
  rmSync(pipe, { force: true });
  execFileSync(requireHostTool('mkfifo'), ['-m', '600', pipe]);
  const fd = openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK);
  const socket = new Socket({ fd, readable: true, writable: false });
  let waiting: Waiting[] = [];
  let rest = '';

  function answer(id: string, said: Answer): void {
    const base = join(talk, 'q', id);
    const lines = [
      said.out === '' ? '' : `printf %s ${shellQuote(said.out)}\n`,
      said.err === '' ? '' : `printf %s ${shellQuote(said.err)} >&2\n`,
      `exit ${String(said.code)}\n`,
    ];
    writeFileSync(`${base}.o`, lines.join(''));
    try {
      const wake = openSync(`${base}.r`, constants.O_WRONLY | constants.O_NONBLOCK);
      writeSync(wake, '\n');
      closeSync(wake);
    } catch {
      rmSync(`${base}.o`, { force: true });
    }
    for (const end of ['a', 'in', 'r']) rmSync(`${base}.${end}`, { force: true });
  }

  function settle(one: Waiting): boolean {
    if (!existsSync(`/proc/${one.id}`)) return true;
    const said = typeof one.reply === 'function' ? one.reply() : one.reply;
    if (said === null) return false;
    answer(one.id, said);
    return true;
  }

  function poll(): void {
    waiting = waiting.filter((one) => !settle(one));
  }

  function take(id: string): void {
    const base = join(talk, 'q', id);
    const words = (readText(`${base}.a`) ?? '').split('\0');
    const [tool = '', root = '', ...argv] = words.slice(0, -1);
    rmSync(`${base}.o`, { force: true });
    const reply = options.handle({ tool, argv, stdin: readText(`${base}.in`) ?? '', root: root === '1' });
    waiting.push({ id, reply });
    poll();
  }

  socket.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const id of lines) if (/^\d+$/.test(id)) take(id);
  });
  socket.on('error', () => undefined);
  return { poll, waiting: () => waiting.length, close: () => socket.destroy() };
}
