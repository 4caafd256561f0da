/**
 * One text to one member, and what became of it in the words of a step. Owns the reading of transport outcomes: only an exit code
 * says what happened; a lost or overdue answer says nothing; a refused connection says that nothing was sent.
 */
import { assertNever } from '../domain/assert-never.ts';
import { isSudoRefusal } from '../lxd/parse/sudo.ts';
import type { PlanStep } from '../domain/plan.ts';
import type { ExecOutcome, ExecOutput, ExecRequest } from '../ports/transport.ts';
import { execLimitMs, findTarget, type RunContext } from './context.ts';
import type { LookVerdict } from './deps.ts';

/** A recorded output is at most this long. */
const TAIL_CHARS = 2_000;
const LOOK_TIMEOUT_MS = 30_000;
const SUDO_REFUSED = 'sudo refuses the login user';

export interface Sent {
  /** `not-sent`: certainly nothing ran. `retriable` with it: the member may come back in a moment. */
  readonly kind: 'done' | 'failed' | 'unknown' | 'not-sent';
  readonly retriable: boolean;
  readonly note: string;
  readonly exitCode: number | null;
  readonly output: string | null;
}

export async function sendStep(context: RunContext, step: PlanStep, text: string): Promise<Sent> {
  const outcome = await exec(context, step, { text, timeoutMs: execLimitMs(context, step) });
  return readOutcome(context, step, outcome);
}

export async function sendLook(context: RunContext, step: PlanStep): Promise<LookVerdict> {
  const text = context.deps.catalogue.lookText(step);
  const outcome = await exec(context, step, { text, timeoutMs: LOOK_TIMEOUT_MS });
  if (outcome.kind !== 'exited') return { kind: 'unknown', note: describeOutcome(outcome) };
  if (wasRefusedBySudo(outcome)) return { kind: 'unknown', note: SUDO_REFUSED };
  return context.deps.catalogue.readLook(step, outcome.stdout, outcome.code);
}

async function exec(context: RunContext, step: PlanStep, request: ExecRequest): Promise<ExecOutcome> {
  const target = findTarget(context, step.member);
  if (target === undefined) return { kind: 'unreachable', reason: 'not configured any more' };
  return context.deps.transport.exec(target, request);
}

function readOutcome(context: RunContext, step: PlanStep, outcome: ExecOutcome): Sent {
  switch (outcome.kind) {
    case 'exited': {
      if (wasRefusedBySudo(outcome)) return notSent(SUDO_REFUSED, { retriable: false });
      const { kind, note } = context.deps.catalogue.readStep(step, outcome.stdout, outcome.code);
      return { kind, retriable: false, note, exitCode: outcome.code, output: tailOf(outcome) };
    }
    case 'signalled':
    case 'timed-out':
    case 'lost':
      return {
        kind: 'unknown',
        retriable: false,
        note: describeOutcome(outcome),
        exitCode: null,
        output: tailOf(outcome),
      };
    case 'unreachable':
    case 'auth-failed':
    case 'host-key-refused':
      return notSent(describeOutcome(outcome), { retriable: outcome.kind === 'unreachable' });
    default:
      return assertNever(outcome);
  }
}

function notSent(why: string, { retriable }: { readonly retriable: boolean }): Sent {
  return { kind: 'not-sent', retriable, note: `${why}; nothing was sent`, exitCode: null, output: null };
}

/** No text calls sudo itself, and one that came to its end says so on standard output: then it is sudo that spoke, and nothing ran. */
function wasRefusedBySudo(outcome: Extract<ExecOutcome, { kind: 'exited' }>): boolean {
  return outcome.code !== 0 && outcome.stdout.length === 0 && isSudoRefusal(textOfBytes(outcome.stderr));
}

function describeOutcome(outcome: ExecOutcome): string {
  switch (outcome.kind) {
    case 'exited':
      return `exit code ${outcome.code}`;
    case 'signalled':
      return `the command was ended by ${outcome.signal}`;
    case 'timed-out':
      return 'no answer in time';
    case 'lost':
      return 'the connection was lost';
    case 'unreachable':
      return 'no connection';
    case 'auth-failed':
      return 'SSH refused the login';
    case 'host-key-refused':
      return `the host key is ${outcome.reason}`;
    default:
      return assertNever(outcome);
  }
}

function tailOf({ stdout, stderr }: ExecOutput): string | null {
  const both = [textOfBytes(stdout), textOfBytes(stderr)].filter((text) => text.trim() !== '').join('\n');
  return both === '' ? null : both.slice(-TAIL_CHARS);
}

/** Bytes that are no UTF-8 become replacement characters. */
function textOfBytes(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
