/**
 * A configured cluster: who its members are, how they are reached, who may do what. Values only; read and checked by `config/`.
 */
import type { ClusterName, MemberName } from './ids.ts';

export interface Member {
  /** As in `lxc cluster list`. */
  readonly name: MemberName;
  readonly host: string;
  readonly port: number;
}

export interface SshSettings {
  readonly user: string;
  /** Absolute path of a private key, or null when the agent is used. */
  readonly keyPath: string | null;
  readonly agent: boolean;
  /** Absolute path. An unknown or changed key is refused. */
  readonly knownHostsPath: string;
  /** Run through `sudo -n`. */
  readonly sudo: boolean;
  /** `[user@]host[:port]` of a bastion, or null. Its host key is checked against the same file. */
  readonly jump: string | null;
  /** Time allowed for connecting, in ms. */
  readonly timeoutMs: number;
}

export interface Roles {
  readonly viewers: readonly string[];
  readonly operators: readonly string[];
  readonly approvers: readonly string[];
}

export interface ApprovalPolicy {
  /** Number of approvals needed, at least 1. */
  readonly required: number;
  readonly allowRequester: boolean;
  /** Life of a pending approval, in ms. */
  readonly expiresMs: number;
  /** Whether an approval typed on the console counts: the identity there is asserted, not proven. */
  readonly console: boolean;
  /** Principals who may approve alone, with a reason. */
  readonly breakGlass: readonly string[];
}

export type Weekday = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun';

export interface ChangeWindow {
  readonly days: readonly Weekday[];
  /** `HH:MM`, in `timezone`. A window whose end is before its start runs over midnight. */
  readonly from: string;
  readonly to: string;
  readonly timezone: string;
}

/** What is left on members after runs: an ended run's back-up goes when it is both beyond the newest and old enough. */
export interface BackupPolicy {
  /** So many of the newest stay, however old, at least 1. */
  readonly keep: number;
  /** Younger ones stay, however many, in ms. */
  readonly olderThanMs: number;
}

export interface ClusterConfig {
  readonly name: ClusterName;
  readonly description: string | null;
  readonly members: readonly Member[];
  readonly ssh: SshSettings;
  readonly channels: { readonly slack: string | null; readonly discord: string | null };
  readonly roles: Roles;
  readonly approvals: ApprovalPolicy;
  readonly changeWindow: ChangeWindow | null;
  readonly backups: BackupPolicy;
  /** People who have several identities, each as all of their principals; absent when none are linked. */
  readonly people?: readonly (readonly string[])[];
  /** Period of the background watch in ms, or null when off. */
  readonly watchEveryMs: number | null;
}
