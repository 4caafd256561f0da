/**
 * The answer before a change: would moving every member to that version strand the cluster? LXD's start-up check compares counts
 * and schemas with the recorded ones, so those decide; what they do not show (tracks, unknown members, other trouble) makes the
 * answer `unknown`, never `safe`. `unsafe` outweighs `unknown`.
 */
import type { FindingKind } from '../finding.ts';
import type { MemberName } from '../ids.ts';
import type { ClusterObservation } from '../observation.ts';
import type { ReleaseTable } from '../release.ts';
import { type Situation, situationOf } from './situation.ts';
import { highestSchema, known } from './skew.ts';
import { fixedIn, type MoveTarget, presentSeries, targetOf } from './target.ts';
import { listNames, listOf } from './text.ts';
import type { Diagnosis } from './types.ts';

export interface CheckAnswer {
  /** As it was asked for; a user's text. */
  readonly to: string;
  readonly verdict: 'safe' | 'unsafe' | 'unknown';
  readonly count: number | null;
  readonly schema: number | null;
  /** First release of that series whose members wait instead of failing; null when there is none. */
  readonly fixedIn: string | null;
  /** Members to move, all of them side by side; empty unless safe. */
  readonly order: readonly MemberName[];
  readonly reasons: readonly string[];
}

interface Weighed {
  readonly unsafe: readonly string[];
  readonly unknown: readonly string[];
  readonly notes: readonly string[];
}

export function checkMove(
  observation: ClusterObservation,
  diagnosis: Diagnosis,
  releases: ReleaseTable,
  to: string,
): CheckAnswer {
  const situation = situationOf(observation, releases);
  const answer = targetOf(situation, to);
  if (answer.kind === 'unknown') {
    const series = presentSeries(situation);
    const fixed = series.length === 1 ? fixedIn(releases, series[0] ?? null) : null;
    return { to, verdict: 'unknown', count: null, schema: null, fixedIn: fixed, order: [], reasons: [answer.reason] };
  }
  const { target } = answer;
  const weighed = weigh(situation, diagnosis, target, to.trim());
  const verdict = weighed.unsafe.length > 0 ? 'unsafe' : weighed.unknown.length > 0 ? 'unknown' : 'safe';
  return {
    to,
    verdict,
    count: target.extensions,
    schema: target.schema,
    fixedIn: fixedIn(releases, target.series),
    order: verdict === 'safe' ? situation.members.map((view) => view.member) : [],
    reasons: [...weighed.unsafe, ...weighed.unknown, ...weighed.notes, ...target.notes],
  };
}

/** Highest count that is recorded or that a member brings in; null when nothing is known. */
function highestCount(situation: Situation): number | null {
  const rows = (situation.rows?.rows ?? []).filter((row) => row.state !== 'pending').map((row) => row.apiExtensions);
  return rows.length === 0 ? null : Math.max(...rows);
}

function weigh(situation: Situation, diagnosis: Diagnosis, target: MoveTarget, to: string): Weighed {
  const parts = [
    schemaPart(situation, target),
    countPart(situation, target, to),
    seriesPart(situation, target),
    knowledgePart(situation, diagnosis),
  ];
  return {
    unsafe: parts.flatMap((part) => part.unsafe ?? []),
    unknown: parts.flatMap((part) => part.unknown ?? []),
    notes: parts.flatMap((part) => part.notes ?? []),
  };
}

function schemaPart(situation: Situation, target: MoveTarget): Partial<Weighed> {
  const recorded = Math.max(highestSchema(situation), ...known(situation).map((view) => view.installed.schema ?? 0));
  const local = Math.max(0, ...situation.reached.flatMap((view) => localSchemaOf(view.facts)));
  if (target.schema === null) return { unknown: ['The database schema of that binary could not be read.'] };
  const unsafe: string[] = [];
  if (recorded > target.schema) {
    unsafe.push(
      `The database has schema ${recorded} and that version knows ${target.schema} at most: LXD would refuse to start on every member. A schema never goes back, so there is no way to that version.`,
    );
  }
  if (target.localSchema !== null && local > target.localSchema) {
    unsafe.push(
      `The members' local databases have schema ${local} and that version knows ${target.localSchema} at most: each member would refuse to open its own.`,
    );
  }
  const highest = highestCount(situation);
  if (recorded > 0 && target.schema > recorded && highest !== null && target.extensions < highest) {
    unsafe.push(
      `That version has the newer schema (${target.schema}) but fewer API extensions (${target.extensions} instead of ${highest}): LXD calls this inconsistent and no member would start.`,
    );
  }
  return { unsafe };
}

/** Of the current binary: what it would have written into the local database. */
function localSchemaOf(facts: ClusterObservation['members'][number]['facts']): readonly number[] {
  const revision = facts?.snap?.revision ?? null;
  return (facts?.binaries ?? []).flatMap((one) =>
    one.revision === revision && one.localSchema !== null ? [one.localSchema] : [],
  );
}

