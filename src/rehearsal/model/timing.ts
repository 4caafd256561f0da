/**
 * How long things take in the simulation, in ms. Start-up and restart are those of a small real cluster; the two waits of the
 * snap's stop script (5 and 9 minutes on a real host) are shortened, and so is nothing else.
 */
export interface Timing {
  /** Process start to answering on the unix socket. */
  readonly listenMs: number;
  /** Process start to the first look for a leader; a pseudo-random part of `jitterMs` comes on top. */
  readonly connectMs: number;
  readonly jitterMs: number;
  readonly retryMs: number;
  readonly electionMs: number;
  readonly transactionMs: number;
  /** Check passed to ready. */
  readonly readyMs: number;
  /** Failed check to exit. */
  readonly failMs: number;
  readonly cleanExitMs: number;
  readonly instanceStopMs: number;
  /** systemd's RestartSec plus the start script. */
  readonly restartMs: number;
  readonly recheckMs: number;
  readonly heartbeatMs: number;
  readonly offlineMs: number;
  readonly stopShutdownMs: number;
  readonly stopRefreshMs: number;
  /** systemd's start limit, or null: a real daemon's start takes long enough to stay below it. */
  readonly startLimit: { readonly starts: number; readonly withinMs: number } | null;
  readonly outOfDateMs: number;
}

export const TIMING: Timing = {
  listenMs: 250,
  connectMs: 600,
  jitterMs: 400,
  retryMs: 300,
  electionMs: 200,
  transactionMs: 4,
  readyMs: 400,
  failMs: 300,
  cleanExitMs: 400,
  instanceStopMs: 800,
  restartMs: 300,
  recheckMs: 60_000,
  heartbeatMs: 10_000,
  offlineMs: 20_000,
  stopShutdownMs: 15_000,
  stopRefreshMs: 15_000,
  startLimit: null,
  outOfDateMs: 30_000,
};
