/**
 * Words that stand in the store, in JSON output and in the scripts of others. One may come; one that goes or changes its spelling leaves
 * rows behind that nobody can read.
 */
import { expect, test } from 'vitest';
import { FINDING_KINDS } from '../../src/domain/finding.ts';
import { INCIDENT_ORIGINS, INCIDENT_SEVERITIES, INCIDENT_STATES } from '../../src/domain/incident.ts';
import { REFUSAL_CODES, STRATEGIES } from '../../src/domain/plan.ts';
import { PROBLEM_CODES } from '../../src/domain/problem.ts';
import { RUN_STATES, STEP_STATES } from '../../src/domain/run.ts';
import { MEMBER_STATES, TIMELINE_KINDS } from '../../src/domain/timeline.ts';

test.each<[string, readonly string[], string]>([
  [
    'FINDING_KINDS',
    FINDING_KINDS,
    `in-step stale-counter stale-counter-while-serving mixed-binaries latent-skew upgrade-waiting
     schema-newer same-count-different-version self-healing-version inventory-mismatch quorum-lost
     heartbeat-stale daemon-down socket-missing member-unreachable auth-failed host-key-changed
     sudo-refused lxd-missing not-clustered member-evacuated member-pending clock-skew patch-left-over
     refresh-in-progress auto-refresh-not-held disk-low probe-incomplete unknown-version
     running-differs-from-installed dead-row-blocks crash-loop-other-cause refresh-blocked-by-lxd
     schema-inconsistent local-schema-newer own-row-missing raft-damaged healing-on lxcfs-dead
     unit-failed-or-disabled lxd-debug recovery-tarball extension-bump-env not-a-snap held-elsewhere
     marker-unreadable newer-in-channel`,
  ],
  [
    'TIMELINE_KINDS',
    TIMELINE_KINDS,
    `finding-appeared finding-cleared status-read plan-drafted plan-refused approval-asked approval-given
     approval-refused rejected expired run-started run-stale step-started step-done step-failed
     step-unknown verified verify-failed run-paused run-resumed run-ended abort-asked lockstep-started
     incident-opened incident-acknowledged incident-mitigated incident-resolved incident-reopened
     incident-lead member-state revision-changed not-seen watch-said note`,
  ],
  ['MEMBER_STATES', MEMBER_STATES, 'serving waiting crash-looping stopped patched unreachable unknown'],
  [
    'RUN_STATES',
    RUN_STATES,
    `drafted awaiting-approval approved running paused succeeded failed rolled-back aborted rejected
     expired superseded stale`,
  ],
  ['STEP_STATES', STEP_STATES, 'pending started done failed unknown'],
  [
    'STRATEGIES',
    STRATEGIES,
    'sql-live patch-in-place stop-patch-start align-revision planned-downgrade rollback unblock-dead-row',
  ],
  [
    'REFUSAL_CODES',
    REFUSAL_CODES,
    `in-step mixed-binaries schema-newer schema-inconsistent local-schema-newer quorum-lost lxd-debug
     patch-left-over recovery-tarball crossing-tracks member-unreachable auth-failed host-key-changed
     sudo-refused unknown-version healing-on disk-low inventory-mismatch not-clustered lxd-missing
     not-a-snap upgrade-waiting latent-skew roll-forward self-healing-version crash-loop-other-cause
     refresh-in-progress member-pending running-differs-from-installed clock-skew probe-incomplete
     nobody-crash-loops somebody-serves somebody-waits stop-unsafe extension-bump-env held-elsewhere
     marker-unreadable raft-damaged own-row-missing strategy-not-available confirm-stop run-active
     not-allowed own-approval console-approval-disallowed already-decided expired stale
     outside-change-window no-pending-run ambiguous-run ambiguous-incident rollback-not-possible
     member-not-dead several-odd-rows break-glass-required`,
  ],
  [
    'PROBLEM_CODES',
    PROBLEM_CODES,
    `unknown-command unknown-cluster unknown-member unknown-option unknown-run ambiguous-run
     unknown-incident ambiguous-incident bad-argument missing-argument line-too-long control-characters empty not-allowed
     duplicate data-in-use data-unwritable data-full data-newer data-corrupt config-invalid
     not-implemented-here internal`,
  ],
  ['INCIDENT_STATES', INCIDENT_STATES, 'open acknowledged mitigated resolved'],
  ['INCIDENT_SEVERITIES', INCIDENT_SEVERITIES, 'critical major minor'],
  ['INCIDENT_ORIGINS', INCIDENT_ORIGINS, 'person recover watch'],
])('%s loses no word', (_name, known, words) => {
  expect(known).toEqual(expect.arrayContaining(words.split(/\s+/)));
  expect(new Set(known).size).toBe(known.length);
});
