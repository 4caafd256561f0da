/**
 * Runs one command on an open connection and says what became of it. Owns the distinction that all safety here rests on: was
 * the command sent, and did it end? Knows no queue, no time-out and no target.
 */
import type { ClientChannel } from 'ssh2';
import { stopReasonOf } from './bound.ts';
import type { Connection } from './connection.ts';
import type { OutputCollector } from './output.ts';
import { messageOf } from './remote-text.ts';

type Exit =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'signalled'; readonly signal: string };

export type CommandResult =
  /** The command ended. `complete` is false when its output may be cut, because the channel did not close after it. */
  | { readonly kind: 'ended'; readonly exit: Exit; readonly complete: boolean }
  /** Nothing was sent. `stale`: the connection was gone, so a new one may do. */
  | { readonly kind: 'not-sent'; readonly stale: boolean; readonly reason: string }
  /** It was sent, or may have been, and nobody can say what became of it. */
  | { readonly kind: 'lost'; readonly reason: string }
  | { readonly kind: 'stopped' };

/** Resolves, never rejects. Standard input of the command is empty. */
export function runCommand(
  connection: Connection,
  command: string,
  output: OutputCollector,
  signal: AbortSignal,
): Promise<CommandResult> {
  return new Promise((resolve) => {
    let forget = (): void => undefined;
    const settled = (result: CommandResult): void => {
      forget();
      resolve(result);
    };
    const ending = createEnding(settled, signal);
    if (ending.isSettled()) return;
    try {
      connection.client.exec(command, (error, channel) => {
        if (error === undefined || error === null) attach(channel, output, ending, connection);
        else ending.settle(describeRefusal(error, connection));
      });
    } catch (error) {
      // Thrown before anything is written, when the socket is gone already.
      ending.settle({ kind: 'not-sent', stale: true, reason: messageOf(error) });
      return;
    }
    forget = connection.whenClosed((reason) => ending.lose(reason));
    if (ending.isSettled()) forget();
  });
}

interface Ending {
  isSettled(): boolean;
  settle(result: CommandResult): void;
  /** The member said how the command ended; its output may still be under way. */
  exit(exit: Exit): void;
  finish(): void;
  lose(reason: string): void;
}

function createEnding(resolve: (result: CommandResult) => void, signal: AbortSignal): Ending {
  let settled = false;
  let seen: Exit | null = null;
  const settle = (result: CommandResult): void => {
    if (settled) return;
    settled = true;
    signal.removeEventListener('abort', stop);
    resolve(result);
  };
  // A known exit takes precedence over a time-out and over a loss.
  const stop = (): void => settle(seen === null ? { kind: 'stopped' } : { kind: 'ended', exit: seen, complete: false });
  signal.addEventListener('abort', stop, { once: true });
  if (stopReasonOf(signal) !== null) stop();
  return {
    isSettled: () => settled,
    settle,
    exit: (exit) => {
      seen ??= exit;
    },
    finish: () => {
      if (seen === null) settle({ kind: 'lost', reason: 'the channel was closed without an exit status' });
      else settle({ kind: 'ended', exit: seen, complete: true });
    },
    lose: (reason) => settle(seen === null ? { kind: 'lost', reason } : { kind: 'ended', exit: seen, complete: false }),
  };
}

function attach(channel: ClientChannel, output: OutputCollector, ending: Ending, connection: Connection): void {
  channel.on('data', (chunk: Buffer) => {
    if (!ending.isSettled()) output.addStdout(chunk);
  });
  channel.stderr.on('data', (chunk: Buffer) => {
    if (!ending.isSettled()) output.addStderr(chunk);
  });
  channel.on('exit', (code: number | null, signalName?: string) => {
    if (typeof code === 'number') ending.exit({ kind: 'exited', code });
    else ending.exit({ kind: 'signalled', signal: signalName ?? 'unknown' });
  });
  channel.on('error', (error: Error) => ending.lose(messageOf(error)));
  // Standard error has its own end: an exit is not complete before both streams are drained.
  let open = 2;
  const closed = (): void => {
    open -= 1;
    // Channels close with their connection too: then it is for `whenClosed` to say what happened.
    if (open === 0 && connection.isOpen()) ending.finish();
  };
  channel.once('close', closed);
  channel.stderr.once('close', closed);
  channel.end();
}

function describeRefusal(error: Error, connection: Connection): CommandResult {
  // The server refused to open a channel, by RFC 4254 §5.1: the request to run was never made.
  if ('reason' in error) return { kind: 'not-sent', stale: false, reason: messageOf(error) };
  // ssh2's words for a loss before the channel was open.
  if (error.message === 'No response from server')
    return { kind: 'not-sent', stale: true, reason: 'the connection was lost before the command was sent' };
  // Left is "Unable to exec", which ssh2 says for a refusal and for a loss after the request: unknown, so `lost`.
  if (!connection.isOpen()) return { kind: 'lost', reason: 'the connection was lost while the command was starting' };
  return { kind: 'lost', reason: `the server did not start the command (${messageOf(error)})` };
}
