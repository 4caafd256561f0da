/**
 * Guards of the strategies that bring members to one build. Different binaries are what they are there for; latent rows come first,
 * a schema never goes back, and LXD goes lower only inside an LTS track.
 */
import type { RefusalReason } from '../plan.ts';
import { findRelease } from '../release.ts';
import { guardFindings } from './guard-findings.ts';
import { guardHealth } from './guard-health.ts';
import { notNow } from './guard-live.ts';
import { guardMembers } from './guard-members.ts';
import { guardCounts, guardLatent, guardRunning } from './guard-versions.ts';
import { moveOf, type Move } from './move.ts';
import { whereTrue, when, withoutRepeats } from './reasons.ts';
import { presentSeries } from './targets.ts';
import { inPhase, listed, type PlannerView } from './view.ts';

export function reasonsAgainstAlign(view: PlannerView): readonly RefusalReason[] {
  const { to } = view.input;
  if (view.binary !== null) return [notNow('Every member has the same LXD already.')];
  const answer = moveOf(view);
  const common = [...guardMembers(view), ...guardLatent(view), ...guardCounts(view)];
  if (answer.kind === 'unknown') {
    const reason = { code: 'mixed-binaries', text: answer.reason } as const;
    return withoutRepeats([
      ...common,
      { ...reason, code: to === undefined || to === null ? 'mixed-binaries' : 'unknown-version' },
    ]);
  }
  const { move } = answer;
  return withoutRepeats([
    ...common,
    ...when(
      move.rowsNeed === 'patch' || move.rowsNeed === 'stuck',
      'roll-forward',
      `${listed(move.above.map(({ name }) => name))} ${move.above.length === 1 ? 'has a row' : 'have rows'} above ${move.target.extensions}: equal binaries alone would leave every member in its crash loop. Taking all of them there is what planned-downgrade does.`,
    ),
    ...guardMove(view, move),
  ]);
}

/** The whole cluster lower, because a person wants it. */
export function reasonsAgainstDowngrade(view: PlannerView): readonly RefusalReason[] {
  const { to, cluster } = view.input;
  if (to === undefined || to === null) {
    return [
      notNow(
        `It takes the whole cluster to a lower version of its LTS track, named with --to. What that would do: /lxd check ${cluster.name} --to VERSION`,
      ),
    ];
  }
  const answer = moveOf(view);
  const common = [...guardMembers(view), ...guardLatent(view), ...guardCounts(view)];
  if (answer.kind === 'unknown') {
    return withoutRepeats([...common, { code: 'unknown-version', text: answer.reason }]);
  }
  const { move } = answer;
  return withoutRepeats([
    ...common,
    ...guardLower(view, move),
    ...when(
      move.target.hasFix === null,
      'unknown-version',
      'Whether that build waits for the others or fails is not known.',
    ),
    ...when(
      move.rowsNeed === 'stuck',
      'somebody-serves',
      'A member that stays as it is serves, and the live database could not be read through it.',
    ),
    ...guardMove(view, move),
  ]);
}

function guardLower(view: PlannerView, { target, moving, above }: Move): readonly RefusalReason[] {
  if (moving.length === 0) {
    return above.length === 0
      ? [{ code: 'in-step', text: 'Every member has that build already.' }]
      : [notNow('Every member has that build already; only the rows are wrong.')];
  }
  const highest = Math.max(...view.reached.map(({ installed }) => installed?.extensions ?? 0));
  return when(
    above.length === 0 && target.extensions >= highest,
    'strategy-not-available',
    `That build has ${target.extensions} API extensions and no member has more: it is not lower.`,
  );
}

export function guardMove(view: PlannerView, move: Move): readonly RefusalReason[] {
  return [
    ...whereTrue(
      move.lost,
      () => true,
      'unknown-version',
      (names) =>
        `The snap revision of ${move.target.version ?? 'that build'} for the architecture of ${names} is not known.`,
    ),
    ...whereTrue(
      inPhase(view, 'stopped'),
      () => true,
      'strategy-not-available',
      (names) => `LXD on ${names} is stopped: start it first, since all members have to come back together.`,
    ),
    ...guardRunning(view),
    ...guardTargetSchema(view, move),
    ...guardSeries(view, move),
    ...whereTrue(
      move.moving.map(({ member }) => member),
      ({ phase, facts }) => phase === 'waiting' && (facts.changes ?? []).some(({ status }) => status === 'Doing'),
      'refresh-in-progress',
      (names) =>
        `snapd's change on ${names} ends only when LXD there becomes ready, and takes no other before that. Finishing the upgrade on the others ends it.`,
    ),
    ...guardHealth(view),
    ...guardFindings(view, ['mixed-binaries', 'same-count-different-version']),
  ];
}

function guardTargetSchema(view: PlannerView, { target, above }: Move): readonly RefusalReason[] {
  const database = view.rows?.databaseSchema ?? null;
  const highest = Math.max(database ?? 0, ...(view.rows?.rows ?? []).map(({ schema }) => schema));
  const local = Math.max(
    0,
    ...view.reached.flatMap(({ facts, revision }) =>
      facts.binaries.flatMap((one) => (one.revision === revision && one.localSchema !== null ? [one.localSchema] : [])),
    ),
  );
  return [
    ...when(database === null, 'probe-incomplete', "The database's own schema version could not be read."),
    ...when(
      highest > target.schema,
      'schema-newer',
      `The database's schema is ${highest}, and that LXD knows ${target.schema}: a schema never goes back. Only forward.`,
    ),
    ...when(
      target.localSchema !== null && local > target.localSchema,
      'local-schema-newer',
      `The members' local databases have schema ${local}, and that LXD knows ${target.localSchema ?? 0}.`,
    ),
    ...when(
      target.schema > highest && above.length > 0,
      'schema-inconsistent',
      'That LXD has the newer schema and fewer API extensions: LXD calls this inconsistent and no member would start.',
    ),
  ];
}

/** One track for all, which the target's is one of where it is known at all; lower only inside an LTS track. */
function guardSeries(view: PlannerView, { target, moving, above }: Move): readonly RefusalReason[] {
  const present = presentSeries(view);
  const unnamed = view.reached.filter(
    ({ version }) => version === null || findRelease(view.input.releases, version) === null,
  );
  const lower =
    above.length > 0 || moving.some(({ member }) => (member.installed?.extensions ?? 0) > target.extensions);
  return [
    ...whereTrue(
      unnamed,
      () => true,
      'unknown-version',
      (names) => `The release of LXD on ${names} is not in the release table, so its track is not known.`,
    ),
    ...when(
      present.length > 1,
      'crossing-tracks',
      `The tracks ${listed(present)} would be crossed, which LXD does not support.`,
    ),
    ...when(target.series === null, 'unknown-version', 'The track of that build could not be told from its numbers.'),
    ...when(
      lower && target.series !== null && !target.lts,
      'crossing-tracks',
      `${target.series ?? ''} is no LTS track, and LXD supports going lower only inside one.`,
    ),
  ];
}
