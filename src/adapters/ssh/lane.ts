/**
 * One member: its queue, its kept connection, and the outcome of each exec. At most one exec is in flight; the next one starts
 * when the one before has its outcome. Owns the precedence of outcomes; the facts come from `run-command.ts` and `connector.ts`.
 */
import { shellQuote } from '../../lxd/shell.ts';
import type { Clock, Log, Timers } from '../../ports/system.ts';
import type { ExecOutcome, ExecOutput, ExecRequest, Target } from '../../ports/transport.ts';
import { assertNever } from '../../domain/assert-never.ts';
import { stopReasonOf, withBound } from './bound.ts';
import { type ConnectFailure, unreachable } from './connect-failure.ts';
import type { Connection } from './connection.ts';
import type { Connector } from './connector.ts';
import { type OutputCollector, createOutputCollector } from './output.ts';
import { type CommandResult, runCommand } from './run-command.ts';

export interface Lane {
  exec(target: Target, request: ExecRequest): Promise<ExecOutcome>;
  /** Ends the kept connection; waits for nothing. */
  close(): void;
}

export interface LaneDependencies {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  readonly connector: Connector;
  readonly life: AbortSignal;
}

/** 1 MiB: the port's default. */
const DEFAULT_MAX_OUTPUT_BYTES = 1024 * 1024;

interface Attempt {
  readonly result: CommandResult | ConnectFailure;
  readonly signal: AbortSignal;
}

interface Kept {
  readonly connection: Connection;
  /** What the connection was made for: a changed configuration must not go on over an old one. */
  readonly address: string;
}

export function createLane(dependencies: LaneDependencies): Lane {
  const { clock, timers, log, connector, life } = dependencies;
  let tail: Promise<unknown> = Promise.resolve();
  let kept: Kept | null = null;

  function drop(): void {
    kept?.connection.destroy();
    kept = null;
  }

  function findKept(target: Target): Connection | null {
    if (kept === null) return null;
    if (kept.connection.isOpen() && kept.address === addressOf(target)) return kept.connection;
    drop();
    return null;
  }

  async function attempt(target: Target, command: string, output: OutputCollector, signal: AbortSignal) {
    const old = findKept(target);
    if (old !== null) {
      const result = await runCommand(old, command, output, signal);
      // Nothing was sent over a connection that had died unnoticed: a new one is no retry of the command.
      if (result.kind !== 'not-sent' || !result.stale) return result;
      drop();
    }
    const fresh = await connector.connect(target, signal);
    if (!fresh.ok) return fresh.error;
    kept = { connection: fresh.value, address: addressOf(target) };
    log.debug('ssh connected', { member: target.member.name });
    return await runCommand(fresh.value, command, output, signal);
  }

  async function run(target: Target, request: ExecRequest, requestedMs: number): Promise<ExecOutcome> {
    if (life.aborted) return unreachable('Lockstep is closing its connections');
    const output = createOutputCollector(request.maxOutputBytes ?? DEFAULT_MAX_OUTPUT_BYTES);
    const command = commandFor(target, request.text);
    const { result, signal } = await withBound(timers, request.timeoutMs, life, async (bound): Promise<Attempt> => {
      return { result: await attempt(target, command, output, bound), signal: bound };
    });
    // A channel that was left open would sit on the connection, and its late output in the next exec's way.
    if (result.kind !== 'ended' || !result.complete) drop();
    const outcome = outcomeOf(result, signal, (complete) => ({
      stdout: output.stdout(),
      stderr: output.stderr(),
      truncated: output.truncated() || !complete,
      durationMs: clock.monotonicMs() - requestedMs,
    }));
    if (outcome.kind === 'lost') log.warn('ssh exec lost', { member: target.member.name, reason: outcome.reason });
    else log.debug('ssh exec', { member: target.member.name, outcome: outcome.kind });
    return outcome;
  }

  return {
    exec: (target, request) => {
      const requestedMs = clock.monotonicMs();
      const turn = tail.then(() => run(target, request, requestedMs));
      tail = turn.catch(() => undefined);
      return turn;
    },
    close: drop,
  };
}

/** The command line for the member's login shell, which has to be a POSIX one. */
function commandFor(target: Target, text: string): string {
  const shell = `sh -c ${shellQuote(text)}`;
  return target.ssh.sudo ? `sudo -n -- ${shell}` : shell;
}

function addressOf({ member, ssh }: Target): string {
  const { user, keyPath, agent, knownHostsPath, jump } = ssh;
  return JSON.stringify([member.host, member.port, user, keyPath, agent, knownHostsPath, jump]);
}

function outcomeOf(
  result: CommandResult | ConnectFailure,
  signal: AbortSignal,
  outputOf: (complete: boolean) => ExecOutput,
): ExecOutcome {
  if (result.kind === 'ended') return { ...result.exit, ...outputOf(result.complete) };
  const stopped = stopReasonOf(signal);
  if (stopped === 'expired') return { kind: 'timed-out', ...outputOf(false) };
  switch (result.kind) {
    case 'stopped':
      return { kind: 'lost', reason: 'closed by Lockstep', ...outputOf(false) };
    case 'lost':
      return { kind: 'lost', reason: result.reason, ...outputOf(false) };
    case 'not-sent':
      return unreachable(result.reason);
    case 'host-key-refused':
    case 'auth-failed':
      return result;
    case 'unreachable':
      return stopped === 'closed' ? unreachable('Lockstep is closing its connections') : result;
    default:
      return assertNever(result);
  }
}
