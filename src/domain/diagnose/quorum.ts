/**
 * The database's majority (`quorum-lost`) and its pulse (`heartbeat-stale`). A live read of the table is proof of a quorum; its
 * absence is proof of nothing, so a loss is claimed only from stopped voters or from a daemon that says it finds no leader.
 */
import type { Evidence, Finding } from '../finding.ts';
import type { RaftNode } from '../observation.ts';
import { isRecent, newestLine, WAITING_FOR_LEADER, waitsFor } from './log.ts';
import { heartbeatAgeMs, offlineThresholdMs } from './reach.ts';
import { memberNow, type ReachedView, type Situation } from './situation.ts';
import { isServing } from './skew.ts';
import { listNames, listOf, logEvidence, namesOf, oneLine, snapEvidence, verb } from './text.ts';

export function quorumRules(situation: Situation): readonly Finding[] {
  return [...quorumLost(situation), ...heartbeatStale(situation)];
}

/** Whether the loss of the majority already says why the table can't be read live. */
export function lacksQuorum(situation: Situation): boolean {
  return quorumLost(situation).length > 0;
}

interface Voters {
  readonly total: number;
  /** Reached, and nothing runs there. */
  readonly stopped: readonly ReachedView[];
}

/** A line of a serving daemon about a missing leader counts for so long, in ms. */
const FRESH_MS = 120_000;

const NO_LEADER_TEXT = /no available dqlite leader|no known leader|Failed to begin transaction/i;

function quorumLost(situation: Situation): readonly Finding[] {
  if (situation.rows?.source === 'live') return [];
  const alive = situation.reached.filter((view) => view.phase === 'serving' || view.phase === 'waiting');
  if (alive.length === 0) return [];
  const voters = votersOf(situation);
  const stopped = voters?.stopped ?? [];
  const minority = voters !== null && voters.total - stopped.length < Math.floor(voters.total / 2) + 1;
  const said = alive.flatMap(leaderless);
  if (!minority && said.length === 0) return [];
  const unseen = situation.members.filter((view) => !view.reachable);
  return [
    {
      kind: 'quorum-lost',
      severity: 'critical',
      members: namesOf(alive),
      title: minority
        ? `The cluster has no majority: ${stopped.length} of ${voters.total} voters are stopped`
        : `${listNames(alive)} ${verb(alive.length, 'finds', 'find')} no leader of the database: the majority of voters is missing`,
      cause: [
        `LXD's database works only while more than half of its voting members run, and that is not so now.`,
        stopped.length > 0 ? `${listNames(stopped)} ${verb(stopped.length, 'is', 'are')} stopped.` : '',
        unseen.length > 0 ? `What ${listNames(unseen)} ${verb(unseen.length, 'does', 'do')} is not known.` : '',
        `${listNames(alive)} can read and change nothing until enough voters are back; running instances go on.`,
        `This is not a question of versions, and "recover-from-quorum-loss" is not the answer to it: it throws the other members' votes away.`,
      ]
        .filter((sentence) => sentence !== '')
        .join(' '),
      evidence: [
        ...stopped.map((view) => snapEvidence(view, `unit ${view.facts.unit?.activeState ?? 'unknown'}, a voter`)),
        ...said,
      ],
      extensionsMissing: [],
      next: `Bring the missing voters back, then: status ${situation.cluster}`,
    },
  ];
}

/** What a living daemon itself says of a missing leader, now. */
function leaderless(view: ReachedView): readonly Evidence[] {
  const parts = view.facts.failedParts.filter((part) => NO_LEADER_TEXT.test(part.text));
  const fromParts = parts.map((part) => ({
    member: view.member,
    source: 'api' as const,
    at: view.observation.at,
    text: oneLine(part.text),
  }));
  const line = newestLine(view.facts, WAITING_FOR_LEADER);
  if (line === null || !isRecent(line, memberNow(view.observation))) return fromParts;
  // A daemon that is not ready: what it waits for is in its newest line. On a serving one only a fresh line is not of its start.
  const fresh = line.at !== null && memberNow(view.observation) - line.at < FRESH_MS;
  if (isServing(view) ? !fresh : waitsFor(view.facts) !== 'leader') return fromParts;
  return [...fromParts, logEvidence(view.member, line)];
}

/** The voters as a member's local database lists them; null when nobody's could be read. */
function votersOf(situation: Situation): Voters | null {
  const lists = situation.reached.flatMap((view) =>
    view.facts.raft === null ? [] : [{ view, raft: view.facts.raft }],
  );
  const best = lists.find(({ view }) => isServing(view)) ?? lists[0];
  const voters = best?.raft.filter((node) => node.role === 'voter') ?? [];
  if (voters.length === 0) return null;
  const stopped = situation.reached.filter(
    (view) => view.phase === 'stopped' && voters.some((node) => isNodeOf(node, view)),
  );
  return { total: voters.length, stopped };
}

function isNodeOf(node: RaftNode, view: ReachedView): boolean {
  const address = view.facts.clusterAddress ?? view.row?.address ?? null;
  return address === null ? node.name === view.member : node.address === address;
}

/**
 * Members that say they serve while the cluster has not heard of them for longer than it tolerates. Down members are told of
 * elsewhere; OFFLINE right after a start disproves nothing, so a fresh start and a wholly stale table are information only.
 */
function heartbeatStale(situation: Situation): readonly Finding[] {
  const threshold = offlineThresholdMs(situation);
  const aged = situation.reached.flatMap((view) => {
    const ageMs = heartbeatAgeMs(situation, view);
    return isServing(view) && ageMs !== null ? [{ ...view, ageMs }] : [];
  });
  const stale = aged.filter((view) => view.ageMs > threshold);
  if (stale.length === 0) return [];
  const fresh = stale.length < aged.length;
  const limitS = Math.round((threshold * 1.5) / 1000) + 10;
  const ages = stale.map((view) => `${view.member} ${Math.round(view.ageMs / 1000)} s`);
  return [
    {
      kind: 'heartbeat-stale',
      severity: fresh && !stale.every(startedLately) ? 'warning' : 'info',
      members: namesOf(stale),
      title: `${listNames(stale)} ${verb(stale.length, 'serves', 'serve')}, but the cluster's last heartbeat of ${verb(stale.length, 'it', 'them')} is old: ${listOf(ages)}`,
      cause:
        `The leader notes when it last heard of each member, and after ${threshold / 1000} s without news it shows the member as offline. ` +
        `After a start this is normal for up to ${limitS} s. ` +
        (fresh
          ? `When it lasts, the members can't reach each other on the cluster's network, or their clocks differ.`
          : `No member's heartbeat is fresh, so either all were started just now, or there is no leader that sends them.`),
      evidence: stale.flatMap((view) => {
        const rows = situation.rows;
        if (rows === null) return [];
        const text = `${view.member}: heartbeat ${Math.round(view.ageMs / 1000)} s before the read by ${rows.member}, threshold ${threshold / 1000} s`;
        return [{ member: view.member, source: 'row' as const, at: rows.at, text }];
      }),
      extensionsMissing: [],
      next: `Look again in a minute: status ${situation.cluster}`,
    },
  ];
}

/** Its log still shows failed or waiting starts of the last minutes, or the counter moved while we looked. */
function startedLately(view: ReachedView): boolean {
  const now = memberNow(view.observation);
  const unit = view.facts.unit;
  if (unit !== null && unit.restartsLater !== null && unit.restarts !== unit.restartsLater) return true;
  return view.facts.log.some(
    (line) =>
      line.at !== null && now - line.at < 60_000 && ['fatal', 'blocked', 'fatal_refuse'].includes(line.severity),
  );
}
