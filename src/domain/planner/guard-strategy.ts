/**
 * Guards that belong to one strategy, asked after the common ones: what the daemons are doing must be what that strategy is for.
 */
import type { RefusalReason } from '../plan.ts';
import { ofCount, whereTrue, when } from './reasons.ts';
import { inPhase, namesOf, type PlannerView } from './view.ts';

/** There must be a row to change: with none above the binaries no patch would do anything. */
export function guardNeed(view: PlannerView): readonly RefusalReason[] {
  if (view.binary === null || view.rows === null || view.stale.length > 0) return [];
  const idle = inPhase(view, 'stopped');
  const waiting = inPhase(view, 'waiting');
  if (waiting.length > 0) {
    return [
      {
        code: 'upgrade-waiting',
        text: `${namesOf(waiting)} ${ofCount(waiting.length, 'waits', 'wait')}, but no row is above the binaries: there is nothing to patch.`,
      },
    ];
  }
  const text =
    idle.length === 0
      ? 'No row of the nodes table is above the binaries: there is nothing to repair.'
      : `No row of the nodes table is above the binaries: LXD on ${namesOf(idle)} is only stopped.`;
  return [{ code: 'in-step', text }];
}

export function guardPatchInPlace(view: PlannerView): readonly RefusalReason[] {
  return [
    ...guardServing(view),
    ...guardSelfHealing(view),
    ...when(inPhase(view, 'crash-looping').length === 0, 'nobody-crash-loops', nobodyCrashLoops(view)),
    ...whereTrue(
      inPhase(view, 'crash-looping').length === 0 ? [] : inPhase(view, 'stopped'),
      () => true,
      'stop-unsafe',
      (names) => `LXD on ${names} is stopped. One patch file is enough only while every member keeps retrying.`,
    ),
  ];
}

export function guardStopPatchStart(view: PlannerView): readonly RefusalReason[] {
  const living = inPhase(view, 'crash-looping', 'waiting');
  return [
    ...guardSelfHealing(view),
    ...whereTrue(
      living,
      ({ facts }) => facts.stopKnowsCrashed !== true,
      'stop-unsafe',
      (names) =>
        `The snap on ${names} has no way to stop a daemon that is not ready without ending LXCFS under its containers.`,
    ),
    ...guardInstances(view),
  ];
}

/** Number of instances that `--instances stop` ends: those on serving members. Null when one could not be counted. */
export function instancesThatStop(view: PlannerView): number | null {
  if (view.input.instances === 'keep') return 0;
  let total = 0;
  for (const { instances } of inPhase(view, 'serving')) {
    if (instances === null) return null;
    total += instances;
  }
  return total;
}

function guardInstances(view: PlannerView): readonly RefusalReason[] {
  const stops = instancesThatStop(view);
  if (stops === null) {
    return [{ code: 'probe-incomplete', text: 'The running instances of a serving member could not be counted.' }];
  }
  const { confirmStop } = view.input;
  return when(
    stops > 0 && confirmStop !== stops && confirmStop !== 'at-approval',
    'confirm-stop',
    `This would stop ${stops} ${stops === 1 ? 'instance' : 'instances'} on ${namesOf(inPhase(view, 'serving'))}. Say so with --confirm-stop ${stops}.`,
  );
}

function guardServing(view: PlannerView): readonly RefusalReason[] {
  return whereTrue(
    inPhase(view, 'serving'),
    () => true,
    'somebody-serves',
    (names, count) =>
      `${names} ${ofCount(count, 'serves', 'serve')}: the rows can be set through its live database, without a patch file.`,
  );
}

/** From 5.21.4 and 6.4 a daemon writes its own row and waits: started everywhere, the rows settle by themselves within a minute. */
function guardSelfHealing(view: PlannerView): readonly RefusalReason[] {
  return when(
    view.reached.every(({ hasFix }) => hasFix === true),
    'self-healing-version',
    'This LXD has the upstream fix: each member writes its own row and waits for the others, so no patch is needed.',
  );
}

function nobodyCrashLoops(view: PlannerView): string {
  const waiting = inPhase(view, 'waiting');
  if (waiting.length > 0) {
    return `No member crash-loops. Waiting: ${namesOf(waiting)}. Before 5.21.4 a patch file there does nothing: a waiting daemon rewrites its row.`;
  }
  return 'No member crash-loops, so nobody would read a patch file by itself.';
}
