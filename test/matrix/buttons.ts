/** Which button a careful person presses on a paused run. They look at the member before they say that a step is done. */
import { stepTitle, type StepKind } from '../../src/domain/plan.ts';
import { openSteps, type Run, type StepRecord } from '../../src/domain/run.ts';
import type { Answer } from './cases.ts';
import type { MemberSight, Sight } from './ground.ts';

/** What can be seen from outside to be done. Of the others one would have to know what was sent. */
const SEEN_DONE: Readonly<Partial<Record<StepKind, (member: MemberSight) => boolean>>> = {
  start: ({ runs }) => runs,
  'await-ready': ({ serves }) => serves,
  'await-patch-consumed': ({ hasPatch }) => !hasPatch,
  'remove-patch': ({ hasPatch }) => !hasPatch,
  'hold-refreshes': ({ held }) => held,
};

/** The label as the card has it. */
export function buttonFor(run: Run, answer: Answer, sight: Sight): string {
  if (answer === 'abort') return 'Abort';
  const open = openSteps(run);
  const done = answer === 'done' ? open.find((step) => isSeenDone(run, step, sight)) : undefined;
  if (done !== undefined) return `Take as done on ${labelOf(run, done)}`;
  const [first] = open;
  return first === undefined ? 'Go on' : `Retry on ${labelOf(run, first)}`;
}

function labelOf({ plan }: Run, { id, member }: StepRecord): string {
  const title = stepTitle(plan, id);
  return `${member}: ${title.charAt(0).toLowerCase()}${title.slice(1)}`;
}

function isSeenDone(run: Run, { id, member }: StepRecord, { members }: Sight): boolean {
  const step = run.plan.stages.flatMap(({ steps }) => steps).find((one) => one.id === id && one.member === member);
  const seen = members.find(({ name }) => name === member);
  if (step === undefined || seen === undefined) return false;
  return SEEN_DONE[step.call.kind]?.(seen) ?? false;
}
