/**
 * The approval card: what will happen on each member, its outage, what becomes of instances, what can't be undone, how it is
 * rolled back, who may approve and until when. Owns the card and its `data`.
 */
import type { PlanData } from '../../domain/data.ts';
import { isBreakGlass, type Alternative, type Plan } from '../../domain/plan.ts';
import type { ApprovalRecord, CompiledStep } from '../../domain/run.ts';
import {
  code,
  fields,
  foldedCode,
  heading,
  message,
  mono,
  nextCommand,
  note,
  people,
  strong,
  table,
  text,
  time,
  type Part,
} from '../build.ts';
import type { Action, Block, Message } from '../message.ts';
import { isoTime, listOf, STRATEGY_WORDS } from '../words.ts';

export interface PlanView {
  /** Null for a dry run. */
  readonly run: string | null;
  readonly plan: Plan;
  readonly compiled: readonly CompiledStep[];
  readonly digest: string;
  /** Null for a dry run. */
  readonly expiresAt: number | null;
  readonly recommended: boolean;
  readonly alternatives: readonly Alternative[];
  readonly requestedBy: string;
  readonly reason: string | null;
  readonly approvals: readonly ApprovalRecord[];
  readonly required: number;
  readonly approvers: readonly string[];
  readonly allowRequester: boolean;
  readonly actions: readonly Action[];
}

export function planData(view: PlanView): PlanData {
  const effects = new Map(
    view.plan.stages.flatMap((stage) => stage.steps.map((step) => [`${step.id}@${step.member}`, step.effect] as const)),
  );
  return {
    kind: 'plan',
    run: view.run,
    cluster: view.plan.cluster,
    strategy: view.plan.strategy,
    digest: view.digest,
    expiresAt: view.expiresAt === null ? null : isoTime(view.expiresAt),
    recommended: view.recommended,
    alternatives: view.alternatives.map(({ strategy, possible, why }) => ({ strategy, possible, why })),
    steps: view.compiled.map(({ id, member, text: words }) => ({
      id,
      member,
      text: words,
      effect: effects.get(`${id}@${member}`) ?? 'once',
    })),
    starts: view.plan.starts,
  };
}

export function planMessage(view: PlanView): Message {
  const { plan } = view;
  const title = titleOf(view);
  return message(
    title,
    isBreakGlass(plan.strategy) ? 'danger' : 'info',
    [
      heading(title),
      ...loudWords(plan),
      text(strong(plan.strategy), `: ${STRATEGY_WORDS[plan.strategy]}.${view.recommended ? ' Recommended.' : ''}`),
      fields([
        ['Asked for by', view.reason === null ? view.requestedBy : `${view.requestedBy}: ${view.reason}`],
        ['Outage', plan.outage],
        ['Instances', plan.instances],
        ['Can’t be undone', plan.irreversible.length === 0 ? 'nothing' : plan.irreversible.join(' ')],
        ['If it goes wrong', plan.rollback],
      ]),
      ...plan.warnings.map((warning) => text(`! ${warning}`)),
      stagesTable(plan),
      ...statements(plan),
      ...exactTexts(view.compiled).map(folded),
      ...(plan.around === undefined ? [] : [note(`On the members: ${plan.around.join(' ')}`)]),
      ...otherWays(view),
      ...approvalBlocks(view),
      nextStep(view),
    ],
    view.actions,
  );
}

function titleOf({ run, plan }: PlanView): string {
  const glass = isBreakGlass(plan.strategy) ? 'BREAK-GLASS: ' : '';
  if (run === null) return `${glass}Plan for ${plan.cluster}, not asked for yet`;
  return `${glass}Recovery of ${plan.cluster}: ${run} waits for approval`;
}

/** First of all, before anybody reads on. */
function loudWords({ strategy, givenUp }: Plan): readonly Block[] {
  if (!isBreakGlass(strategy)) return [];
  const who = givenUp === undefined ? 'a member' : givenUp.member;
  return [
    text(
      strong(`This gives ${who} up.`),
      ' It is never recommended, and takes a person who is named for it, with a reason.',
    ),
  ];
}

function stagesTable(plan: Plan): Block {
  return table(
    ['', 'what', 'where', 'at most'],
    plan.stages.map((stage, index) => [
      String(index + 1),
      stage.title,
      stage.steps.map((step) => step.member).join(', '),
      `${Math.ceil(Math.max(0, ...stage.steps.map((step) => step.timeoutMs)) / 1000)} s`,
    ]),
  );
}

