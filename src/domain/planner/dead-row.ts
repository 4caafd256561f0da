/**
 * `unblock-dead-row`, the break-glass strategy (recovery rules): nobody serves because the row of one member that is gone differs
 * from all others. Owns what proves that, and the view in which that one row is the only thing to change. It is a claim about
 * the row and never about the member: that the member will not come back only a person can know.
 *
 * Which member is given up is never guessed: it is the one configured member that can't be reached, and with two there is none.
 */
import { newestFatal, waitsFor } from '../diagnose/log.ts';
import type { NodeRow } from '../observation.ts';
import type { RefusalReason } from '../plan.ts';
import { guardFindings } from './guard-findings.ts';
import { guardHealth } from './guard-health.ts';
import { guardMembers } from './guard-members.ts';
import { guardTrack, guardVersionsOfDeadRow } from './guard-versions.ts';
import { ofCount, whereTrue, when, withoutRepeats } from './reasons.ts';
import { commonBinary, inPhase, namesOf, type PlannerView, type ReachedMember } from './view.ts';

/** Whoever was heard of by LXD within this is not dead, whatever SSH says. Three times LXD's own default patience. */
const SILENT_MS = 60_000;

interface Dead {
  readonly member: PlannerView['members'][number]['member'];
  readonly row: NodeRow;
}

/** The one unreachable member, with its row; null when that is not exactly one. */
function findDead(view: PlannerView): Dead | null {
  const unreached = view.members.filter(({ facts }) => facts === null);
  const [only, another] = unreached;
  if (only === undefined || another !== undefined || only.row === null) return null;
  return { member: only.member, row: only.row };
}

/** With the binary that the living share. */
export function requireDead(view: PlannerView): Dead & { readonly binary: NonNullable<PlannerView['binary']> } {
  const dead = findDead(view);
  if (dead === null || view.binary === null) throw new Error('unblock-dead-row was planned without a dead member');
  return { ...dead, binary: view.binary };
}

/** As if only the living counted: their binary is the common one, and the dead member's row is all that is to be changed. */
export function deadRowView(view: PlannerView): PlannerView {
  const binary = commonBinary(view.reached);
  const row = findDead(view)?.row ?? null;
  const isOdd = row !== null && binary !== null && row.apiExtensions !== binary.extensions;
  return { ...view, binary, stale: isOdd && row.state === 'created' ? [row] : [] };
}

export function reasonsAgainstDeadRow(whole: PlannerView): readonly RefusalReason[] {
  const view = deadRowView(whole);
  const first = [...guardDead(view), ...guardNobodyServes(view)];
  if (first.length > 0) return withoutRepeats(first);
  const found = withoutRepeats([
    ...guardMembers(view).filter(({ code }) => code !== 'member-unreachable'),
    ...guardVersionsOfDeadRow(view),
    ...guardSchemas(view),
    ...(raises(view) ? [] : guardTrack(view)),
    ...guardOtherRows(view),
    ...guardCause(view),
    ...guardHealth(view),
    ...guardFindings(view, ['member-unreachable']),
  ]);
  return found.length > 0 ? found : guardOdd(view);
}

/** The row goes up: the dead member was left behind by an upgrade. */
export function raises(view: PlannerView): boolean {
  const count = findDead(view)?.row.apiExtensions ?? null;
  return count !== null && view.binary !== null && count < view.binary.extensions;
}

function guardDead(view: PlannerView): readonly RefusalReason[] {
  const unreached = view.members.filter(({ facts }) => facts === null);
  if (unreached.length === 0) {
    return [
      { code: 'member-not-dead', text: 'Every configured member answers: no row of a dead member can be in the way.' },
    ];
  }
  if (unreached.length > 1) {
    const text = `${namesOf(unreached)} did not answer. Only one member can be given up, and which one must be beyond doubt.`;
    return [{ code: 'member-unreachable', text }];
  }
  return [
    ...whereTrue(
      unreached,
      ({ member }) => !isSilent(view, member),
      'member-not-dead',
      (names) => `The host of ${names} answers, only not with what is needed: it is not dead, and its LXD may run.`,
    ),
    ...whereTrue(
      unreached,
      ({ row }) => isHeardOf(view, row),
      'member-not-dead',
      (names) => `LXD has heard of ${names} within the last minute: it is not dead, only not reached from here.`,
    ),
  ];
}

