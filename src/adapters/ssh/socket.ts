/** Opens one TCP connection, without Nagle's delay, or says why not in words. Resolves, never rejects. */
import { type Socket, connect } from 'node:net';
import { type Result, err, ok } from '../../domain/result.ts';
import { messageOf, propertyOf } from './remote-text.ts';

export async function openSocket(host: string, port: number, signal: AbortSignal): Promise<Result<Socket, string>> {
  if (signal.aborted) return err('stopped');
  const socket = connect({ host, port, noDelay: true });
  return await new Promise((resolve) => {
    const settle = (result: Result<Socket, string>): void => {
      signal.removeEventListener('abort', stop);
      resolve(result);
    };
    const stop = (): void => {
      socket.destroy();
      settle(err('stopped'));
    };
    signal.addEventListener('abort', stop, { once: true });
    socket.once('connect', () => settle(ok(socket)));
    // Stays attached for the socket's life: a reset while nobody else listens would end the process.
    socket.on('error', (error) => settle(err(describeSocketError(error, host, port))));
  });
}

function describeSocketError(error: Error, host: string, port: number): string {
  const code = propertyOf(error, 'code') ?? propertyOf(firstOf(error), 'code') ?? '';
  switch (code) {
    case 'ECONNREFUSED':
      return `connection to ${host}:${port} refused: nothing listens there`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_NODATA':
      return `the name ${host} can't be resolved (${code})`;
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return `no route to ${host}:${port} (${code})`;
    case 'ETIMEDOUT':
      return `no answer from ${host}:${port} (ETIMEDOUT)`;
    default:
      return `connection to ${host}:${port} failed (${messageOf(error)})`;
  }
}

/** A name with several addresses fails with an AggregateError; the first address tells enough. */
function firstOf(error: Error): unknown {
  return error instanceof AggregateError ? error.errors[0] : undefined;
}
