/**
 * Writing to the terminal or pipe. Owns the progress line (rewritten in place on a terminal, a line like any other elsewhere), the
 * prompt that has to stay below what is printed, and that a reader who left ends nothing.
 */
import type { Writable } from 'node:stream';
import type { Output } from './chat.ts';

export interface TerminalOutput extends Output {
  /** Called after something was printed, so that a prompt can stand below it again. */
  afterPrint(callback: () => void): void;
}

const CLEAR_LINE = '\r\u001b[2K';

export function createOutput(stream: Writable, terminal: boolean): TerminalOutput {
  let printed = (): void => undefined;
  stream.on('error', () => {
    // The reader has gone (EPIPE). What is under way is on record.
  });
  return {
    afterPrint(callback) {
      printed = callback;
    },
    print(text) {
      stream.write(`${terminal ? CLEAR_LINE : ''}${text}\n`);
      printed();
    },
    progress(text) {
      stream.write(terminal ? `${CLEAR_LINE}${text.split('\n')[0] ?? ''}` : `${text}\n`);
    },
  };
}
