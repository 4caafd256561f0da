/**
 * The stages of each strategy (recovery rules). Steps of a stage run side by side, stages one after the other. Owns order
 * and waits; the texts that a member runs are made elsewhere from these values.
 */
import { requireRunId, type RunId } from '../ids.ts';
import type { PatchParams, PlanStage, StepCall } from '../plan.ts';
import { numbered, SQL_LIFE_S, type StageDraft } from './steps.ts';
import { deadRowView, raises } from './dead-row.ts';
import { healingInFile, withHealing } from './healing.ts';
import { liveStatements, livingAfterSql, requireWriter } from './live-rows.ts';
import { movedRows, stayingWriter, type Move } from './move.ts';
import { patchParams } from './patch.ts';
import { inPhase, type PlannerView, type ReachedMember } from './view.ts';

/** Stands in a plan that is only shown. */
const UNNAMED_RUN = requireRunId('r000000');

/** Waits in s. A crash loop turns every few seconds; a waiting daemon looks again after a minute at the latest. */
const CONSUME_S = 60;
const CONSUME_WAITING_S = 90;
const READY_S = 90;
/** The unit's own stop may take 320 s, and snapd may have to download first. */
const REFRESH_S = 900;
const PATCH_LIFE_S = 300;
const READY_AFTER_START_S = 150;
/** LXD's default of `core.shutdown_timeout`, in minutes. */
const DEFAULT_SHUTDOWN_MIN = 5;
const SHUTDOWN_SLACK_S = 120;
/** The unit's own `TimeoutStopSec`, 600 s, and room for the sockets. */
const STOP_PLAIN_S = 620;

export function sqlLiveStages(view: PlannerView): readonly PlanStage[] {
  const run = view.input.run ?? UNNAMED_RUN;
  const writer = requireWriter(view);
  const statements = liveStatements(view, SQL_LIFE_S);
  const members = livingAfterSql(view);
  return safely(view, [
    backUp(view, run, false),
    liveSql(writer, run, statements),
    { title: 'Wait until LXD is ready', members, callFor: () => ({ kind: 'await-ready', waitS: READY_S }) },
  ]);
}

export function patchInPlaceStages(view: PlannerView): readonly PlanStage[] {
  const run = view.input.run ?? UNNAMED_RUN;
  const patch = requirePatch(patchParams(view, 300));
  const chosen = chooseLooper(view);
  return safely(view, [
    backUp(view, run, false),
    writePatch([chosen], run, patch),
    awaitConsumed([chosen]),
    awaitReady(view, READY_S),
    removePatch(view, run),
  ]);
}

/**
 * On every living member: with one voter gone the others need each other for a majority, and one that has no file of its own may
 * fail and go while another one's transaction is under way. The file may be taken at different moments; the guard makes all but
 * the first do nothing.
 */
export function deadRowStages(whole: PlannerView): readonly PlanStage[] {
  const view = deadRowView(whole);
  const run = view.input.run ?? UNNAMED_RUN;
  const params = requirePatch(patchParams(view, 300));
  const patch: PatchParams = raises(view) ? { ...params, mayRaise: true } : params;
  return safely(view, [
    backUp(view, run, false),
    writePatch(view.reached, run, patch),
    awaitConsumed(view.reached, CONSUME_WAITING_S),
    awaitReady(view, READY_S),
    removePatch(view, run),
  ]);
}

export function stopPatchStartStages(view: PlannerView): readonly PlanStage[] {
  const run = view.input.run ?? UNNAMED_RUN;
  const patch = requirePatch(patchParams(view, 600));
  const unheld = view.reached.filter(({ facts }) => facts.snap?.held === false);
  return safely(view, [
    { title: 'Hold refreshes', members: unheld, callFor: () => ({ kind: 'hold-refreshes' }) },
    {
      title: 'Stop LXD and its sockets',
      members: toStop(view),
      callFor: (member) => stopCall(view, member),
    },
    backUp(view, run, true),
    writePatch(view.reached, run, patch),
    { title: 'Start all members together', members: view.reached, callFor: () => ({ kind: 'start' }) },
    awaitConsumed(view.reached),
    awaitReady(view, READY_AFTER_START_S),
    removePatch(view, run),
    { title: 'Release the hold', members: unheld, callFor: () => ({ kind: 'release-hold' }) },
  ]);
}

/** To one build: all of them side by side, then what the rows need. */
export function moveStages(view: PlannerView, move: Move, hold: boolean): readonly PlanStage[] {
  const run = view.input.run ?? UNNAMED_RUN;
  const unheld = view.reached.filter(({ facts }) => hold && facts.snap?.held === false);
  return safely(view, [
    { title: 'Hold refreshes', members: unheld, callFor: () => ({ kind: 'hold-refreshes' }) },
    backUp(view, run, false),
    {
      title: 'Refresh LXD, all at the same time',
      members: move.moving.map(({ member }) => member),
      callFor: (member) => ({ kind: 'refresh', revision: revisionFor(move, member), waitS: REFRESH_S }),
    },
    ...rowStages(view, move, run),
  ]);
}

