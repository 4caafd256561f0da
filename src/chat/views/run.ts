/**
 * The run card, edited in place: stages and members with their states, how long it has taken, what a person has to decide; at the
 * end what was before and what is now. Owns the cards and `data` of one run and of the list of runs.
 */
import { assertNever } from '../../domain/assert-never.ts';
import type { RunData, RunsData } from '../../domain/data.ts';
import type { MemberName } from '../../domain/ids.ts';
import { isBreakGlass } from '../../domain/plan.ts';
import { isEnded, type Run, type RunState, type StepRecord, type StepState } from '../../domain/run.ts';
import { backupBlocks, backupsOf } from './backups.ts';
import { code, fields, heading, message, nextCommand, note, strong, table, text, withCommands } from '../build.ts';
import type { Action, Block, Message, Tone } from '../message.ts';
import { exactTexts } from './plan.ts';
import { describeDuration, isoTime, RUN_WORDS, shortTime, STEP_SIGN, STRATEGY_WORDS } from '../words.ts';

export function runData(run: Run): RunData {
  return {
    kind: 'run',
    run: run.id,
    cluster: run.cluster,
    strategy: run.strategy,
    state: run.state,
    steps: run.steps.map(({ id, member, state }) => ({ id, member, state })),
  };
}

export function runDetailData(run: Run, prunedAt: number | null = null): RunData {
  return {
    ...runData(run),
    backups: backupsOf(run, prunedAt),
    outputs: run.steps.map(({ id, member, output }) => ({ id, member, text: output })),
  };
}

export function runsData(runs: readonly Run[]): RunsData {
  return {
    kind: 'runs',
    runs: runs.map(({ id, cluster, strategy, state, createdAt }) => ({
      run: id,
      cluster,
      strategy,
      state,
      at: isoTime(createdAt),
    })),
  };
}

export function runMessage(run: Run, now: number, actions: readonly Action[]): Message {
  const title = `${run.id} on ${run.cluster}: ${RUN_WORDS[run.state]}`;
  return message(
    title,
    cardTone(run),
    [
      heading(title),
      text(`${run.strategy}: ${STRATEGY_WORDS[run.strategy]}.`),
      ...explanationBlocks(run),
      ...givenUpBlocks(run),
      ...abortBlocks(run),
      stepsTable(run),
      fields([
        ['Asked for by', run.requesterDescribedAs],
        ['Decided by', decidedBy(run)],
        ['Took', tookOf(run, now)],
        ['Recorded counts', countsOf(run)],
      ]),
      nextCommand(...commandsAfterRun(run)),
    ],
    actions,
  );
}

/** How it stands, in short: its card says the rest. */
export function runLineMessage(run: Run): Message {
  const took =
    run.startedAt === null || run.endedAt === null ? '' : ` after ${describeDuration(run.endedAt - run.startedAt)}`;
  const title = `${run.id} on ${run.cluster}: ${RUN_WORDS[run.state]}${took}`;
  return message(title, cardTone(run), [
    heading(title),
    ...explanationBlocks(run),
    nextCommand(...commandsAfterRun(run)),
  ]);
}

export function runDetailMessage(run: Run, now: number, prunedAt: number | null = null): Message {
  const card = runMessage(run, now, []);
  const outputs = run.steps.flatMap((step) =>
    step.output === null || step.output.trim() === ''
      ? []
      : [code(step.output, `${step.id} on ${step.member}: last lines of its output`)],
  );
  const notes = run.steps.flatMap((step) =>
    step.note === null ? [] : [note(`${step.id} on ${step.member}: ${step.note}`)],
  );
  const backups = backupBlocks(backupsOf(run, prunedAt), now);
  return { ...card, blocks: [...card.blocks.slice(0, -1), ...backups, ...notes, ...outputs, ...card.blocks.slice(-1)] };
}

/** What was approved, to the letter. */
export function runTextMessage(run: Run): Message {
  const title = `${run.id}: what each step runs, exactly`;
  return message(title, 'neutral', [
    heading(title),
    text(`Digest ${run.digest}. An approval covers these texts and nothing else.`),
    ...exactTexts(run.compiled),
    nextCommand(...commandsAfterRun(run)),
  ]);
}

export function runsMessage(runs: readonly Run[]): Message {
  if (runs.length === 0)
    return message('No runs yet', 'neutral', [text('There has been no run yet.'), nextCommand('status')]);
  const title = runs.length === 1 ? 'One run' : `${runs.length} runs, the newest first`;
  return message(title, 'neutral', [
    heading(title),
    table(
      ['run', 'cluster', 'strategy', 'state', 'asked for', 'by'],
      runs.map((run) => [
        run.id,
        run.cluster,
        run.strategy,
        run.state,
        shortTime(run.createdAt),
        run.requesterDescribedAs,
      ]),
    ),
    nextCommand(`runs ${runs[0]?.id ?? ''}`),
  ]);
}