function countPart(situation: Situation, target: MoveTarget, to: string): Partial<Weighed> {
  const highest = highestCount(situation);
  if (highest === null)
    return { unknown: ["What the cluster has recorded could not be read, so the target can't be compared with it."] };
  if (target.extensions > highest) {
    return {
      notes: [
        `It has ${target.extensions} API extensions, ${highest} are recorded: an upgrade. Move all members side by side: each that is done waits for the rest, and the cluster is back when the last one is done.`,
      ],
    };
  }
  if (target.extensions === highest) {
    return {
      notes: [
        `It has ${target.extensions} API extensions, as recorded: members can be moved in any order, and none waits for another.`,
      ],
    };
  }
  return fewer(situation, target, highest, to);
}

function fewer(situation: Situation, target: MoveTarget, highest: number, to: string): Partial<Weighed> {
  const lost = lostNames(situation, target);
  const loss = `Clients lose ${lost.length > 0 ? lost.length : highest - target.extensions} API extensions${lost.length > 0 ? `: ${listOf(lost)}` : ''}. Changes that the newer LXD made to its data are not undone.`;
  if (target.hasFix === true) {
    return {
      notes: [
        `It has ${target.extensions} API extensions, ${highest} are recorded: a downgrade. That version waits and corrects its own row, so move all members side by side; the cluster is back within a minute after the last one.`,
        loss,
      ],
    };
  }
  if (target.hasFix === null) {
    return {
      unknown: [
        `It has ${target.extensions} API extensions, ${highest} are recorded, and whether that build waits or fails in that case is not known.`,
      ],
      notes: [loss],
    };
  }
  return {
    unsafe: [
      `It has ${target.extensions} API extensions, ${highest} are recorded: every member would take itself for outdated, exit, and be restarted for ever. None could correct the record for the others.`,
      ...plannedWay(situation, target, to),
    ],
    notes: [loss],
  };
}

/** One run that moves all and corrects the record: only within an LTS track, and never below the schema. */
function plannedWay(situation: Situation, target: MoveTarget, to: string): readonly string[] {
  const inside = target.lts && presentSeries(situation).every((series) => series === target.series);
  if (!inside || target.schema === null || target.schema < highestSchema(situation)) return [];
  return [
    `If it has to be: recover ${situation.cluster} --strategy planned-downgrade --to ${to} does it in one approved run, with the correction of the record.`,
  ];
}

function lostNames(situation: Situation, target: MoveTarget): readonly string[] {
  const names = known(situation).map((view) => view.installed.names ?? []);
  const most = names.find((list) => list.length === Math.max(...names.map((one) => one.length))) ?? [];
  const kept = new Set(target.names);
  return target.names.length === 0 ? [] : most.filter((one) => !kept.has(one));
}

/** LXD supports a downgrade inside one LTS track only. */
function seriesPart(situation: Situation, target: MoveTarget): Partial<Weighed> {
  const present = presentSeries(situation);
  const highest = highestCount(situation);
  if (target.series === null || present.length !== 1) {
    return { unknown: ['Whether that stays in the track of the members could not be told.'] };
  }
  const down = highest !== null && target.extensions < highest;
  if (present[0] === target.series) {
    if (!down || target.lts) return {};
    return {
      unknown: [
        `LXD supports a downgrade within an LTS track only, and ${target.series} is not one: the counts alone do not make it safe.`,
      ],
    };
  }
  const words = `That leaves the track: from ${present[0] ?? ''} to ${target.series}.`;
  if (down) return { unsafe: [`${words} LXD does not support a downgrade across tracks.`] };
  return {
    unknown: [
      `${words} There is no way back, and it is not judged here: read the release notes, and move a test cluster first.`,
    ],
  };
}

/** Trouble that a move would not end, or that hides what it would do. */
const SETTLE_FIRST: ReadonlySet<FindingKind> = new Set([
  'inventory-mismatch',
  'quorum-lost',
  'not-clustered',
  'lxd-missing',
  'not-a-snap',
  'crash-loop-other-cause',
  'raft-damaged',
  'own-row-missing',
  'schema-inconsistent',
  'lxd-debug',
  'extension-bump-env',
  'recovery-tarball',
  'patch-left-over',
  'refresh-in-progress',
  'unknown-version',
  'probe-incomplete',
  'member-pending',
]);

function knowledgePart(situation: Situation, diagnosis: Diagnosis): Partial<Weighed> {
  const unseen = situation.members.filter((view) => !view.reachable);
  const trouble = diagnosis.findings.filter(({ kind }) => SETTLE_FIRST.has(kind));
  const waits =
    unseen.length === 0
      ? []
      : [`${listNames(unseen)} did not answer: the others would wait for a member that may not be moved.`];
  const old =
    situation.rows?.source === 'disk'
      ? ['The recorded numbers come from a copy on disk, since nobody could be asked.']
      : [];
  return { unknown: [...waits, ...trouble.map(({ title }) => `To settle first: ${title}.`)], notes: old };
}
