/**
 * What a library forgot must not end the service, and with it a run. discord.js takes its listener off a socket that is still
 * connecting, so that a connection which fails a moment later is an uncaught error (@discordjs/ws, `WebSocketShard.destroy`).
 */
import type { Log } from '../ports/system.ts';

/** What the kernel and getaddrinfo(3) say of a connection that failed. */
const CONNECTION_CODES = new Set([
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
]);

/** What `ws` throws of a handshake that failed; those errors carry no code (ws, lib/websocket.js). */
const HANDSHAKE = /^(?:Unexpected server response: \d+|Opening handshake has timed out|WebSocket was closed before )/;

/** A connection that failed, and nothing else: the state of the program is what it was. */
export function isConnectionFailure(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return CONNECTION_CODES.has(code) || code.startsWith('WS_ERR_') || HANDSHAKE.test(error.message);
}

/**
 * Logs a forgotten promise and a stray failed connection, and goes on. Any other uncaught error is logged, where secrets are
 * scrubbed, and ends the process with 1: what it left half-done is taken up by the next one.
 */
export function surviveStrayFailures(log: Pick<Log, 'error' | 'warn'>): void {
  process.on('unhandledRejection', (cause) => log.error('a promise was rejected and nobody listened', {}, cause));
  process.on('uncaughtException', (error) => {
    if (isConnectionFailure(error)) return log.warn('a connection failed and nobody listened', { text: error.message });
    log.error('an error that nobody expected; this process ends', {}, error);
    process.exit(1);
  });
}
