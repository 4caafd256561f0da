/** One run while it is being worked on. Types and small reads alone. */
import type { ClusterConfig } from '../domain/cluster.ts';
import type { MemberName, RunId } from '../domain/ids.ts';
import type { PlanStep } from '../domain/plan.ts';
import type { Run, StepRecord } from '../domain/run.ts';
import type { Target } from '../ports/transport.ts';
import type { RunnerDeps } from './deps.ts';
import type { Journal } from './journal.ts';

export interface RunContext {
  readonly deps: RunnerDeps;
  readonly cluster: ClusterConfig;
  readonly id: RunId;
  readonly journal: Journal;
  /** Fires when the process drains: what is under way is finished and recorded, nothing new begins. */
  readonly draining: AbortSignal;
  /** Steps that are done or failed and run again all the same: `id@member`. */
  readonly again: Set<string>;
  /** The earliest deadline of the run's markers, ms; 0 when they are not known to be there. */
  readonly hold: { until: number };
}

export function keyOf(step: { readonly id: string; readonly member: MemberName }): string {
  return `${step.id}@${step.member}`;
}

export async function loadRun({ deps, id }: RunContext): Promise<Run> {
  const run = await deps.store.findRun(id);
  if (run === null) throw new Error(`run ${id} is not in the store`);
  return run;
}

export function recordOf(run: Run, step: { readonly id: string; readonly member: MemberName }): StepRecord {
  const found = run.steps.find((one) => one.id === step.id && one.member === step.member);
  if (found === undefined) throw new Error(`run ${run.id} has no record of ${keyOf(step)}`);
  return found;
}

/** The text that was approved. */
export function textOf(run: Run, step: PlanStep): string {
  const found = run.compiled.find((one) => one.id === step.id && one.member === step.member);
  if (found === undefined) throw new Error(`run ${run.id} has no text of ${keyOf(step)}`);
  return found.text;
}

/** Undefined when configuration no longer names the member, which can happen between two processes. */
export function findTarget({ cluster }: RunContext, name: MemberName): Target | undefined {
  const member = cluster.members.find((one) => one.name === name);
  return member === undefined ? undefined : { cluster: cluster.name, member, ssh: cluster.ssh };
}

/** Upper bound of one exec of a step: its own limit, connecting, and a little so that the member's own limit ends it first. */
export function execLimitMs({ cluster }: RunContext, step: PlanStep): number {
  return step.timeoutMs + cluster.ssh.timeoutMs + 2_000;
}
