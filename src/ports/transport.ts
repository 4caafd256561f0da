/**
 * Port: run one text on one member and say truthfully what became of it. Owns the outcome union and its contract; holds no
 * SSH. Implemented by `adapters/ssh`. A caller never needs a try/catch: what can go wrong with a member is a value.
 */
import type { Member, SshSettings } from '../domain/cluster.ts';

export interface ExecRequest {
  /** POSIX `sh` text out of the step catalogue. Sent as one argument to `sh -c`, through `sudo -n` where the cluster says so. */
  readonly text: string;
  /** Upper bound in ms for the whole exec, connecting included. Past it the outcome is `timed-out`. */
  readonly timeoutMs: number;
  /** Cap in bytes for standard output and for standard error each; what is beyond is dropped and `truncated` says so. Default 1 MiB. */
  readonly maxOutputBytes?: number;
}

export interface ExecOutput {
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  readonly truncated: boolean;
  /** Duration in ms, from the request to the outcome. */
  readonly durationMs: number;
}

/**
 * What became of an exec, in order of precedence: where several are true the first of this list is reported.
 * Only `exited` and `signalled` say what the remote command did. `timed-out` and `lost` mean **unknown**: the command may be
 * running still. `host-key-refused`, `auth-failed` and `unreachable` mean that nothing was sent.
 */
export type ExecOutcome =
  | ({ readonly kind: 'exited'; readonly code: number } & ExecOutput)
  | ({ readonly kind: 'signalled'; readonly signal: string } & ExecOutput)
  | ({ readonly kind: 'timed-out' } & ExecOutput)
  | ({ readonly kind: 'lost'; readonly reason: string } & ExecOutput)
  | {
      readonly kind: 'host-key-refused';
      readonly reason: HostKeyRefusal;
      readonly fingerprint: string | null;
      readonly text: string;
    }
  | { readonly kind: 'auth-failed'; readonly text: string }
  | { readonly kind: 'unreachable'; readonly reason: string };

export type HostKeyRefusal = 'unknown' | 'changed' | 'revoked' | 'known-hosts-unreadable';

/** Where a member is and how to reach it. */
export interface Target {
  readonly cluster: string;
  readonly member: Member;
  readonly ssh: SshSettings;
}

export interface Transport {
  /** Resolves, never rejects, for anything that a member, a network or a key can do. At most one exec per member is in flight; further ones queue. */
  exec(target: Target, request: ExecRequest): Promise<ExecOutcome>;
  /** Ends kept connections; execs in flight become `lost`. Idempotent. */
  close(): Promise<void>;
}
