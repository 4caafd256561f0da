/**
 * The end as one member's host shows it: no refresh that Lockstep didn't start, LXCFS and every instance of before alive, and
 * nothing of ours left.
 */
import type { MemberName } from '../ids.ts';
import type { MemberFacts, SnapChange } from '../observation.ts';
import type { EndQuestion, Unmet } from './types.ts';

export function checkHost(question: EndQuestion, member: MemberName): readonly Unmet[] {
  const facts = question.observation.members.find((one) => one.member === member)?.facts ?? null;
  if (facts === null) return [];
  return [
    ...checkLeftovers(member, facts),
    ...checkChanges(question, member, facts),
    ...(stopsInstances(question, member) ? [] : checkLives(question, member, facts)),
  ];
}

function checkLeftovers(member: MemberName, { leftovers }: MemberFacts): readonly Unmet[] {
  if (leftovers !== null && leftovers.patchGlobal === null) return [];
  const text =
    leftovers === null
      ? `Whether a patch file is left on ${member} could not be read.`
      : `A patch file is left on ${member}.`;
  return [{ code: 'left-over', member, text, lasting: false }];
}

function checkChanges(question: EndQuestion, member: MemberName, { changes }: MemberFacts): readonly Unmet[] {
  const before = question.plan.baseline.changes.find((one) => one.member === member)?.ids ?? [];
  const since = (changes ?? []).filter((change) => !before.includes(change.id) && !isOurs(change));
  const ours = isRefreshed(question, member) ? since.findIndex(({ summary }) => /^Refresh "lxd"/.test(summary)) : -1;
  const foreign = since.filter((_, index) => index !== ours);
  if (foreign.length === 0) return [];
  return [
    {
      code: 'snap-change',
      member,
      text: `snapd changed LXD on ${member} during the run (change ${foreign.map(({ id }) => id).join(', ')}).`,
      lasting: true,
    },
  ];
}

/** The plan refreshes this member: the first refresh since is its own. */
function isRefreshed({ plan }: EndQuestion, member: MemberName): boolean {
  return plan.stages.some(({ steps }) => steps.some((step) => step.member === member && step.call.kind === 'refresh'));
}

/** Holding, releasing and stopping leave changes of their own. */
function isOurs({ summary }: SnapChange): boolean {
  return /\bhold\b|\bservices?\b/i.test(summary) && !/\b(auto-)?refresh "|\brevert\b|\binstall\b/i.test(summary);
}

/** `snap stop` on this member was planned: its instances and LXCFS end with it. */
function stopsInstances({ plan }: EndQuestion, member: MemberName): boolean {
  return plan.stages.some(({ steps }) =>
    steps.some((step) => step.member === member && step.call.kind === 'stop-plain'),
  );
}

function checkLives(question: EndQuestion, member: MemberName, facts: MemberFacts): readonly Unmet[] {
  const { baseline } = question.plan;
  const lxcfs = baseline.lxcfs.find((one) => one.member === member)?.pid ?? null;
  const pids = baseline.instances.find((one) => one.member === member)?.pids ?? [];
  const alive = new Set(facts.instances?.running.map(({ pid }) => pid));
  const dead = pids.filter((pid) => !alive.has(pid));
  const unread = pids.length > 0 && facts.instances === null;
  return [
    ...(lxcfs !== null && facts.lxcfsPid !== lxcfs
      ? [
          {
            code: 'lxcfs-ended',
            member,
            text: `LXCFS on ${member} is not the process of before.`,
            lasting: facts.lxcfsPid !== null,
          },
        ]
      : []),
    ...(unread
      ? [{ code: 'instances-unknown', member, text: `The instances on ${member} could not be read.`, lasting: false }]
      : []),
    ...(!unread && dead.length > 0
      ? [
          {
            code: 'instances-ended',
            member,
            text: `${dead.length} of ${pids.length} instances on ${member} ended during the run.`,
            lasting: true,
          },
        ]
      : []),
  ];
}
