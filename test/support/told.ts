/** What a person is told of each of several situations, as text to be held against a file: every reason, and the way forward. */
import type { Plan, Planned, PlanStep } from '../../src/domain/plan.ts';

type Situations = Readonly<Record<string, () => Planned>>;

/** Of a refusal all of it; of a plan its name alone. */
export function told(situations: Situations): string {
  return blocks(situations, (planned) =>
    planned.kind === 'plan'
      ? [`plan: ${planned.plan.strategy}`]
      : [...planned.refusal.reasons.map(({ code, text }) => `${code}: ${text}`), `Next: ${planned.refusal.next}`],
  );
}

/** Of a plan every step with its values; of a refusal the codes. */
export function toldSteps(situations: Situations): string {
  return blocks(situations, (planned) =>
    planned.kind === 'refusal'
      ? [`refused: ${planned.refusal.reasons.map(({ code }) => code).join(', ')}`]
      : [
          planned.plan.strategy,
          aboutOf(planned.plan),
          ...planned.plan.stages.flatMap(({ title, steps, after }) => [
            `${title}${after === undefined ? '' : ` (after ${after})`}`,
            ...steps.map((step) => `  ${stepWords(step)}`),
          ]),
          ...planned.plan.baseline.targets.map((target) => `End: ${JSON.stringify(target)}`),
        ],
  );
}

/** Of a plan what a person reads before approving it. */
export function toldWords(situations: Situations): string {
  return blocks(situations, (planned) => {
    if (planned.kind === 'refusal') return [`refused: ${planned.refusal.reasons.map(({ code }) => code).join(', ')}`];
    const { plan } = planned;
    return [
      plan.strategy,
      `Outage: ${plan.outage}`,
      `Instances: ${plan.instances} (${plan.instancesStopped} stopped)`,
      `Starts: ${JSON.stringify(plan.starts)}`,
      ...plan.irreversible.map((text) => `Irreversible: ${text}`),
      `Rollback: ${plan.rollback}`,
      ...plan.warnings.map((text) => `Warning: ${text}`),
    ];
  });
}

/** What stands in a plan beside its steps and its sentences. */
function aboutOf({ to, healingS, undoes, givenUp, instancesPolicy, baseline }: Plan): string {
  return [
    `instances: ${instancesPolicy}`,
    `schema: ${baseline.databaseSchema}`,
    ...(to === undefined ? [] : [`to: ${to}`]),
    ...(healingS === undefined ? [] : [`healing: ${healingS} s`]),
    ...(undoes === undefined ? [] : [`undoes: ${undoes.run}`]),
    ...(givenUp === undefined ? [] : [`given up: ${givenUp.member} (row ${givenUp.rowId})`]),
  ].join(', ');
}

function stepWords({ id, member, call, effect, timeoutMs }: PlanStep): string {
  return `${id} ${member} ${effect} within ${timeoutMs} ms: ${JSON.stringify(call)}`;
}

function blocks(situations: Situations, linesOf: (planned: Planned) => readonly string[]): string {
  return Object.entries(situations)
    .map(([name, make]) => `${[name, ...linesOf(make()).map((line) => `  ${line}`)].join('\n')}\n`)
    .join('\n');
}
