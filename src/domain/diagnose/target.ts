/**
 * The version or revision that somebody wants to move to, as numbers. A revision is known only where a member keeps its binary; a
 * version is looked up, but a member's measured binary of that version is believed before the table.
 */
import type { BinaryFacts } from '../observation.ts';
import { findRelease, type Release, type ReleaseTable, releaseOf } from '../release.ts';
import { agreedFix } from './binary.ts';
import type { MemberView, ReachedView, Situation } from './situation.ts';

export interface MoveTarget {
  readonly extensions: number;
  readonly schema: number | null;
  readonly localSchema: number | null;
  readonly hasFix: boolean | null;
  /** Null when a revision fits no release of the present series. */
  readonly series: string | null;
  readonly lts: boolean;
  /** Extension names; empty when unknown. */
  readonly names: readonly string[];
  /** What the reader should know of where the numbers come from. */
  readonly notes: readonly string[];
}

export type TargetAnswer =
  | { readonly kind: 'known'; readonly target: MoveTarget }
  | { readonly kind: 'unknown'; readonly reason: string };

const REVISION = /^x?\d+$/;

export function targetOf(situation: Situation, to: string): TargetAnswer {
  const text = to.trim();
  return REVISION.test(text) ? targetOfRevision(situation, text) : targetOfVersion(situation, text);
}

/** The series that the members follow now. */
export function presentSeries(situation: Situation): readonly string[] {
  return [...new Set(situation.reached.flatMap((view) => releaseOfView(situation.releases, view)?.series ?? []))];
}

/**
 * A command to ask about a move: to the newest release of the members' own series that knows `schema`, else to the first release
 * that does. Without one there is nothing to name, and the long answer is offered.
 */
export function askCommand(situation: Situation, schema = 0): string {
  const present = presentSeries(situation);
  const fit = situation.releases.releases.filter(
    (one) => one.schema >= schema && releaseOf(one.version) === one.version,
  );
  const version =
    fit.findLast((one) => present.includes(one.series))?.version ?? (schema > 0 ? fit[0]?.version : undefined);
  return version === undefined ? `explain ${situation.cluster}` : `check ${situation.cluster} --to ${version}`;
}

/** The first release of a series that waits instead of failing; null when the series has none. */
export function fixedIn(releases: ReleaseTable, series: string | null): string | null {
  return releases.releases.find((one) => one.series === series && one.hasFix)?.version ?? null;
}

function releaseOfView(releases: ReleaseTable, view: MemberView): Release | null {
  return view.version === null ? null : findRelease(releases, view.version);
}

function targetOfVersion(situation: Situation, text: string): TargetAnswer {
  const release = findRelease(situation.releases, text);
  if (release === null) {
    const reason =
      releaseOf(text) === null
        ? 'This is neither a version such as 5.21.3 nor a snap revision such as 502.'
        : 'This version is not in the table of releases, and no number is guessed for it.';
    return { kind: 'unknown', reason };
  }
  const measured = situation.reached.find(
    (view) =>
      view.installed?.source === 'binary' && view.version !== null && releaseOf(view.version) === release.version,
  )?.installed;
  const extensions = measured?.extensions ?? release.extensions;
  const names = measured?.names ?? situation.releases.extensionNames(release.version);
  const note =
    extensions === release.extensions
      ? []
      : [
          `The build of ${release.version} on the members has ${extensions} API extensions, not the ${release.extensions} of the release.`,
        ];
  return {
    kind: 'known',
    target: { ...release, extensions, schema: measured?.schema ?? release.schema, names, notes: note },
  };
}

function targetOfRevision(situation: Situation, revision: string): TargetAnswer {
  const holders = situation.reached.flatMap((view) => keptBinary(view, revision).map((binary) => ({ view, binary })));
  const first = holders[0];
  if (first === undefined) {
    return {
      kind: 'unknown',
      reason:
        'No member that answered keeps this revision with a binary that could be read, so its number of API extensions is not known.',
    };
  }
  const numbers = new Set(holders.map(({ binary }) => `${binary.extensions}/${binary.schema}`));
  if (numbers.size > 1) {
    return {
      kind: 'unknown',
      reason: 'Members have different binaries under this revision: revisions are numbered per architecture.',
    };
  }
  const architectures = new Set(situation.reached.map((view) => view.architecture));
  if (architectures.size > 1) {
    return {
      kind: 'unknown',
      reason:
        'The members have different architectures, and a revision exists for one of them only: ask for a version instead.',
    };
  }
  const { extensions, schema, localSchema, names } = first.binary;
  const label = holders.find(({ view }) => view.revision === revision)?.view;
  const fits = releasesThatFit(situation, extensions, schema, label);
  const lacking = situation.members.filter((view) => !holders.some((one) => one.view.member === view.member));
  return {
    kind: 'known',
    target: {
      extensions,
      schema,
      localSchema,
      hasFix: agreedFix(fits),
      series: fits[0]?.series ?? null,
      lts: fits[0]?.lts ?? false,
      names: names ?? [],
      notes: lacking.length === 0 ? [] : ['Not every member keeps this revision: snapd must download it there first.'],
    },
  };
}

interface CountedBinary extends BinaryFacts {
  readonly extensions: number;
}

function keptBinary(view: ReachedView, revision: string): readonly CountedBinary[] {
  return view.facts.binaries.flatMap((binary) =>
    binary.revision === revision && binary.extensions !== null ? [{ ...binary, extensions: binary.extensions }] : [],
  );
}

/** Releases with these numbers: the labelled one where the revision is installed, else those of the present series. */
function releasesThatFit(
  situation: Situation,
  extensions: number,
  schema: number | null,
  label: MemberView | undefined,
): readonly Release[] {
  const same = situation.releases.releases.filter(
    (one) => one.extensions === extensions && (schema === null || one.schema === schema),
  );
  const labelled = label === undefined ? null : releaseOfView(situation.releases, label);
  if (labelled !== null) return same.filter((one) => one.series === labelled.series);
  const present = presentSeries(situation);
  return same.filter((one) => present.includes(one.series));
}
