/**
 * Writing to the terminal or pipe. Owns the progress line (rewritten in place on a terminal, a line like any other elsewhere), the
 * prompt that has to stay below what is printed, and that a reader who left ends nothing; answers that could not be written for
 * another reason, such as a full disk, are remembered.
 */
import type { Writable } from 'node:stream';
import type { Output } from './chat.ts';

export interface TerminalOutput extends Output {
  /** Called after something was printed, so that a prompt can stand below it again. */
  afterPrint(callback: () => void): void;
  /** Why answers were lost, such as `ENOSPC`; null when none was, or when the reader left by himself. */
  failure(): string | null;
}

const CLEAR_LINE = '\r\u001b[2K';

export function createOutput(stream: Writable, terminal: boolean): TerminalOutput {
  let printed = (): void => undefined;
  let failed: string | null = null;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // The reader has gone (EPIPE). What is under way is on record.
    if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') failed ??= error.code ?? error.message;
  });
  return {
    afterPrint(callback) {
      printed = callback;
    },
    failure: () => failed,
    print(text) {
      stream.write(`${terminal ? CLEAR_LINE : ''}${text}\n`);
      printed();
    },
    progress(text) {
      stream.write(terminal ? `${CLEAR_LINE}${text.split('\n')[0] ?? ''}` : `${text}\n`);
    },
  };
}
