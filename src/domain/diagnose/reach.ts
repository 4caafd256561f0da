/**
 * Members that did not answer. That says nothing about LXD on them: a partition between here and there looks the same as a dead
 * host. What the cluster itself last heard of such a member is told beside it, where somebody's live table shows it.
 */
import type { Evidence, Finding, FindingKind, Severity } from '../finding.ts';
import type { Reach } from '../observation.ts';
import type { MemberView, Situation } from './situation.ts';
import { clusterWorks } from './skew.ts';
import { listNames, namesOf, oneLine, sshEvidence, verb } from './text.ts';

/** Above this difference between clocks LXD warns, ages of heartbeats mean nothing, and no change is made; in ms. */
export const CLOCK_LIMIT_MS = 5_000;

/** LXD's default for `cluster.offline_threshold`, in s. */
const OFFLINE_THRESHOLD_S = 20;

export function reachRules(situation: Situation): readonly Finding[] {
  return [...unreachable(situation), ...authFailed(situation), ...hostKeys(situation), ...sudoRefused(situation)];
}

function withReach(situation: Situation, ...kinds: readonly Reach['kind'][]): readonly MemberView[] {
  return situation.members.filter((view) => kinds.includes(view.observation.reach.kind));
}

/** Nobody at all, or nobody who serves, leaves nothing to fall back on. */
function severityOf(situation: Situation): Severity {
  return clusterWorks(situation) ? 'warning' : 'critical';
}

function unreachable(situation: Situation): readonly Finding[] {
  const named = withReach(situation, 'unreachable', 'timed-out', 'lost');
  if (named.length === 0) return [];
  const all = named.length === situation.members.length;
  const heard = all ? [] : named.map((view) => heartbeatOf(situation, view)).filter((one) => one !== null);
  return [
    {
      kind: 'member-unreachable',
      severity: severityOf(situation),
      members: namesOf(named),
      title: all
        ? `No member can be reached: ${listNames(named)} ${verb(named.length, 'does', 'do')} not answer`
        : `${listNames(named)} ${verb(named.length, 'does', 'do')} not answer over SSH`,
      cause: [
        `Lockstep got no answer from ${listNames(named)}, so nothing is known about LXD there: unreachable is not down.`,
        `It may be the host, its network, or the way from here to it.`,
        ...heard.map((one) => one.sentence),
        all
          ? ''
          : `The other findings are about the members that answered; no change is made while a member can't be asked.`,
      ]
        .filter((sentence) => sentence !== '')
        .join(' '),
      evidence: [...named.map(sshEvidence), ...heard.map((one) => one.evidence)],
      extensionsMissing: [],
      next: `Check the hosts and the network, then: status ${situation.cluster}`,
    },
  ];
}

/** What a live table says of the last heartbeat of a member that we can't reach ourselves. */
function heartbeatOf(situation: Situation, view: MemberView): { sentence: string; evidence: Evidence } | null {
  const rows = situation.rows;
  const age = heartbeatAgeMs(situation, view);
  if (rows === null || age === null) return null;
  const lost = age > offlineThresholdMs(situation);
  const seconds = Math.max(0, Math.round(age / 1000));
  return {
    sentence: lost
      ? `The cluster has not heard of ${view.member} for ${seconds} s either.`
      : `The cluster still heard of ${view.member} ${seconds} s before: LXD runs there, the way from here is broken.`,
    evidence: {
      member: view.member,
      source: 'row',
      at: rows.at,
      text: oneLine(`last heartbeat ${seconds} s before the read by ${rows.member}`),
    },
  };
}

/**
 * Age of the member's heartbeat when the live table was read; null without one, and where the members' clocks differ. The leader
 * writes heartbeats with its own clock and who leads is not known here, so the middle of the members' clocks stands for it.
 */
export function heartbeatAgeMs(situation: Situation, view: MemberView): number | null {
  const rows = situation.rows;
  const beat = view.row?.heartbeatMs ?? null;
  if (rows === null || rows.source !== 'live' || beat === null) return null;
  const offsets = situation.reached.flatMap((one) => one.facts.clockOffsetMs ?? []).toSorted((a, b) => a - b);
  const first = offsets[0] ?? 0;
  if ((offsets.at(-1) ?? 0) - first > CLOCK_LIMIT_MS) return null;
  return rows.at + (offsets[Math.floor(offsets.length / 2)] ?? 0) - beat;
}