/** What one could type, given where the run stands. */
function commandsAfterRun(run: Run): readonly string[] {
  switch (run.state) {
    case 'drafted':
    case 'awaiting-approval':
      return [`approve ${run.id}${isBreakGlass(run.strategy) ? ' --break-glass "reason"' : ''}`, `reject ${run.id}`];
    case 'approved':
    case 'running':
      return [`wait ${run.id}`, `abort ${run.id}`];
    case 'paused':
      return [`runs ${run.id}`, `resume ${run.id} retry`, `abort ${run.id}`];
    case 'succeeded':
    case 'rolled-back':
      return [`status ${run.cluster}`, `timeline ${run.cluster}`];
    case 'failed':
    case 'aborted':
      return [`status ${run.cluster}`, `runs ${run.id}`];
    case 'rejected':
    case 'expired':
    case 'superseded':
    case 'stale':
      return [`recover ${run.cluster}`];
    default:
      return assertNever(run.state);
  }
}

/** Break-glass stays loud: also a good end leaves a member to see to. */
function cardTone(run: Run): Tone {
  const tone = toneOfRun(run.state);
  if (!isBreakGlass(run.strategy)) return tone;
  return tone === 'good' ? 'warning' : tone === 'info' ? 'danger' : tone;
}

function givenUpBlocks({ plan }: Run): readonly Block[] {
  return plan.givenUp === undefined ? [] : [text(strong('Still to do. '), plan.givenUp.followUp)];
}

function toneOfRun(state: RunState): Tone {
  switch (state) {
    case 'succeeded':
      return 'good';
    case 'failed':
    case 'paused':
      return 'danger';
    case 'stale':
    case 'aborted':
    case 'expired':
    case 'rejected':
      return 'warning';
    case 'rolled-back':
    case 'superseded':
      return 'neutral';
    case 'drafted':
    case 'awaiting-approval':
    case 'approved':
    case 'running':
      return 'info';
    default:
      return assertNever(state);
  }
}

/** What happened comes before the way; what to do next has a line of its own at the end. */
function explanationBlocks({ explanation, state, approvals }: Run): readonly Block[] {
  const [words = ''] = (explanation ?? '').split(/\s*Next: /, 1);
  // The reason of a rejection stands with who rejected.
  const isSaid = state === 'rejected' && approvals.some(({ reason }) => reason === words);
  return words === '' || isSaid ? [] : [text(...withCommands(words))];
}

/** As many rows as stages, however many members: the sign is that of the least finished. */
function stepsTable(run: Run): Block {
  return table(
    ['', 'step', 'where'],
    run.plan.stages.map((stage, index) => {
      const ids = new Set(stage.steps.map((step) => step.id));
      const steps = run.steps.filter((step) => ids.has(step.id));
      return [STEP_SIGN[leastOf(steps)].slice(0, 1), `${index + 1}. ${stage.title}`, whereOf(steps)];
    }),
  );
}

const LEAST_FIRST = ['unknown', 'failed', 'started', 'pending', 'done'] as const;

function leastOf(steps: readonly StepRecord[]): StepState {
  return LEAST_FIRST.find((state) => steps.some((step) => step.state === state)) ?? 'pending';
}

/** `m1, m2`; where members differ, or something needs a look, `m1 failed, m2 and m3 done`. */
function whereOf(steps: readonly StepRecord[]): string {
  const members = [...new Set(steps.map(({ member }) => member))];
  const stateOf = (member: MemberName): StepState => leastOf(steps.filter((step) => step.member === member));
  const groups = LEAST_FIRST.map((state) => ({ state, names: members.filter((member) => stateOf(member) === state) }));
  const [only, ...others] = groups.filter(({ names }) => names.length > 0);
  if (only === undefined) return '';
  const isPlain = others.length === 0 && (only.state === 'done' || only.state === 'pending');
  if (isPlain) return members.join(', ');
  return [only, ...others].map(({ state, names }) => `${names.join(', ')} ${WHERE_WORDS[state]}`).join('; ');
}

const WHERE_WORDS: Readonly<Record<StepState, string>> = {
  unknown: 'unknown',
  failed: 'failed',
  started: 'running',
  pending: 'waiting',
  done: 'done',
};

function abortBlocks(run: Run): readonly Block[] {
  if (run.abortRequestedBy === null || isEnded(run.state)) return [];
  return [text(`${run.abortRequestedBy} asked to stop; it stops after the step that is under way.`)];
}

function decidedBy(run: Run): string | null {
  if (run.approvals.length === 0) return null;
  return run.approvals
    .map(
      ({ describedAs, decision, reason }) =>
        `${describedAs}, ${decision === 'approve' ? 'approved' : 'rejected'}${reason === null ? '' : `: ${reason}`}`,
    )
    .join('; ');
}

function tookOf(run: Run, now: number): string | null {
  if (run.startedAt === null) return null;
  return describeDuration((run.endedAt ?? now) - run.startedAt);
}

/** `402 → 387`, once it is proved. */
function countsOf(run: Run): string | null {
  if (run.state !== 'succeeded') return null;
  const before = new Set<number>();
  const after = new Set(run.plan.baseline.targets.map((target) => target.extensions));
  for (const { call } of run.plan.stages.flatMap((stage) => stage.steps)) {
    if (call.kind === 'write-patch') for (const count of call.patch.oldCounts) before.add(count);
  }
  if (before.size === 0 || after.size === 0) return null;
  const where = run.plan.givenUp === undefined ? 'on every member' : `in the row of ${run.plan.givenUp.member}`;
  return `${[...before].join(', ')} before, ${[...after].join(', ')} now, ${where}`;
}
