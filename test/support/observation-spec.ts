/** What a test says of a cluster; `observationOf` makes the observation of it. */
import type { BinaryFacts, MemberFacts, NodeRow, Reach } from '../../src/domain/observation.ts';
import { BUILDS, type BuildName } from './builds.ts';

export type DaemonState = 'serving' | 'waiting' | 'crash-looping' | 'stopped' | 'failed';

export interface MemberSpec {
  readonly name: string;
  /** Installed build; `5.0.2` unless said. */
  readonly build?: BuildName;
  /** Other kept revisions. */
  readonly kept?: readonly BuildName[];
  /** Build of the running process, when it is not the installed one. */
  readonly runs?: BuildName;
  /** `serving` unless said. */
  readonly daemon?: DaemonState;
  /** Not reached: no facts. */
  readonly reach?: Reach;
  readonly facts?: Partial<MemberFacts>;
}

export interface ObservationSpec {
  readonly cluster?: string;
  readonly members: readonly MemberSpec[];
  /** Count of every row, or of single rows by name; a row that is not named holds its member's installed count. `null`: no table. */
  readonly rows?: number | Readonly<Record<string, number>> | null;
  /** Overrides of single rows by name; `null` removes the row. */
  readonly row?: Readonly<Record<string, Partial<NodeRow> | null>>;
  readonly databaseSchema?: number;
  /** `live` when somebody serves (or waits, before the fix), else `disk` an hour old; unless said. */
  readonly source?: 'live' | 'disk';
}

export function addressOf(index: number): string {
  return `10.0.0.${index + 1}:8443`;
}

/** The facts of one build's binary, as kept under `/snap/lxd/REV`. */
export function binaryOf(build: BuildName): BinaryFacts {
  const { revision, extensions, schema, localSchema, names } = BUILDS[build];
  return { revision, path: `/snap/lxd/${revision}/bin/lxd`, extensions, schema, localSchema, names };
}
