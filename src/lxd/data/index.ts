/**
 * The release table and the log patterns as values. Owns decoding of the two JSON files beside it and nothing else; each file
 * names its own source. Domain code gets these values handed in and never imports this module.
 */
import type { Release, ReleaseTable } from '../../domain/release.ts';
import patternData from './log-patterns.json' with { type: 'json' };
import releaseData from './releases.json' with { type: 'json' };

export interface LogPattern {
  readonly id: string;
  readonly pattern: RegExp;
  readonly severity: string;
  /** What a line of this kind means, one sentence. */
  readonly meaning: string;
}

/** A build whose label is that of another release: its count is not the label's. */
export interface MislabelledBuild {
  readonly label: string;
  readonly extensions: number;
  readonly schema: number;
}

const LISTS: Readonly<Record<string, string>> = releaseData.lists;

/** `0-3 7 9-10` → the names at those places. */
function expandList(ranges: string): readonly string[] {
  return ranges.split(' ').flatMap((range) => {
    const [from = '', to = from] = range.split('-');
    return releaseData.names.slice(Number(from), Number(to) + 1);
  });
}

const listCache = new Map<string, readonly string[]>();

function listNamed(name: string): readonly string[] {
  const known = listCache.get(name);
  if (known !== undefined) return known;
  const ranges = LISTS[name];
  const list = ranges === undefined ? [] : expandList(ranges);
  listCache.set(name, list);
  return list;
}

function toRelease(entry: (typeof releaseData.releases)[number]): Release {
  return {
    version: entry.version,
    series: entry.series,
    lts: entry.lts,
    extensions: entry.extensions,
    schema: entry.schema,
    localSchema: entry.localSchema,
    hasFix: entry.hasFix,
  };
}

export const releaseTable: ReleaseTable = {
  releases: releaseData.releases.map(toRelease),
  extensionNames(version: string): readonly string[] {
    const entry = releaseData.releases.find((release) => release.version === version);
    return entry === undefined ? [] : listNamed(entry.list).slice(0, entry.extensions);
  },
};

export const mislabelledBuilds: readonly MislabelledBuild[] = releaseData.mislabelled;

export const logPatterns: readonly LogPattern[] = patternData.patterns.map((entry) => ({
  id: entry.id,
  pattern: new RegExp(entry.re),
  severity: entry.severity,
  meaning: entry.meaning,
}));
