/**
 * Guards about what runs and what is written: one binary everywhere, its count measured, the same schema in binary, rows and
 * database, and no crossing of tracks. With mixed binaries no value is right: each restart rewrites its own row.
 */
import type { RefusalReason } from '../plan.ts';
import { findRelease, type Release } from '../release.ts';
import { rollForwardByHand } from './by-hand.ts';
import { latentRows } from './live-rows.ts';
import { ofCount, whereTrue, when } from './reasons.ts';
import { inPhase, isSameBinary, type PlannerView, type ReachedMember } from './view.ts';

export function guardVersions(view: PlannerView): readonly RefusalReason[] {
  return [
    ...guardCounts(view),
    ...guardEquality(view),
    ...guardRunning(view),
    ...guardSchema(view),
    ...guardTrack(view),
  ];
}

/** Of the living alone; schemas and tracks are asked for by the strategy itself. */
export function guardVersionsOfDeadRow(view: PlannerView): readonly RefusalReason[] {
  return [...guardCounts(view), ...guardEquality(view), ...guardRunning(view)];
}

/** The count that is written must have been measured: a release table knows labels, not binaries. */
export function guardCounts(view: PlannerView): readonly RefusalReason[] {
  return [
    ...whereTrue(
      view.reached.filter(({ facts }) => facts.install === 'snap'),
      ({ installed }) => installed === null || installed.source === 'table' || installed.schema === null,
      'unknown-version',
      (names) =>
        `The number of API extensions of LXD on ${names} could not be measured, and Lockstep does not guess it.`,
    ),
    ...whereTrue(
      view.reached,
      ({ installed }) => installed?.disagreeing.some(({ source }) => source !== 'table') ?? false,
      'unknown-version',
      (names) => `Two measurements of the API extensions of LXD on ${names} disagree.`,
    ),
    ...whereTrue(
      view.reached,
      ({ facts }) => facts.extensionBump !== null && facts.extensionBump !== 0,
      'extension-bump-env',
      (names) =>
        `LXD on ${names} runs with LXD_ARTIFICIALLY_BUMP_API_EXTENSIONS: its row and its binary differ by design.`,
    ),
    ...whereTrue(
      view.reached,
      ({ facts }) => facts.leftovers?.lxdDebug ?? false,
      'lxd-debug',
      (names) => `An lxd.debug on ${names} replaces the snap's binary, so the installed revision says nothing.`,
    ),
  ];
}

function guardEquality(view: PlannerView): readonly RefusalReason[] {
  const first = view.reached[0];
  const differ =
    first !== undefined && view.reached.some((member) => isMeasured(member) && !isSameBinary(first, member));
  return when(
    differ && isMeasured(first),
    'mixed-binaries',
    `The members run different LXD: ${describeVersions(view)}.`,
  );
}

/** A patch would not help against these, and a roll forward would strand the member that comes back: rows first. */
export function guardLatent(view: PlannerView): readonly RefusalReason[] {
  return whereTrue(
    latentRows(view).map(({ member }) => member),
    () => true,
    'latent-skew',
    (names) => `The row of ${names} does not hold what the daemon there runs: green today, stuck at its next restart.`,
  );
}

/** Where binaries differ, forward is always allowed and needs no SQL. */
export function guardForward(view: PlannerView): readonly RefusalReason[] {
  const forward = view.binary === null ? rollForwardByHand(view) : null;
  if (forward === null) return [];
  return [
    ...whereTrue(
      inPhase(view, 'waiting'),
      () => true,
      'upgrade-waiting',
      (names, count) =>
        `${names} ${ofCount(count, 'waits', 'wait')} for the others: an upgrade was begun and not finished.`,
    ),
    { code: 'roll-forward', text: `${forward}.` },
  ];
}

function isMeasured(member: ReachedMember): boolean {
  return member.installed !== null;
}

