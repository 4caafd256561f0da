/**
 * The end as one member's daemon shows it: ready, on a process from after the steps, reading the database, with its row, its
 * running daemon and its installed binary on one count, and not restarting.
 */
import type { MemberAssessment } from '../diagnose/types.ts';
import type { MemberFacts } from '../observation.ts';
import type { MemberTarget, StepKind } from '../plan.ts';
import type { EndQuestion, Unmet } from './types.ts';

/** Steps after which the process of before is gone. */
const STARTS: ReadonlySet<StepKind> = new Set(['start', 'refresh']);

interface Subject {
  readonly question: EndQuestion;
  readonly target: MemberTarget;
  readonly assessment: MemberAssessment;
  readonly facts: MemberFacts;
}

export function checkMember(question: EndQuestion, target: MemberTarget): readonly Unmet[] {
  const { member } = target;
  const facts = question.observation.members.find((one) => one.member === member)?.facts ?? null;
  const assessment = question.diagnosis.members.find((one) => one.member === member);
  if (facts === null || assessment === undefined) {
    return [{ code: 'unreachable', member, text: `${member} could not be read.`, lasting: false }];
  }
  if (assessment.phase !== 'serving') {
    return [{ code: 'not-ready', member, text: `${member} is not ready (${assessment.phase}).`, lasting: false }];
  }
  const subject = { question, target, assessment, facts };
  return [...checkProcess(subject), ...checkRow(subject), ...checkCounts(subject), ...checkRestarts(subject)];
}

/** Where the plan starts daemons, the one from before must not be the one that answers. */
function checkProcess({ question, target, facts }: Subject): readonly Unmet[] {
  const { member } = target;
  const starts = question.plan.stages.some(({ steps }) =>
    steps.some((step) => step.member === member && STARTS.has(step.call.kind)),
  );
  const before = question.history.start.pids[member] ?? null;
  const now = facts.process?.pid ?? null;
  if (!starts || before === null || now !== before) return [];
  return [{ code: 'old-process', member, text: `${member} still runs the process from before.`, lasting: true }];
}

/** Its own read through the database, not somebody else's. */
function checkRow({ target, facts }: Subject): readonly Unmet[] {
  const { member, extensions, schema } = target;
  const table = facts.nodes;
  const row = table?.rows.find((one) => one.id === target.rowId) ?? null;
  if (table === null || table.source !== 'live' || row === null) {
    return [
      { code: 'no-live-read', member, text: `The database could not be read through ${member}.`, lasting: false },
    ];
  }
  if (row.apiExtensions === extensions && row.schema === schema) return [];
  return [
    {
      code: 'row-differs',
      member,
      text: `The row of ${member} holds ${row.apiExtensions} (schema ${row.schema}), not ${extensions} (schema ${schema}).`,
      lasting: false,
    },
  ];
}

function checkCounts({ target, assessment }: Subject): readonly Unmet[] {
  const { member, extensions } = target;
  const running = assessment.running?.extensions ?? null;
  const installed = assessment.installed?.extensions ?? null;
  if (running === extensions && installed === extensions) return [];
  return [
    {
      code: 'count-differs',
      member,
      text: `${member} runs ${running ?? 'an unknown number of'} and has ${installed ?? 'an unknown number of'} API extensions installed; planned were ${extensions}.`,
      lasting: false,
    },
  ];
}

function checkRestarts({ question, target, facts }: Subject): readonly Unmet[] {
  const { member } = target;
  const now = facts.unit?.restartsLater ?? facts.unit?.restarts ?? null;
  const atReady = question.history.restarts[member] ?? null;
  if (now === null) {
    return [{ code: 'restarts-unknown', member, text: `The restarts of ${member} could not be read.`, lasting: false }];
  }
  if (atReady === null || now === atReady) return [];
  return [{ code: 'restarted', member, text: `LXD on ${member} restarted after it had become ready.`, lasting: true }];
}
