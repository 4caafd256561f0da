/** What one could type after a look at a cluster. Pure; chooses a command, judges nothing. */
import type { FindingKind, Severity } from '../../domain/finding.ts';

const NO_RECOVERY: ReadonlySet<FindingKind> = new Set([
  'member-unreachable',
  'auth-failed',
  'host-key-changed',
  'sudo-refused',
  'lxd-missing',
  'not-clustered',
  'not-a-snap',
  'probe-incomplete',
]);

export interface FindingHead {
  readonly kind: FindingKind;
  readonly severity: Severity;
}

/** Nothing wrong: the history. Something that Lockstep can't reach: doctor. Otherwise the explanation, then the recovery. */
export function commandsAfterStatus(cluster: string, findings: readonly FindingHead[]): readonly string[] {
  const worst = findings[0];
  if (worst === undefined || worst.kind === 'in-step') return [`timeline ${cluster}`];
  if (NO_RECOVERY.has(worst.kind)) return ['doctor', `explain ${cluster}`];
  if (worst.severity === 'info' || isUnsure(findings)) return [`explain ${cluster}`];
  return [`explain ${cluster}`, `recover ${cluster}`];
}

export function commandsAfterExplanation(cluster: string, findings: readonly FindingHead[]): readonly string[] {
  const worst = findings[0];
  if (worst === undefined || worst.kind === 'in-step') return [`timeline ${cluster}`];
  if (NO_RECOVERY.has(worst.kind) || isUnsure(findings)) return ['doctor'];
  return worst.severity === 'info' ? [`status ${cluster}`] : [`recover ${cluster}`];
}

/** Which host is which member is not settled: every change would be refused, whatever else is found. */
function isUnsure(findings: readonly FindingHead[]): boolean {
  return findings.some(({ kind }) => kind === 'inventory-mismatch');
}
