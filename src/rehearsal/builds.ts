/**
 * Builds that scenarios use: a revision, the word that snap prints, and the release whose counts and names it has. Revisions and
 * words of 5.21.2, 5.21.3 and 5.21.4 are real ones for amd64; the others are made up.
 */
import { findRelease } from '../domain/release.ts';
import { releaseTable } from '../lxd/data/index.ts';
import type { Build } from './model/types.ts';

export type Series = '5.21' | '5.0';

function build(revision: string, version: string, release: string): Build {
  const known = findRelease(releaseTable, release);
  if (known === null) throw new Error(`the release table has no ${release}`);
  const { extensions, schema, localSchema, hasFix } = known;
  return { revision, version, release, extensions, schema, localSchema: localSchema ?? 0, hasFix };
}

export interface SeriesBuilds {
  readonly tracking: string;
  /** What the cluster ran before. */
  readonly higher: Build;
  readonly lower: Build;
  /** One step further down. */
  readonly older: Build;
}

/** `fixed` gives a pair that has the upstream fix on both sides, which exists in 5.21 alone. */
export function buildsOf(series: Series, pair: 'plain' | 'fixed'): SeriesBuilds {
  if (pair === 'fixed') {
    return {
      tracking: '5.21/stable',
      higher: build('39480', '5.21.5-8f1d0c2', '5.21.5'),
      lower: build('38767', '5.21.4-aee7e08', '5.21.4'),
      older: build('32455', '5.21.3-75def3c', '5.21.3'),
    };
  }
  if (series === '5.0') {
    return {
      tracking: '5.0/stable',
      higher: build('502', '5.0.2-838e1b2', '5.0.2'),
      lower: build('501', '5.0.1-9dcf35b', '5.0.1'),
      older: build('500', '5.0.0-b0287c1', '5.0.0'),
    };
  }
  return {
    tracking: '5.21/stable',
    higher: build('32455', '5.21.3-75def3c', '5.21.3'),
    lower: build('30131', '5.21.2-2f4ba6b', '5.21.2'),
    older: build('28540', '5.21.1-d46c406', '5.21.1'),
  };
}
