/**
 * The second net: what diagnosis found and no guard of the planner has said. A finding that stands here blocks every change of the
 * database, so a rule that diagnosis learns later is heeded without the planner knowing its details.
 */
import type { FindingKind } from '../finding.ts';
import type { RefusalCode, RefusalReason } from '../plan.ts';
import type { PlannerView } from './view.ts';

const BLOCKING: Readonly<Partial<Record<FindingKind, RefusalCode>>> = {
  'mixed-binaries': 'mixed-binaries',
  'same-count-different-version': 'mixed-binaries',
  'schema-newer': 'schema-newer',
  'schema-inconsistent': 'schema-inconsistent',
  'local-schema-newer': 'local-schema-newer',
  'inventory-mismatch': 'inventory-mismatch',
  'member-unreachable': 'member-unreachable',
  'auth-failed': 'auth-failed',
  'host-key-changed': 'host-key-changed',
  'sudo-refused': 'sudo-refused',
  'lxd-missing': 'lxd-missing',
  'not-clustered': 'not-clustered',
  'not-a-snap': 'not-a-snap',
  'member-pending': 'member-pending',
  'clock-skew': 'clock-skew',
  'patch-left-over': 'patch-left-over',
  'refresh-in-progress': 'refresh-in-progress',
  'disk-low': 'disk-low',
  'unknown-version': 'unknown-version',
  'running-differs-from-installed': 'running-differs-from-installed',
  'crash-loop-other-cause': 'crash-loop-other-cause',
  'own-row-missing': 'own-row-missing',
  'raft-damaged': 'raft-damaged',
  'lxd-debug': 'lxd-debug',
  'recovery-tarball': 'recovery-tarball',
  'extension-bump-env': 'extension-bump-env',
};

/** `except`: what the strategy is there to mend. */
export function guardFindings(view: PlannerView, except: readonly FindingKind[] = []): readonly RefusalReason[] {
  return view.input.diagnosis.findings.flatMap(({ kind, title }) => {
    const code = BLOCKING[kind];
    return code === undefined || except.includes(kind) ? [] : [{ code, text: title }];
  });
}