/** The one thing that changes data, in words. */
function statements(plan: Plan): readonly Block[] {
  const patches = plan.stages.flatMap((stage) =>
    stage.steps.flatMap(({ call }) => (call.kind === 'write-patch' ? [call.patch] : [])),
  );
  const live = plan.stages.flatMap((stage) =>
    stage.steps.flatMap(({ call }) => (call.kind === 'run-sql' ? call.statements : [])),
  );
  return [...patches.slice(0, 1), ...live].map((patch) =>
    text(
      'The change itself: the recorded number of API extensions becomes ',
      strong(String(patch.target)),
      ` in ${patch.rowIds.length === 1 && plan.strategy === 'sql-live' ? 'row' : 'rows'} ${patch.rowIds.join(', ')}, only where it is ${patch.oldCounts.join(' or ')} and the schema is ${patch.schema}, and only within ${patch.lifetimeS} s. ${patch.healingS === undefined ? 'Nothing else is written.' : `Beside it only cluster.healing_threshold, from ${patch.healingS} to 0.`}`,
    ),
  );
}

/** What each member's shell gets, to the letter; one block for members that get the same. */
export function exactTexts(compiled: readonly CompiledStep[]): readonly Block[] {
  const groups = new Map<string, { readonly id: string; readonly text: string; readonly members: string[] }>();
  for (const step of compiled) {
    const key = `${step.id}\n${step.text}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { id: step.id, text: step.text, members: [step.member] });
    else group.members.push(step.member);
  }
  return [...groups.values()].map((group) => code(group.text, `${group.id} on ${listOf(group.members)}, exactly:`));
}

function folded(block: Block): Block {
  return block.kind === 'code' ? foldedCode(block.text, block.title ?? '') : block;
}

/** Who studies a dry run is told why each other way is none; who has to decide, which ones there are. */
function otherWays({ alternatives, run, plan }: PlanView): readonly Block[] {
  if (alternatives.length === 0) return [];
  if (run === null) {
    return [
      table(
        ['other way', 'now', 'why'],
        alternatives.map(({ strategy, possible, why }) => [strategy, possible ? 'possible' : 'no', why]),
      ),
    ];
  }
  const none = alternatives.filter(({ possible }) => !possible).map(({ strategy }) => strategy);
  return [
    ...alternatives
      .filter(({ possible }) => possible)
      .map(({ strategy, why }) => text('Another way: ', strong(strategy), `. ${why}`)),
    ...(none.length === 0
      ? []
      : [note(`Not possible now: ${none.join(', ')}. Why: `, mono(`/lxd recover ${plan.cluster} --dry-run`))]),
  ];
}

function approvalBlocks(view: PlanView): readonly Block[] {
  if (view.expiresAt === null) return [note(`A dry run: nothing was asked for. Digest ${view.digest.slice(0, 12)}.`)];
  const given = view.approvals.filter((record) => record.decision === 'approve');
  const glass = isBreakGlass(view.plan.strategy);
  const who: readonly Part[] = [
    glass
      ? 'Needs one break-glass approval, with a reason, '
      : `Needs ${view.required === 1 ? 'one approval' : `${view.required} approvals`} `,
    view.allowRequester ? 'from ' : 'by somebody else than the person who asked, from ',
    ...(view.approvers.length === 0
      ? [`nobody: ${glass ? 'approvals.breakGlass is empty' : 'no approver is configured'}`]
      : people(view.approvers)),
    ', until ',
    time(view.expiresAt),
    `. Digest ${view.digest.slice(0, 12)}; the exact text of every step: `,
    mono(`/lxd runs ${view.run ?? ''} --text`),
  ];
  const soFar =
    given.length === 0 ? [] : [text(`Approved so far by ${listOf(given.map((record) => record.describedAs))}.`)];
  return [text(...who), ...soFar];
}

function nextStep(view: PlanView): Block {
  const { run, plan } = view;
  if (run === null) return nextCommand(`recover ${plan.cluster} --strategy ${plan.strategy}`);
  const stop = plan.instancesStopped > 0 ? ` --confirm-stop ${plan.instancesStopped}` : '';
  const glass = isBreakGlass(plan.strategy) ? ' --break-glass "reason"' : '';
  return nextCommand(`approve ${run}${stop}${glass}`, `reject ${run}`);
}
