/** Snap builds for tests: words and revisions as `snap list` prints them, counts from the releases of the same number. */
import { extensionNamesOf } from './releases.ts';

export interface Build {
  readonly version: string;
  readonly revision: string;
  readonly tracking: string;
  readonly extensions: number;
  readonly schema: number;
  readonly localSchema: number;
  readonly names: readonly string[];
  readonly hasFix: boolean;
}

function buildOf(
  version: string,
  revision: string,
  series: string,
  extensions: number,
  schema: number,
  hasFix = false,
): Build {
  return {
    version,
    revision,
    tracking: `${series}/stable`,
    extensions,
    schema,
    localSchema: schema === 60 ? 42 : 43,
    names: extensionNamesOf(series, extensions),
    hasFix,
  };
}

export const BUILDS = {
  '5.0.0': buildOf('5.0.0-e478009', '500', '5.0', 306, 60),
  '5.0.1': buildOf('5.0.1-9dcf35b', '501', '5.0', 313, 60),
  '5.0.2': buildOf('5.0.2-838e1b2', '502', '5.0', 318, 60),
  '5.0.4': buildOf('5.0.4-a3c1b2d', '504', '5.0', 340, 60),
  '5.0.5': buildOf('5.0.5-b4d2c3e', '505', '5.0', 340, 60),
  '5.2': buildOf('5.2-79c3c3b', '520', '5', 313, 60),
  '5.4': buildOf('5.4-1ff8d34', '540', '5', 317, 62),
  '5.21.2': buildOf('5.21.2-2f4ba6b', '30131', '5.21', 387, 73),
  '5.21.3': buildOf('5.21.3-75def3c', '32455', '5.21', 402, 73),
  '5.21.4': buildOf('5.21.4-aee7e08', '38767', '5.21', 433, 73, true),
  '5.21.5': buildOf('5.21.5-c5ae129', '38800', '5.21', 442, 73, true),
  '6.1': buildOf('6.1-0f1a2b3', '30200', '6', 387, 73),
  '6.6': buildOf('6.6-4c5d6e7', '38700', '6', 448, 78, true),
} as const satisfies Readonly<Record<string, Build>>;

export type BuildName = keyof typeof BUILDS;
