/**
 * A golden: everything that Lockstep says of one situation, as text that a person can read and a change shows up in. Owns the form;
 * the situations are in `test/domain/goldens/scenarios`. Nothing is left out, so that no text changes unseen.
 */
import { checkMove, type CheckAnswer } from '../../src/domain/diagnose/check.ts';
import { diagnose, type Diagnosis } from '../../src/domain/diagnose/index.ts';
import type { Finding } from '../../src/domain/finding.ts';
import type { ClusterObservation } from '../../src/domain/observation.ts';
import type { Alternative, Plan, PlanStage, Planned, Refusal } from '../../src/domain/plan.ts';
import type { PlanInput } from '../../src/domain/planner/index.ts';
import { plan } from './planning.ts';
import { RELEASES } from './releases.ts';

export interface Scenario {
  /** File name of the golden. */
  readonly name: string;
  /** What the situation is, for the reader. */
  readonly about: string;
  readonly observation: ClusterObservation;
  /** Recoveries that are asked for besides the one with no strategy named. */
  readonly asks?: readonly Partial<PlanInput>[];
  /** Versions and revisions that a check is asked of. */
  readonly checks?: readonly string[];
}

export function goldenOf({ about, observation, asks = [], checks = [] }: Scenario): string {
  const diagnosis = diagnose(observation, RELEASES);
  return [
    about,
    ...describeDiagnosis(diagnosis),
    ...[{}, ...asks].flatMap((ask) => ['', `> recover ${wordsOf(ask)}`, ...describePlanned(plan(observation, ask))]),
    ...checks.flatMap((to) => [
      '',
      `> check --to ${to}`,
      ...describeCheck(checkMove(observation, diagnosis, RELEASES, to)),
    ]),
    '',
  ].join('\n');
}

function wordsOf(ask: Partial<PlanInput>): string {
  return Object.entries(ask)
    .map(([key, value]) => `--${key} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
}

function describeDiagnosis({ findings, rows, members }: Diagnosis): readonly string[] {
  const table = (rows?.rows ?? []).map((row) => `    ${JSON.stringify(row)}`);
  return [
    '',
    '> status',
    ...members.map((member) => {
      const names = member.installed?.names?.length ?? null;
      const { installed, ...rest } = member;
      return `  ${JSON.stringify({ ...rest, installed: installed === null ? null : { ...installed, names } })}`;
    }),
    rows === null
      ? '  no table'
      : `  table of ${rows.member}, ${rows.source}, at ${rows.at}, schema ${rows.databaseSchema}`,
    ...table,
    ...findings.flatMap(describeFinding),
  ];
}

function describeFinding(finding: Finding): readonly string[] {
  return [
    '',
    `  ${finding.severity} ${finding.kind} (${finding.members.join(', ')})`,
    `    ${finding.title}`,
    `    ${finding.cause}`,
    ...finding.evidence.map(({ member, source, at, text }) => `    - ${member} ${source} ${at}: ${text}`),
    ...listed('    extensions missing', finding.extensionsMissing),
    `    Next: ${finding.next}`,
  ];
}

function listed(title: string, words: readonly string[]): readonly string[] {
  return words.length === 0 ? [] : [`${title}: ${words.join(', ')}`];
}

function describePlanned(planned: Planned): readonly string[] {
  const answer =
    planned.kind === 'plan' ? describePlan(planned.plan, planned.recommended) : describeRefusal(planned.refusal);
  return [...answer, ...planned.alternatives.map(describeAlternative)];
}

function describeAlternative({ strategy, possible, why }: Alternative): string {
  return `  ${possible ? 'or' : 'not'} ${strategy}: ${why}`;
}

function describeRefusal({ cluster, reasons, next }: Refusal): readonly string[] {
  return [`  refused, ${cluster}`, ...reasons.map(({ code, text }) => `    ${code}: ${text}`), `    Next: ${next}`];
}

function describePlan(made: Plan, recommended: boolean): readonly string[] {
  const {
    run,
    cluster,
    strategy,
    stages,
    baseline,
    outage,
    instances,
    irreversible,
    rollback,
    warnings,
    around = [],
    ...rest
  } = made;
  const { targets, ...lives } = baseline;
  return [
    `  ${strategy} of ${cluster}, run ${run}${recommended ? ', recommended' : ''}`,
    `    Outage: ${outage}`,
    `    Instances: ${instances}`,
    ...irreversible.map((text) => `    Irreversible: ${text}`),
    `    Rollback: ${rollback}`,
    ...warnings.map((text) => `    Warning: ${text}`),
    ...around.map((text) => `    Around: ${text}`),
    ...stages.flatMap(describeStage),
    ...targets.map((target) => `    End: ${JSON.stringify(target)}`),
    `    Baseline: ${JSON.stringify(lives)}`,
    ...Object.entries(rest)
      .filter(([key]) => key !== 'fingerprint')
      .map(([key, value]) => `    ${key}: ${JSON.stringify(value)}`),
  ];
}

function describeStage({ title, steps, after }: PlanStage): readonly string[] {
  return [
    `    ${title}${after === undefined ? '' : ` (after ${after})`}`,
    ...steps.map(
      ({ id, member, call, effect, timeoutMs }) =>
        `      ${id} ${member} ${effect} within ${timeoutMs} ms: ${JSON.stringify(call)}`,
    ),
  ];
}

function describeCheck({ verdict, count, schema, fixedIn, order, reasons }: CheckAnswer): readonly string[] {
  return [
    `  ${verdict}, ${count} extensions, schema ${schema}, fixed in ${fixedIn}, in this order: ${order.join(', ')}`,
    ...reasons.map((reason) => `    ${reason}`),
  ];
}
