/**
 * Ports for what a pure program can't have by itself: time, randomness, timers, a log. Everything outside `adapters`,
 * `rehearsal` and the composition root takes them from here, so that tests own the clock.
 */
export interface Clock {
  /** Wall clock, ms since the epoch, UTC. */
  nowMs(): number;
  /** Monotonic, ms, for durations. */
  monotonicMs(): number;
}

export interface Ids {
  /** `r` and six characters of [0-9a-z]. */
  runId(): string;
  /** `i` and six characters of [0-9a-z]. */
  incidentId(): string;
  /** An opaque one-use token, 128 bits or more, URL-safe. */
  token(): string;
  /** A message id, unique within the installation. */
  messageId(): string;
}

export interface Timers {
  /** Resolves after `ms`, or at once with `aborted` when the signal fires. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<'elapsed' | 'aborted'>;
}

export type LogFields = Readonly<Record<string, string | number | boolean | null>>;

/** Static messages, fields for what varies; never remote output above 2 kB, never a secret. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields, cause?: unknown): void;
  child(fields: LogFields): Log;
}