export function guardRunning(view: PlannerView): readonly RefusalReason[] {
  return whereTrue(
    view.reached,
    ({ facts, installed, running }) => {
      const counted = facts.process?.extensions ?? running?.extensions ?? null;
      return counted !== null && installed !== null && counted !== installed.extensions;
    },
    'running-differs-from-installed',
    (names) => `The daemon on ${names} still runs another binary than the one installed.`,
  );
}

function guardSchema(view: PlannerView): readonly RefusalReason[] {
  const schema = view.binary?.schema ?? null;
  const rows = view.rows;
  if (schema === null || rows === null) return [];
  const database = rows.databaseSchema;
  const highest = Math.max(database ?? 0, ...rows.rows.map((row) => row.schema));
  return [
    ...when(
      highest > schema,
      'schema-newer',
      `The database's schema is ${highest}, and this LXD knows ${schema}: a lower LXD can't use it. Only forward.`,
    ),
    ...when(
      highest <= schema && view.stale.some((row) => row.schema !== schema),
      'schema-inconsistent',
      `Rows have a higher number of API extensions but a lower schema than ${schema}: the versions contradict each other.`,
    ),
    ...when(database === null, 'probe-incomplete', "The database's own schema version could not be read."),
  ];
}

/** LXD supports going lower only inside one LTS track. Where the rows come from is told by their counts. */
export function guardTrack(view: PlannerView): readonly RefusalReason[] {
  const { releases } = view.input.releases;
  if (view.binary === null || view.stale.length === 0) return [];
  const own = findRelease(view.input.releases, view.binary.version);
  if (own === null) {
    return [
      {
        code: 'unknown-version',
        text: `Release ${view.binary.version} is not in the release table, so its track is not known.`,
      },
    ];
  }
  if (!own.lts) {
    return [
      {
        code: 'crossing-tracks',
        text: `LXD ${own.version} is no LTS release, and LXD supports going lower only inside an LTS track.`,
      },
    ];
  }
  const crossed = view.stale.find((row) => cameFromElsewhere(row.apiExtensions, own, releases, tracksOf(view)));
  if (crossed === undefined) return [];
  const count = crossed.apiExtensions;
  const here = releases.some(({ series, extensions }) => series === own.series && extensions === count);
  const why = here
    ? `as a release of another track than ${own.series} does which a snap here follows`
    : `which no release of track ${own.series} has`;
  return [
    { code: 'crossing-tracks', text: `A row holds ${count} API extensions, ${why}: the cluster was on another track.` },
  ];
}

/** A count that several tracks share is decided by the tracks that the snaps follow. */
function cameFromElsewhere(
  count: number,
  own: Release,
  releases: readonly Release[],
  tracks: readonly string[],
): boolean {
  const matching = releases.filter((release) => release.extensions === count);
  const elsewhere = matching.filter(({ series }) => series !== own.series);
  if (matching.length === 0 || elsewhere.length === 0) return false;
  if (elsewhere.length === matching.length) return true;
  return tracks.some((track) => elsewhere.some(({ series }) => series === track));
}

function tracksOf(view: PlannerView): readonly string[] {
  return view.reached.flatMap(({ facts }) => facts.snap?.tracking?.split('/')[0] ?? []);
}

/** `5.21.2 (387) on m1, 5.21.3 (402) on m2 and m3`, the lowest first. */
function describeVersions(view: PlannerView): string {
  const groups = new Map<string, { readonly count: number; readonly members: string[] }>();
  for (const { member, version, installed } of view.reached) {
    const count = installed?.extensions ?? 0;
    const key = `${version ?? 'an unknown version'} (${installed?.extensions ?? '?'} API extensions)`;
    const group = groups.get(key) ?? { count, members: [] };
    group.members.push(member);
    groups.set(key, group);
  }
  return [...groups]
    .sort(([, a], [, b]) => a.count - b.count)
    .map(([key, { members }]) => `${key} on ${members.join(', ')}`)
    .join('; ');
}
