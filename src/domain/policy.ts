/**
 * Who may do what on a cluster. Pure: a person, as the platform describes them at this moment, against the cluster's
 * configuration. Owns roles, four eyes, console approvals and break-glass; the change window and expiry are asked separately.
 *
 * Operators and approvers may view. With roles omitted, configuration gives viewers `*` and nobody else: read-only.
 */
import { describeWindow, isWithin } from './change-window.ts';
import { assertNever } from './assert-never.ts';
import type { ClusterConfig } from './cluster.ts';
import { principalOf, type Person } from './person.ts';
import { isBreakGlass, type RefusalReason, type Strategy } from './plan.ts';
import type { Run } from './run.ts';

export type PolicyAction = 'view' | 'operate' | 'approve' | 'break-glass';

export interface PolicyQuestion {
  readonly person: Person;
  readonly action: PolicyAction;
  readonly cluster: ClusterConfig;
  /** Principal who asked for the run, where the action is about one. */
  readonly requestedBy: string | null;
}

export type Verdict = { readonly allowed: true } | { readonly allowed: false; readonly reason: RefusalReason };

const ALLOWED: Verdict = { allowed: true };

export function mayView(person: Person, cluster: ClusterConfig): boolean {
  const { viewers, operators, approvers } = cluster.roles;
  return isListed(person, [...viewers, ...operators, ...approvers, ...cluster.approvals.breakGlass]);
}

function mayOperate(person: Person, cluster: ClusterConfig): boolean {
  return isListed(person, cluster.roles.operators);
}

/** By role alone; four eyes and the console's rule are in `authorise`. */
function mayApprove(person: Person, cluster: ClusterConfig): boolean {
  return isListed(person, cluster.roles.approvers);
}

export function authorise(question: PolicyQuestion): Verdict {
  const { person, action, cluster } = question;
  switch (action) {
    case 'view':
      return mayView(person, cluster) ? ALLOWED : notAllowed(`You may not view cluster ${cluster.name}.`);
    case 'operate':
      return mayOperate(person, cluster)
        ? ALLOWED
        : refused('not-allowed', `You are not an operator of cluster ${cluster.name}.`, cluster.roles.operators);
    case 'approve':
      return authoriseApproval(question);
    case 'break-glass':
      return authoriseBreakGlass(question);
    default:
      return assertNever(action);
  }
}

/** What an approval of that plan asks of a person. With a reason given it is break-glass, and some plans take nothing else. */
export function approvalAction(strategy: Strategy, reason: string | null): 'approve' | 'break-glass' {
  return reason !== null || isBreakGlass(strategy) ? 'break-glass' : 'approve';
}

/** Break-glass is never without words: they are what the timeline shows afterwards. */
export function missingReason(strategy: Strategy, reason: string | null): RefusalReason | null {
  const missing = reason === null ? isBreakGlass(strategy) : reason.trim() === '';
  if (!missing) return null;
  return {
    code: 'break-glass-required',
    text: `Approving ${strategy} takes break-glass, with a reason in words; it is recorded under your name.`,
  };
}

/** A pending approval ends at `expiresAt`, that moment included. */
export function isExpired(run: Pick<Run, 'state' | 'expiresAt'>, nowMs: number): boolean {
  return run.state === 'awaiting-approval' && nowMs >= run.expiresAt;
}

/** Null when the cluster may be changed at this moment. */
export function checkChangeWindow(cluster: ClusterConfig, nowMs: number): RefusalReason | null {
  const window = cluster.changeWindow;
  if (window === null || isWithin(window, nowMs)) return null;
  return {
    code: 'outside-change-window',
    text: `Cluster ${cluster.name} may only be changed ${describeWindow(window)}.`,
  };
}

function authoriseApproval({ person, cluster, requestedBy }: PolicyQuestion): Verdict {
  if (!mayApprove(person, cluster)) {
    return refused('not-allowed', `You are not an approver of cluster ${cluster.name}.`, cluster.roles.approvers);
  }
  const console = consoleRule(person, cluster);
  if (console !== null) return console;
  if (isSamePerson(cluster, requestedBy, person) && !cluster.approvals.allowRequester) {
    const text = 'You asked for this run, so somebody else has to approve it.';
    const others = cluster.roles.approvers.filter((principal) => !isSamePerson(cluster, principal, person));
    return refused('own-approval', text, others);
  }
  return ALLOWED;
}

/**
 * One principal for a person: the first of those that the configuration links. Somebody who is on Slack and on Discord counts once
 * as long as both identities are linked; roles are still given to each of them by itself.
 */
export function identityOf(cluster: ClusterConfig, principal: string): string {
  return cluster.people?.find((linked) => linked.includes(principal))?.[0] ?? principal;
}

export function isSamePerson(cluster: ClusterConfig, principal: string | null, person: Person): boolean {
  return principal !== null && identityOf(cluster, principal) === identityOf(cluster, principalOf(person));
}

/** Break-glass is approval by one person, the requester included, with a reason; only for those who are named for it. */
function authoriseBreakGlass({ person, cluster }: PolicyQuestion): Verdict {
  if (!isListed(person, cluster.approvals.breakGlass)) {
    return notAllowed(`You are not named for break-glass approvals of cluster ${cluster.name}.`);
  }
  return consoleRule(person, cluster) ?? ALLOWED;
}

function consoleRule(person: Person, cluster: ClusterConfig): Verdict | null {
  if (person.platform !== 'console' || cluster.approvals.console) return null;
  return refused(
    'console-approval-disallowed',
    `Cluster ${cluster.name} takes no approvals from the console, where a name is only asserted. Approve in chat.`,
  );
}

function isListed(person: Person, principals: readonly string[]): boolean {
  const names = new Set(['*', principalOf(person), ...person.groups]);
  return principals.some((principal) => names.has(principal));
}

function notAllowed(text: string): Verdict {
  return refused('not-allowed', text);
}

function refused(code: RefusalReason['code'], text: string, named?: readonly string[]): Verdict {
  if (named?.length === 0) {
    return {
      allowed: false,
      reason: {
        code,
        text: `${text} Nobody ${code === 'own-approval' ? 'else ' : ''}is named for that in the configuration.`,
      },
    };
  }
  return { allowed: false, reason: { code, text, ...(named === undefined ? {} : { named }) } };
}
