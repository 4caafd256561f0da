/**
 * What an exec's outcome says about reaching a member. Owns the mapping alone. A member that can't be reached is data: the words
 * that say why go into the observation, clipped, and stay hostile.
 */
import { assertNever } from '../domain/assert-never.ts';
import type { Reach } from '../domain/observation.ts';
import { clipText, decodeText } from '../lxd/parse/bytes.ts';
import { isSudoRefusal } from '../lxd/parse/sudo.ts';
import type { ExecOutcome } from '../ports/transport.ts';

/** Null when the text ran to its end and its output is to be read. */
export function reachOf(outcome: ExecOutcome): Reach | null {
  switch (outcome.kind) {
    case 'exited':
      return reachOfExit(outcome);
    case 'signalled':
      return { kind: 'lost', text: `the probe was ended by ${clipText(outcome.signal)}` };
    case 'timed-out':
      return { kind: 'timed-out', text: 'no answer in time' };
    case 'lost':
      return { kind: 'lost', text: clipText(outcome.reason) };
    case 'host-key-refused':
      return { kind: 'host-key-refused', reason: outcome.reason, text: clipText(outcome.text) };
    case 'auth-failed':
      return { kind: 'auth-failed', text: clipText(outcome.text) };
    case 'unreachable':
      return { kind: 'unreachable', text: clipText(outcome.reason) };
    default:
      return assertNever(outcome);
  }
}

function reachOfExit(outcome: Extract<ExecOutcome, { kind: 'exited' }>): Reach | null {
  const stderr = decodeText(outcome.stderr.subarray(0, 16_384));
  if (outcome.code !== 0 && isSudoRefusal(stderr)) return { kind: 'sudo-refused', text: clipText(stderr) };
  if (outcome.truncated) return { kind: 'garbled', text: 'the answer is longer than a probe’s can be' };
  if (outcome.code === 0) return null;
  const said = clipText(stderr) || clipText(decodeText(outcome.stdout.subarray(0, 2000)));
  return { kind: 'garbled', text: `exit code ${String(outcome.code)}${said === '' ? '' : `: ${said}`}` };
}
