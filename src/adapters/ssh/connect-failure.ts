/** What can go wrong before anything is sent: the outcomes of the port that mean "nothing was sent". */
import type { ExecOutcome, HostKeyRefusal } from '../../ports/transport.ts';

export type ConnectFailure = Extract<ExecOutcome, { kind: 'host-key-refused' | 'auth-failed' | 'unreachable' }>;

export function unreachable(reason: string): ConnectFailure {
  return { kind: 'unreachable', reason };
}

export function authFailed(text: string): ConnectFailure {
  return { kind: 'auth-failed', text };
}

export function hostKeyRefused(reason: HostKeyRefusal, fingerprint: string | null, text: string): ConnectFailure {
  return { kind: 'host-key-refused', reason, fingerprint, text };
}
