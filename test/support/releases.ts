/**
 * A release table for tests: the counts, schemas and fix flags of real LXD releases (read from LXD's tags, August 2026), with
 * made-up extension names that keep what matters: append-only inside an LTS series, another lineage outside it.
 */
import type { Release, ReleaseTable } from '../../src/domain/release.ts';

type Line = readonly [version: string, series: string, extensions: number, schema: number, hasFix: boolean];

const LINES: readonly Line[] = [
  ['5.0.0', '5.0', 306, 60, false],
  ['5.0.1', '5.0', 313, 60, false],
  ['5.0.2', '5.0', 318, 60, false],
  ['5.0.3', '5.0', 336, 60, false],
  ['5.0.4', '5.0', 340, 60, false],
  ['5.0.5', '5.0', 340, 60, false],
  ['5.2', '5', 313, 60, false],
  ['5.4', '5', 317, 62, false],
  ['5.21.1', '5.21', 382, 73, false],
  ['5.21.2', '5.21', 387, 73, false],
  ['5.21.3', '5.21', 402, 73, false],
  ['5.21.4', '5.21', 433, 73, true],
  ['5.21.5', '5.21', 442, 73, true],
  ['6.1', '6', 387, 73, false],
  ['6.3', '6', 420, 73, false],
  ['6.4', '6', 429, 73, true],
  ['6.5', '6', 433, 73, true],
  ['6.6', '6', 448, 78, true],
];

const LTS = new Set(['5.0', '5.21']);

function releaseOfLine([version, series, extensions, schema, hasFix]: Line): Release {
  const localSchema = schema === 60 ? 42 : 43;
  return { version, series, lts: LTS.has(series), extensions, schema, localSchema, hasFix };
}

/** Names shared by all lineages up to 300, then the series' own: `ext_300`, `5.21_301`. */
export function extensionNamesOf(series: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => (index < 300 ? `ext_${index + 1}` : `${series}_${index + 1}`));
}

export const RELEASES: ReleaseTable = {
  releases: LINES.map(releaseOfLine),
  extensionNames(version) {
    const release = LINES.find(([name]) => name === version);
    return release === undefined ? [] : extensionNamesOf(release[1], release[2]);
  },
};
