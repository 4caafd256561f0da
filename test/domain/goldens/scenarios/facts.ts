/** Facts that several scenarios change a healthy member by. */
import type { BinaryFacts, LogFact, MemberFacts, SnapFacts } from '../../../../src/domain/observation.ts';
import { logLine, NOW, observationOf, three } from '../../../support/observation.ts';
import type { DaemonState, ObservationSpec } from '../../../support/observation-spec.ts';
import type { Scenario } from '../../../support/golden.ts';

export const CLEAN = { patchGlobal: null, patchLocal: false, recoveryTarball: false, lxdDebug: false } as const;
export const SILENT = { heartbeatMs: NOW - 3_600_000 } as const;

/** An LXD that is not there. */
export const NO_LXD = {
  snap: null,
  unit: null,
  process: null,
  ready: 'not-asked',
  api: null,
  binaries: [],
  nodes: null,
  clustered: null,
  clusterAddress: null,
} as const satisfies Partial<MemberFacts>;

export function snapOf(version: string, revision: string, rest: Partial<SnapFacts> = {}): SnapFacts {
  const tracking = `${version.split('.', 2).join('.').split('-')[0] ?? ''}/stable`;
  return { version, revision, tracking, held: true, inCohort: false, disabled: false, broken: false, ...rest };
}

export function binary(revision: string, rest: Partial<BinaryFacts> = {}): BinaryFacts {
  const path = `/snap/lxd/${revision}/bin/lxd`;
  return { revision, path, extensions: 318, schema: 60, localSchema: 42, names: null, ...rest };
}

export function instances(count: number, prefix = 'c'): { readonly instances: MemberFacts['instances'] } {
  const running = Array.from({ length: count }, (_, index) => ({ pid: 2000 + index, name: `${prefix}${index}` }));
  return { instances: { running } };
}

export function fatal(pattern: string, text: string, ago = 3_000): LogFact {
  return logLine(pattern, 'fatal_refuse', text, ago);
}

/** A healthy three-member cluster in which m2 shows these facts. */
export function onM2(facts: Partial<MemberFacts>, daemon: DaemonState = 'serving'): ObservationSpec {
  return { members: three({}, { m2: { facts, daemon } }) };
}

/** A scenario of a spec alone. */
export function of(
  name: string,
  about: string,
  spec: ObservationSpec,
  rest: Pick<Scenario, 'asks' | 'checks'> = {},
): Scenario {
  return { name, about, observation: observationOf(spec), ...rest };
}