export function offlineThresholdMs(situation: Situation): number {
  const set = situation.reached
    .map((view) => view.facts.settings?.offlineThresholdS ?? null)
    .find((one) => one !== null);
  return (set ?? OFFLINE_THRESHOLD_S) * 1000;
}

function authFailed(situation: Situation): readonly Finding[] {
  return refusals(withReach(situation, 'auth-failed'), {
    kind: 'auth-failed',
    severity: severityOf(situation),
    title: (who) => `The SSH login on ${who} failed`,
    cause: (who) =>
      `The host answers, but the configured user and key did not get in on ${who}. Nothing is known about LXD there. ` +
      `Either the key is not in the user's authorized_keys, or user or key in the configuration are not the right ones, ` +
      `or the key or the ssh-agent on this machine can't be used: the evidence says which.`,
    next: `Put the key in place, then: doctor`,
  });
}

function sudoRefused(situation: Situation): readonly Finding[] {
  return refusals(withReach(situation, 'sudo-refused'), {
    kind: 'sudo-refused',
    severity: severityOf(situation),
    title: (who) => `${who} refused sudo without a password`,
    cause: (who) =>
      `The login worked, but "sudo -n" did not on ${who}, and LXD's files and database can only be read as root. ` +
      `Nothing is known about LXD there. A sudoers rule for the configured user is missing, or sudo itself is not installed.`,
    next: `Install the sudoers rule (or log in as root with sudo: false), then: doctor`,
  });
}

function hostKeys(situation: Situation): readonly Finding[] {
  const texts: Readonly<Record<string, RefusalText>> = {
    changed: {
      kind: 'host-key-changed',
      severity: 'critical',
      title: (who) => `The SSH host key of ${who} is not the known one`,
      cause: (who) =>
        `Another key than the recorded one was shown for ${who}. The host was installed again, the address now belongs to another machine, or somebody stands in between. ` +
        `Lockstep did not log in and sent nothing. Compare the fingerprint on the host's own console before trusting it.`,
      next: `Compare the fingerprint on the console, correct known_hosts, then: doctor`,
    },
    revoked: {
      kind: 'host-key-changed',
      severity: 'critical',
      title: (who) => `The SSH host key of ${who} is marked as revoked`,
      cause: (who) =>
        `The key that ${who} showed is marked @revoked in known_hosts: somebody decided that it must never be trusted again. ` +
        `Lockstep did not log in and sent nothing.`,
      next: `Give the host a new key, record it in known_hosts, then: doctor`,
    },
    unknown: {
      kind: 'host-key-changed',
      severity: severityOf(situation),
      title: (who) => `The SSH host key of ${who} is not recorded in known_hosts`,
      cause: (who) =>
        `There is no entry for ${who} in the configured known_hosts file, and Lockstep never trusts a key at first sight. ` +
        `It did not log in. Nothing is known about LXD there.`,
      next: `Record the key after comparing its fingerprint, then: doctor`,
    },
    'known-hosts-unreadable': {
      kind: 'host-key-changed',
      severity: severityOf(situation),
      title: (who) => `The known_hosts file can't be read, so the host key of ${who} was refused`,
      cause: () =>
        `Without the known_hosts file no host key can be checked, and Lockstep does not log in unchecked. ` +
        `The fault is on this machine, not on the members.`,
      next: `Correct the path or the rights of known_hosts, then: doctor`,
    },
  };
  return Object.entries(texts).flatMap(([reason, text]) => {
    const named = situation.members.filter((view) => {
      const { reach } = view.observation;
      return reach.kind === 'host-key-refused' && reach.reason === reason;
    });
    return refusals(named, text);
  });
}

interface RefusalText {
  readonly kind: FindingKind;
  readonly severity: Severity;
  readonly title: (who: string) => string;
  readonly cause: (who: string) => string;
  readonly next: string;
}

function refusals(named: readonly MemberView[], text: RefusalText): readonly Finding[] {
  if (named.length === 0) return [];
  const who = listNames(named);
  return [
    {
      kind: text.kind,
      severity: text.severity,
      members: namesOf(named),
      title: text.title(who),
      cause: text.cause(who),
      evidence: named.map(sshEvidence),
      extensionsMissing: [],
      next: text.next,
    },
  ];
}
