/**
 * The log behind the port: one JSON line per message on standard error, since standard output belongs to the console's answers.
 * Owns levels, the limit of 2 kB per value, and that a broken pipe never ends the process; secrets are scrubbed from whole lines.
 */
import { inspect } from 'node:util';
import pino from 'pino';
import type { Log, LogFields } from '../../ports/system.ts';
import { createSecrets } from './secrets.ts';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LogOptions {
  readonly level: LogLevel;
  /** Takes each finished line with its newline; standard error when left out. */
  readonly write?: (line: string) => void;
}

export interface ScrubbedLog extends Log {
  /** From now on this value appears in no line, of children either. */
  registerSecret(value: string): void;
}

const LONGEST_VALUE = 2048;

export function createLog(options: LogOptions): ScrubbedLog {
  const secrets = createSecrets();
  const write = options.write ?? writeToStandardError();
  const logger = pino(
    { level: options.level, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: labelOf } },
    { write: (line: string) => write(secrets.scrub(line)) },
  );
  return { ...logOver(logger), registerSecret: (value) => secrets.register(value) };
}

function writeToStandardError(): (line: string) => void {
  const sink = pino.destination({ dest: 2, sync: true });
  sink.on('error', () => {
    // Nobody reads the log any more (EPIPE). Runs go on: their record is the store.
  });
  return (line) => {
    sink.write(line);
  };
}

function labelOf(label: string): { readonly level: string } {
  return { level: label };
}

function logOver(logger: pino.Logger): Log {
  return {
    debug: (message, fields) => logger.debug(clampFields(fields), message),
    info: (message, fields) => logger.info(clampFields(fields), message),
    warn: (message, fields) => logger.warn(clampFields(fields), message),
    error: (message, fields, cause) => logger.error({ ...clampFields(fields), ...describeCause(cause) }, message),
    child: (fields) => logOver(logger.child(clampFields(fields))),
  };
}

function clampFields(fields: LogFields = {}): LogFields {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [key, typeof value === 'string' ? clamp(value) : value]),
  );
}

/** The whole chain of causes, each clamped. A stack is kept for the first: the others stand in its text. */
function describeCause(cause: unknown): LogFields {
  if (cause === undefined) return {};
  if (!(cause instanceof Error)) return { error: clamp(typeof cause === 'string' ? cause : inspect(cause)) };
  const messages: string[] = [];
  for (let one: unknown = cause; one instanceof Error && messages.length < 5; one = one.cause) {
    messages.push(`${one.name}: ${one.message}`);
  }
  return { error: clamp(messages.join(' <- ')), stack: clamp(cause.stack ?? '') };
}

function clamp(text: string): string {
  return text.length <= LONGEST_VALUE ? text : `${text.slice(0, LONGEST_VALUE)}… (${text.length} characters)`;
}
