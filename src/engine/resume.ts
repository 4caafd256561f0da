/**
 * A person's verdict on a paused run. `done`: they looked, and the step counts as done. `retry`: it is sent again. Without an open
 * step `retry` goes on, and once every step is done `done` takes the end as it is. Commits the verdict before the run goes on.
 */
import type { PlanStep } from '../domain/plan.ts';
import { openSteps, takesVerdict, type Run } from '../domain/run.ts';
import { keyOf, loadRun, recordOf, type RunContext } from './context.ts';
import { giveBack } from './hold.ts';
import { preparePatchAgain } from './patch-again.ts';
import type { ResumeRequest } from './deps.ts';

export async function applyVerdict(context: RunContext, request: ResumeRequest): Promise<Run> {
  const run = await loadRun(context);
  if (run.state !== 'paused' || !takesVerdict(run, request)) return run;
  const open = chosenSteps(run, request);
  if (open.length === 0 && request.verdict === 'done') return acceptEnd(context, run, request);
  // First what the person said: a process that ends right after goes on from it, and sends nothing that they called done.
  if (request.verdict === 'done') for (const step of open) await takeAsDone(context, step, request.by);
  const resumed = await enter(context, run, request, open);
  if (resumed.state !== 'running') return resumed;
  if (request.verdict === 'retry') for (const step of open) context.again.add(keyOf(step));
  // A pause removed our own file: if LXD had not taken it, waiting for its effect would be in vain.
  if (request.verdict === 'retry') await preparePatchAgain(context, await loadRun(context));
  return loadRun(context);
}

function chosenSteps(run: Run, { step, member }: ResumeRequest): readonly PlanStep[] {
  const open = openSteps(run);
  return run.plan.stages
    .flatMap(({ steps }) => steps)
    .filter((one) => (step === null || one.id === step) && (member === null || one.member === member))
    .filter((one) => open.includes(recordOf(run, one)));
}

async function enter(
  { journal, id }: RunContext,
  run: Run,
  { verdict, by }: ResumeRequest,
  open: readonly PlanStep[],
): Promise<Run> {
  const about = open.length === 0 ? 'the verification' : open.map(keyOf).join(', ');
  const moved = await journal.move({
    from: ['paused'],
    to: 'running',
    entries: [journal.entry('run-resumed', `${by} resumed ${id}: ${verdict} for ${about}.`, { actor: by })],
  });
  return moved ?? run;
}

async function takeAsDone({ deps, journal, id }: RunContext, step: PlanStep, by: string): Promise<void> {
  const note = `taken as done by ${by}`;
  await deps.store.recordOutcome({
    run: id,
    step: step.id,
    member: step.member,
    state: 'done',
    at: deps.clock.nowMs(),
    exitCode: null,
    note,
    output: null,
    entries: [journal.entry('step-done', `${step.id} on ${step.member}: ${note}.`, { member: step.member, actor: by })],
  });
}

async function acceptEnd(context: RunContext, run: Run, { by }: ResumeRequest): Promise<Run> {
  const { journal, id } = context;
  const left = await giveBack(context, run);
  const explanation =
    `${by} took the end as it is, although the verification did not succeed. ${left.join(' ')}`.trim();
  const moved = await journal.move({
    from: ['paused'],
    to: 'succeeded',
    explanation,
    entries: [journal.entry('run-ended', `${id} counts as succeeded. ${explanation}`)],
  });
  return moved ?? run;
}
