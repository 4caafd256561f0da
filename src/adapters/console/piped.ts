/**
 * Standard input that is not a terminal: read to the end, one line at a time; the next line starts when the one before is
 * complete. Owns the splitting into lines. A line far above what a command may have is cut, and the parser refuses it.
 */
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { ConsoleSession } from './session.ts';

const MOST_KEPT = 65_536;

export async function runPiped(input: Readable, session: ConsoleSession, stop: AbortSignal): Promise<void> {
  // Whoever asked the process to end doesn't wait for the other end of the pipe.
  stop.addEventListener('abort', () => input.destroy(), { once: true });
  await session.settle(stop);
  try {
    for await (const line of linesOf(input)) {
      if (stop.aborted) return;
      await session.line(line, stop);
    }
  } catch (error) {
    if (!stop.aborted) throw error;
  }
  await session.settle(stop);
}

/** Split at line feeds alone; a carriage return before one belongs to it. */
export async function* linesOf(input: Readable): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of input as AsyncIterable<Buffer>) {
    const pieces = (rest + decoder.write(chunk)).split('\n');
    rest = (pieces.pop() ?? '').slice(0, MOST_KEPT);
    for (const piece of pieces) yield withoutReturn(piece);
  }
  rest += decoder.end();
  if (rest !== '') yield withoutReturn(rest);
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
