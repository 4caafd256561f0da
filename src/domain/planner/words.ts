/**
 * What a person has to know before approving, in plain words with numbers: who is without an API and for how long, what happens to
 * instances, what can't be undone, how it is undone otherwise.
 */
import type { PlanWords, Strategy } from '../plan.ts';
import { releaseOf } from '../release.ts';
import { startsWords } from './autostart.ts';
import { instancesThatStop } from './guard-strategy.ts';
import { healingWords } from './healing.ts';
import { requireMove, type Move } from './move.ts';
import { removeWords, requireUndoMove, unconsumed } from './undo.ts';
import { heldFromNowOn, moveWords } from './words-move.ts';
import { deadRowWords } from './words-dead-row.ts';
import { sqlLiveWords } from './words-live.ts';
import { chooseLooper } from './stages.ts';
import { inPhase, listed, namesOf, type PlannerView, type ReachedMember } from './view.ts';

export function wordsOf(view: PlannerView, strategy: Strategy): PlanWords {
  const words = strategyWords(view, strategy);
  return { ...words, around: houseWords(view) };
}

/** What every run does around its steps. */
function houseWords({ input: { cluster } }: PlannerView): readonly string[] {
  const { keep, olderThanMs } = cluster.backups;
  const days = Math.round(olderThanMs / 86_400_000);
  return [
    'While it runs every member carries a marker that keeps other Lockstep installations out; it is gone at the end, and on a pause it stays until its deadline.',
    `After success back-ups of ended runs of this installation go that are both older than ${days} days and not among the newest ${keep}.`,
  ];
}

function strategyWords(view: PlannerView, strategy: Strategy): PlanWords {
  if (strategy === 'rollback') {
    if (unconsumed(view).length > 0) return { ...removeWords(view), instancesStopped: 0 };
    return moved(view, strategy, requireUndoMove(view));
  }
  if (strategy === 'align-revision' || strategy === 'planned-downgrade')
    return moved(view, strategy, requireMove(view));
  if (strategy === 'unblock-dead-row')
    return deadRowWords(view, instancesOf(view, strategy), warningsOf(view, strategy));
  if (strategy === 'sql-live') return sqlLiveWords(view, instancesOf(view, strategy), warningsOf(view, strategy));
  return {
    outage: outageOf(view, strategy),
    instances: instancesOf(view, strategy),
    instancesStopped: strategy === 'stop-patch-start' ? (instancesThatStop(view) ?? 0) : 0,
    irreversible: irreversibleOf(view),
    rollback: rollbackOf(view),
    warnings: warningsOf(view, strategy),
  };
}

function outageOf(view: PlannerView, strategy: Strategy): string {
  if (strategy === 'patch-in-place') {
    return `Nothing is stopped. The API of ${namesOf(view.reached)} is down already; all members come back about 15 s after the patch on ${chooseLooper(view).member}.`;
  }
  const serving = inPhase(view, 'serving');
  const running = `The API of ${namesOf(view.reached)} comes back about 10 s after all members were started together.`;
  if (serving.length === 0) return `Nobody serves now. ${running}`;
  return `The API of ${namesOf(serving)}, up now, goes down for about a minute and for as long as running operations take. ${running}`;
}

function instancesOf(view: PlannerView, strategy: Strategy): string {
  const total = view.reached.reduce((sum, { instances }) => sum + (instances ?? 0), 0);
  const unread = view.reached.filter(({ instances }) => instances === null);
  const gap = unread.length === 0 ? '' : ` On ${namesOf(unread)} they could not be counted.`;
  const running = `${total}${unread.length === 0 ? '' : ' known'} running ${total === 1 ? 'instance' : 'instances'} on ${perMember(view)}`;
  if (strategy !== 'stop-patch-start') return `No instance is touched: ${running}.${gap}`;
  const stops = instancesThatStop(view) ?? 0;
  if (stops > 0) {
    const stopping = `${stops} ${stops === 1 ? 'instance' : 'instances'} on ${namesOf(inPhase(view, 'serving'))}`;
    return `${stopping} ${stops === 1 ? 'is' : 'are'} shut down. Before that: ${running}.${gap}`;
  }
  return `Instances keep running while LXD is down: ${running}.${gap}`;
}

function perMember(view: PlannerView): string {
  return view.reached.map(({ member, instances }) => `${member} (${instances ?? '?'})`).join(', ');
}

function irreversibleOf(view: PlannerView): readonly string[] {
  const target = view.binary === null ? 'the lower version' : (releaseOf(view.binary.version) ?? view.binary.version);
  const counts = [...new Set(view.stale.map(({ apiExtensions }) => apiExtensions))].join(' and ');
  const to = view.binary?.extensions ?? 0;
  return [
    `The API extension count of ${listed(view.stale.map(({ name }) => name))} goes from ${counts} to ${to}. Writing it back would block the cluster again.`,
    `Data changes that the higher LXD made at its upgrade stay: going down to ${target} does not undo them.`,
  ];
}

function rollbackOf(view: PlannerView): string {
  const higher = keptRevisions(view);
  const how =
    higher === null
      ? 'sudo snap refresh lxd --no-wait --revision=N'
      : `sudo snap refresh lxd --no-wait --revision=${higher}`;
  return `Before LXD takes the patch: Lockstep deletes its own file. After: refresh every member forward at the same time (${how}); no SQL is needed.`;
}

/** A revision with more extensions that every member still keeps; null where they differ. */
function keptRevisions(view: PlannerView): string | null {
  const target = view.binary?.extensions ?? 0;
  const kept = view.reached.map(
    ({ facts }) => facts.binaries.find(({ extensions }) => (extensions ?? 0) > target)?.revision ?? null,
  );
  const first = kept[0] ?? null;
  return first !== null && kept.every((revision) => revision === first) ? first : null;
}

function moved(view: PlannerView, strategy: Strategy, move: Move): PlanWords {
  const warnings = warningsOf(view, strategy, heldFromNowOn(view, move));
  return moveWords(view, move, instancesOf(view, strategy), warnings);
}

function warningsOf(
  view: PlannerView,
  strategy: Strategy,
  heldFromNow: readonly ReachedMember[] = [],
): readonly string[] {
  const unheld = view.reached.filter((member) => member.facts.snap?.held === false && !heldFromNow.includes(member));
  const evidence = 'The back-ups are taken while LXD may write: evidence, not restorable.';
  return [
    ...startsWords(view, strategy),
    ...(unheld.length === 0
      ? []
      : [`Refreshes are not held on ${namesOf(unheld)}: snapd may refresh LXD to the head of its channel again.`]),
    'A member with a lower LXD than another refreshes itself to the head of its channel, whatever is held: keep all members on one revision.',
    ...healingWords(view),
    ...(strategy === 'stop-patch-start' ? [] : [evidence]),
  ];
}
