/**
 * What diagnosis can say. The order of `FINDING_KINDS` is the order in which findings of one severity are shown; the first
 * group is that of the design's table, then the kinds that the recovery rules add.
 */
import type { MemberName } from './ids.ts';

export const FINDING_KINDS = [
  'in-step',
  'stale-counter',
  'stale-counter-while-serving',
  'mixed-binaries',
  'latent-skew',
  'upgrade-waiting',
  'schema-newer',
  'same-count-different-version',
  'self-healing-version',
  'inventory-mismatch',
  'quorum-lost',
  'heartbeat-stale',
  'daemon-down',
  'socket-missing',
  'member-unreachable',
  'auth-failed',
  'host-key-changed',
  'sudo-refused',
  'lxd-missing',
  'not-clustered',
  'member-evacuated',
  'member-pending',
  'clock-skew',
  'patch-left-over',
  'refresh-in-progress',
  'auto-refresh-not-held',
  'disk-low',
  'probe-incomplete',
  'unknown-version',
  'running-differs-from-installed',
  'dead-row-blocks',
  'crash-loop-other-cause',
  'refresh-blocked-by-lxd',
  'schema-inconsistent',
  'local-schema-newer',
  'own-row-missing',
  'raft-damaged',
  'healing-on',
  'lxcfs-dead',
  'unit-failed-or-disabled',
  'lxd-debug',
  'recovery-tarball',
  'extension-bump-env',
  'not-a-snap',
  'held-elsewhere',
  'marker-unreadable',
  'newer-in-channel',
] as const;

export type FindingKind = (typeof FINDING_KINDS)[number];
export type Severity = 'info' | 'warning' | 'critical';

export interface Evidence {
  readonly member: MemberName;
  readonly source: 'log' | 'row' | 'binary' | 'api' | 'snap' | 'ssh';
  /** ms since the epoch, UTC: a log line's own time, else when it was read; null when unknown. */
  readonly at: number | null;
  /** One line; may contain remote text: hostile until rendered. */
  readonly text: string;
}

export interface Finding {
  readonly kind: FindingKind;
  readonly severity: Severity;
  /** Members that it is about, in configuration order. */
  readonly members: readonly MemberName[];
  /** One line, no remote text except names that were checked. */
  readonly title: string;
  /** The explanation: what happened and what each member does on its next restart. Two to six sentences, for a tired reader. */
  readonly cause: string;
  readonly evidence: readonly Evidence[];
  /** Names of API extensions that the lower binary lacks, when they are known. */
  readonly extensionsMissing: readonly string[];
  /** What to do, ending in a command that can be typed where there is one. */
  readonly next: string;
}

const SEVERITY_RANK: Readonly<Record<Severity, number>> = { critical: 0, warning: 1, info: 2 };

/** Sorted by severity, then as in FINDING_KINDS; stable. */
export function sortFindings(findings: readonly Finding[]): readonly Finding[] {
  return [...findings].sort(
    (a, b) =>
      SEVERITY_RANK[a.severity] - SEVERITY_RANK[b.severity] ||
      FINDING_KINDS.indexOf(a.kind) - FINDING_KINDS.indexOf(b.kind),
  );
}