function isSilent(view: PlannerView, member: string): boolean {
  const reach = view.input.observation.members.find((one) => one.member === member)?.reach.kind;
  return reach === 'unreachable' || reach === 'timed-out';
}

function isHeardOf(view: PlannerView, row: NodeRow | null): boolean {
  const at = row?.heartbeatMs ?? null;
  return at !== null && view.input.observation.endedAt - at < SILENT_MS;
}

/** Where somebody serves there are gentler ways: removal through LXD itself, and the live database. */
function guardNobodyServes(view: PlannerView): readonly RefusalReason[] {
  return [
    ...whereTrue(
      inPhase(view, 'serving'),
      () => true,
      'somebody-serves',
      (names, count) =>
        `${names} ${ofCount(count, 'serves', 'serve')}: a dead member is removed there by LXD itself, and rows are corrected with sql-live.`,
    ),
    ...whereTrue(
      inPhase(view, 'stopped'),
      () => true,
      'nobody-crash-loops',
      (names) => `LXD on ${names} is stopped. Whether the dead member's row is in the way shows only once it runs.`,
    ),
  ];
}

function guardSchemas(view: PlannerView): readonly RefusalReason[] {
  const schema = view.binary?.schema ?? null;
  const rows = view.rows;
  if (schema === null || rows === null) return [];
  const database = rows.databaseSchema;
  const highest = Math.max(database ?? 0, ...rows.rows.map((row) => row.schema));
  return [
    ...when(database === null, 'probe-incomplete', "The database's own schema version could not be read."),
    ...when(
      highest > schema,
      'schema-newer',
      `The database or a row has schema ${highest}, and this LXD knows ${schema}: only forward.`,
    ),
    ...when(
      highest <= schema && (database !== schema || rows.rows.some((row) => row.schema !== schema)),
      'schema-inconsistent',
      `A row or the database has another schema than ${schema}, which all living members have: only counts may be corrected.`,
    ),
  ];
}

/** Their own rows are what a file of LXD's own or an upgrade of all puts right, not this. */
function guardOtherRows(view: PlannerView): readonly RefusalReason[] {
  const extensions = view.binary?.extensions ?? null;
  return whereTrue(
    extensions === null ? [] : view.reached,
    ({ row }) => row !== null && row.apiExtensions !== extensions,
    'several-odd-rows',
    (names) =>
      `The row of ${names} does not hold what LXD there has either: it is not the dead member's row alone that is in the way.`,
  );
}

/** Each of them has to say that another row holds it back, and in the direction in which the dead row differs. */
function guardCause(view: PlannerView): readonly RefusalReason[] {
  const up = raises(view);
  return whereTrue(
    inPhase(view, 'crash-looping', 'waiting'),
    (member) => !isHeldBack(member, up),
    'crash-loop-other-cause',
    (names, count) =>
      `It is not proven that ${names} ${ofCount(count, 'is', 'are')} held back by the row of the member that is gone.`,
  );
}

function isHeldBack({ phase, facts, hasFix }: ReachedMember, up: boolean): boolean {
  if (phase === 'crash-looping') return !up && newestFatal(facts)?.pattern === 'behind_fatal';
  return waitsFor(facts) === 'versions' && (up || hasFix === true);
}

function guardOdd(view: PlannerView): readonly RefusalReason[] {
  const dead = findDead(view);
  if (dead === null || view.stale.length > 0) return [];
  const text =
    dead.row.state === 'created'
      ? `The row of ${dead.member} holds what all others have: it is in nobody's way.`
      : `${dead.member} is ${dead.row.state}: LXD does not compare itself with its row.`;
  return [{ code: 'strategy-not-available', text }];
}
