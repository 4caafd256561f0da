/**
 * The build that all members are to have: the highest one that a member has, or the one that was asked for by version or revision.
 * Its count is measured on a member and its revision known per architecture; anything else is a reason, never a guess.
 */
import { agreedFix } from '../diagnose/binary.ts';
import { findRelease, releaseOf, type Release } from '../release.ts';
import type { PlannerView, ReachedMember } from './view.ts';

export interface Target {
  /** As `snap list` prints it, or the release; null when a revision fits several releases. */
  readonly version: string | null;
  readonly extensions: number;
  readonly schema: number;
  readonly localSchema: number | null;
  /** Whether that LXD waits and re-aligns by itself. */
  readonly hasFix: boolean | null;
  /** Null when a revision fits no release of the present series. */
  readonly series: string | null;
  readonly lts: boolean;
  /** Architecture → revision. */
  readonly revisions: ReadonlyMap<string, string>;
}

export type TargetAnswer =
  | { readonly kind: 'target'; readonly target: Target }
  | { readonly kind: 'unknown'; readonly reason: string };

/** A build that some member has installed or keeps. */
interface Found {
  readonly architecture: string;
  readonly revision: string;
  readonly version: string | null;
  readonly extensions: number;
  readonly schema: number;
  readonly localSchema: number | null;
}

const REVISION = /^x?[1-9]\d{0,8}$/;

export function targetOf(view: PlannerView, to: string): TargetAnswer {
  const text = to.trim();
  const found = view.reached.flatMap(buildsOf);
  if (REVISION.test(text)) {
    const fitting = found.filter(({ revision }) => revision === text);
    return fitting.length === 0
      ? unknown('No member keeps this revision with a binary that could be read, so its API extensions are not known.')
      : asTarget(view, fitting);
  }
  const release = findRelease(view.input.releases, text);
  if (release === null) return unknown('This is neither a version of the release table nor a snap revision.');
  const fitting = found.filter((build) => isOfRelease(view, build, release, text));
  return fitting.length === 0
    ? unknown(`No member has or keeps ${release.version}, so its snap revision is not known: name the revision.`)
    : asTarget(view, fitting);
}

/** What rolling forward leads to; two versions that share the highest count can't be told apart by it. */
export function highestTarget(view: PlannerView): TargetAnswer {
  const builds = view.reached.flatMap(buildsOf).filter(({ version }) => version !== null);
  const extensions = Math.max(0, ...builds.map((build) => build.extensions));
  const highest = builds.filter((build) => build.extensions === extensions);
  if (new Set(highest.map(({ version }) => version)).size > 1) {
    return unknown('Two versions share the highest number of API extensions: say which one with --to.');
  }
  return highest.length === 0 ? unknown('No member could be measured.') : asTarget(view, highest);
}

/** The build with that many API extensions that members still keep. */
export function targetWithCount(view: PlannerView, count: number): TargetAnswer {
  const fitting = view.reached.flatMap(buildsOf).filter(({ extensions }) => extensions === count);
  return fitting.length === 0
    ? unknown(`No member keeps an LXD with ${count} API extensions.`)
    : asTarget(view, fitting);
}

function buildsOf(member: ReachedMember): readonly Found[] {
  const { facts, revision, version, installed, architecture } = member;
  const kept = facts.binaries.flatMap((binary) =>
    binary.revision === null || binary.extensions === null || binary.schema === null
      ? []
      : [
          {
            architecture: architecture ?? '',
            revision: binary.revision,
            version: binary.revision === revision ? version : null,
            extensions: binary.extensions,
            schema: binary.schema,
            localSchema: binary.localSchema,
          },
        ],
  );
  if (revision === null || installed === null || installed.schema === null) return kept;
  if (installed.source === 'table') return kept;
  const { extensions, schema } = installed;
  return [...kept, { architecture: architecture ?? '', revision, version, extensions, schema, localSchema: null }];
}

/** A kept binary has no label: it counts where its numbers fit no other release of the series. */
function isOfRelease(view: PlannerView, build: Found, release: Release, asked: string): boolean {
  if (build.version !== null) return build.version === asked || releaseOf(build.version) === asked;
  const fitting = releasesOf(view, build).filter(({ series }) => series === release.series);
  return releaseOf(asked) === asked && fitting.length === 1 && fitting[0]?.version === release.version;
}

function releasesOf(view: PlannerView, { extensions, schema }: Found): readonly Release[] {
  return view.input.releases.releases.filter((one) => one.extensions === extensions && one.schema === schema);
}

function asTarget(view: PlannerView, builds: readonly Found[]): TargetAnswer {
  const first = builds[0];
  if (first === undefined) return unknown('No such build.');
  if (builds.some((build) => build.extensions !== first.extensions || build.schema !== first.schema)) {
    return unknown('Members have different binaries under this name.');
  }
  const revisions = new Map<string, string>();
  for (const { architecture, revision } of builds) {
    if ((revisions.get(architecture) ?? revision) !== revision) {
      return unknown('Several revisions fit: name the revision.');
    }
    revisions.set(architecture, revision);
  }
  const version = builds.find((build) => build.version !== null)?.version ?? null;
  const label = version === null ? null : findRelease(view.input.releases, version);
  const present = presentSeries(view);
  const same = releasesOf(view, first).filter(({ series }) => present.includes(series));
  const release = label ?? (new Set(same.map((one) => one.series)).size === 1 ? (same[0] ?? null) : null);
  return {
    kind: 'target',
    target: {
      version: version ?? (same.length === 1 ? (same[0]?.version ?? null) : null),
      extensions: first.extensions,
      schema: first.schema,
      localSchema: builds.find(({ localSchema }) => localSchema !== null)?.localSchema ?? null,
      hasFix: label?.hasFix ?? agreedFix(same),
      series: release?.series ?? null,
      lts: release?.lts ?? false,
      revisions,
    },
  };
}

/** Series of what the members have installed. */
export function presentSeries(view: PlannerView): readonly string[] {
  const series = view.reached.map(({ version }) =>
    version === null ? null : (findRelease(view.input.releases, version)?.series ?? null),
  );
  return [...new Set(series.filter((one) => one !== null))];
}

function unknown(reason: string): TargetAnswer {
  return { kind: 'unknown', reason };
}