/** The file of another run, before LXD takes it; its absence is asserted on every member. */
export function removeStages(view: PlannerView, run: RunId): readonly PlanStage[] {
  return numbered([removePatch(view, run)]);
}

function rowStages(view: PlannerView, move: Move, run: RunId): readonly StageDraft[] {
  const ready = awaitReady(view, move.rowsNeed === 'patch' ? READY_S : READY_AFTER_START_S);
  const writer = stayingWriter(view, move.moving);
  if (move.rowsNeed === 'sql' && writer !== null) {
    return [liveSql(writer, run, [movedRows(move, SQL_LIFE_S)]), ready];
  }
  if (move.rowsNeed !== 'patch') return [ready];
  return [
    {
      title: 'Check that all have it and nobody serves',
      members: view.reached,
      callFor: (member) => ({ kind: 'check-refreshed', revision: revisionFor(move, member) }),
    },
    writePatch(view.reached.filter(isVoter).slice(0, 1), run, {
      ...movedRows(move, PATCH_LIFE_S),
      ...healingInFile(view),
    }),
    awaitConsumed(view.reached.filter(isVoter).slice(0, 1)),
    ready,
    removePatch(view, run),
  ];
}

function revisionFor({ target }: Move, { member, architecture }: ReachedMember): string {
  const revision = target.revisions.get(architecture ?? '');
  if (revision === undefined) throw new Error(`no revision for the architecture of ${member}`);
  return revision;
}

function isVoter({ facts }: ReachedMember): boolean {
  return (
    facts.raft === null ||
    facts.raft.length === 0 ||
    facts.raft.some(({ address, role }) => role === 'voter' && address === facts.clusterAddress)
  );
}

/** A crash-looping voter, since voters are up when there is a leader at all; else the first that crash-loops. */
export function chooseLooper(view: PlannerView): ReachedMember {
  const loopers = inPhase(view, 'crash-looping');
  const voter = loopers.find(({ facts }) =>
    facts.raft?.some(({ address, role }) => role === 'voter' && address === facts.clusterAddress),
  );
  const chosen = voter ?? loopers[0];
  if (chosen === undefined) throw new Error('patch-in-place was planned without a crash-looping member');
  return chosen;
}

/** A stopped member too: a client of its socket would start it in the middle of the back-up. */
function toStop(view: PlannerView): readonly ReachedMember[] {
  return view.reached.filter(({ phase, facts }) => phase !== 'stopped' || facts.stopKnowsCrashed === true);
}

function stopCall(view: PlannerView, { phase, facts }: ReachedMember): StepCall {
  if (phase !== 'serving') return { kind: 'stop-not-ready' };
  if (view.input.instances === 'stop') return { kind: 'stop-plain', waitS: STOP_PLAIN_S };
  const minutes = facts.settings?.shutdownTimeoutMin ?? DEFAULT_SHUTDOWN_MIN;
  return { kind: 'stop-serving', waitS: minutes * 60 + SHUTDOWN_SLACK_S };
}

function backUp(view: PlannerView, run: RunId, consistent: boolean): StageDraft {
  return {
    title: consistent
      ? 'Check that LXD is stopped, and back up the database directory'
      : 'Back up the database directory',
    members: view.reached,
    callFor: () => ({ kind: 'back-up', run, consistent }),
  };
}

function liveSql(writer: ReachedMember, run: RunId, statements: readonly PatchParams[]): StageDraft {
  return {
    title: 'Correct the rows in the live database',
    members: [writer],
    callFor: () => ({ kind: 'run-sql', run, statements }),
  };
}

function writePatch(members: readonly ReachedMember[], run: RunId, patch: PatchParams): StageDraft {
  return {
    title: 'Write the guarded patch',
    members,
    callFor: () => ({ kind: 'write-patch', run, patch }),
  };
}

function awaitConsumed(members: readonly ReachedMember[], waitS = CONSUME_S): StageDraft {
  return {
    title: 'Wait until LXD has taken the patch',
    members,
    callFor: () => ({ kind: 'await-patch-consumed', waitS }),
  };
}

function awaitReady(view: PlannerView, waitS: number): StageDraft {
  return {
    title: 'Wait until every member is ready',
    members: view.reached,
    callFor: () => ({ kind: 'await-ready', waitS }),
  };
}

function removePatch(view: PlannerView, run: RunId): StageDraft {
  return {
    title: 'Make sure that no patch file is left',
    members: view.reached,
    callFor: () => ({ kind: 'remove-patch', run }),
  };
}

function safely(view: PlannerView, drafts: readonly StageDraft[]): readonly PlanStage[] {
  return numbered(withHealing(view, drafts));
}

function requirePatch(patch: PatchParams | null): PatchParams {
  if (patch === null || patch.rowIds.length === 0) throw new Error('a patch was planned without rows to change');
  return patch;
}
