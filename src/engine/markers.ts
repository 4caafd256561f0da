/**
 * The markers of a run on its members: taken before it changes anything, renewed before it could outlive them, taken away at its end.
 * Owns their life: at least half an hour, and so long that the next stage fits in with every repetition; short enough that a Lockstep
 * that is gone for good locks nobody out for a day. A member that can't be reached is no conflict by itself, since another installation
 * needs every member too; one that says that somebody else has it is.
 */
import type { ClusterConfig, Member } from '../domain/cluster.ts';
import { deadlineWords, MARKER_PATH } from '../domain/diagnose/held.ts';
import type { MemberName, RunId } from '../domain/ids.ts';
import { DROP_MARKER, dropMarkerText, LONGEST_MARKER_S, TAKE_MARKER, takeMarkerText } from '../lxd/catalogue/marker.ts';
import { PRUNE_BACKUPS, pruneBackupsText } from '../lxd/catalogue/prune.ts';
import { parseStepResult, type StepResult } from '../lxd/step-result.ts';
import type { Clock, Timers } from '../ports/system.ts';
import type { Transport } from '../ports/transport.ts';

interface Claim {
  readonly cluster: ClusterConfig;
  /** Without those that are given up. */
  readonly members: readonly MemberName[];
  readonly run: RunId;
  /** Who asked for the run. */
  readonly by: string;
  /** How long what comes next may take at most, in ms. */
  readonly needMs: number;
  /** Whether that run of this installation is known to have ended, so that what it left gives way. */
  readonly isOver: (run: string) => Promise<RunId | null>;
}

interface Held {
  readonly kind: 'held';
  /** The earliest deadline, ms on Lockstep's clock. */
  readonly until: number;
  /** Markers that were taken over from somebody whose deadline had passed. */
  readonly takenOver: readonly MemberName[];
  /** Sentences about members that did not answer. */
  readonly silent: readonly string[];
}

interface Refused {
  readonly kind: 'refused';
  /** Sentences that name the other installation, its run and its deadline, and what to do. */
  readonly reasons: readonly string[];
}

export interface Markers {
  take(claim: Claim): Promise<Held | Refused>;
  /** Removes the back-ups of those runs; the members on which that is not known to have happened. */
  prune(cluster: ClusterConfig, members: readonly MemberName[], runs: readonly RunId[]): Promise<readonly MemberName[]>;
  /** Sentences about what could not be taken away. */
  drop(cluster: ClusterConfig, members: readonly MemberName[], run: RunId): Promise<readonly string[]>;
}

export interface MarkersParts {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly installation: string;
}

const LEAST_LIFE_S = 1_800;
const TEXT_MS = 20_000;
const TRIES = 3;
const PAUSE_MS = 1_000;

type Answer =
  | { readonly kind: 'held'; readonly member: MemberName; readonly until: number; readonly how: string }
  | { readonly kind: 'other'; readonly member: MemberName; readonly reason: string; readonly ended: RunId | null }
  | { readonly kind: 'silent'; readonly member: MemberName; readonly reason: string };

export function createMarkers(parts: MarkersParts): Markers {
  const { transport, clock, timers, installation } = parts;

  /** Null when nothing is known of it; both texts can be sent again. */
  async function send(cluster: ClusterConfig, member: Member, kind: string, text: string): Promise<StepResult | null> {
    const target = { cluster: cluster.name, member, ssh: cluster.ssh };
    for (let tries = 1; ; tries += 1) {
      const outcome = await transport.exec(target, { text, timeoutMs: TEXT_MS + cluster.ssh.timeoutMs });
      const result = outcome.kind === 'exited' ? parseStepResult(kind, outcome.stdout, outcome.code) : null;
      if (result?.kind === 'said') return result;
      const mayHelp = outcome.kind === 'lost' || outcome.kind === 'exited' || outcome.kind === 'signalled';
      if (!mayHelp || tries >= TRIES) return result;
      await timers.sleep(PAUSE_MS);
    }
  }

  async function takeOn(claim: Claim, member: Member, replaces: RunId | null): Promise<Answer> {
    const lifeS = Math.min(LONGEST_MARKER_S, Math.max(LEAST_LIFE_S, Math.ceil((2 * claim.needMs) / 1000)));
    const { run, by } = claim;
    const text = takeMarkerText({ installation, run, by, lifeS, replaces });
    const said = await send(claim.cluster, member, TAKE_MARKER, text);
    const { name } = member;
    if (said?.kind !== 'said') return { kind: 'silent', member: name, reason: `${name} did not answer.` };
    const { values } = said;
    const leftMs = (Number(values['until']) - Number(values['now'])) * 1000;
    const until = clock.nowMs() + leftMs;
    if (said.status === 'done') return { kind: 'held', member: name, until, how: values['how'] ?? '' };
    if (said.status === 'foreign' && values['reason'] === 'held') {
      const isOurs = values['installation'] === installation;
      const ended = isOurs && replaces === null ? await claim.isOver(values['run'] ?? '') : null;
      return { kind: 'other', member: name, reason: otherText(name, values, until), ended };
    }
    if (said.status === 'foreign') return { kind: 'other', member: name, reason: unreadableText(name), ended: null };
    const why = values['reason'] ?? said.status;
    return { kind: 'other', member: name, reason: failedText(name, why), ended: null };
  }

  async function takeOrReplace(claim: Claim, member: Member): Promise<Answer> {
    const answer = await takeOn(claim, member, null);
    return answer.kind === 'other' && answer.ended !== null ? takeOn(claim, member, answer.ended) : answer;
  }

  /** Those on which it is not known to have succeeded. */
  async function sendToAll(
    cluster: ClusterConfig,
    members: readonly MemberName[],
    kind: string,
    text: string,
  ): Promise<readonly MemberName[]> {
    const left = await Promise.all(
      chosen(cluster, members).map(async (member) => {
        const said = await send(cluster, member, kind, text);
        const isDone = said?.kind === 'said' && (said.status === 'done' || said.status === 'already');
        return isDone ? [] : [member.name];
      }),
    );
    return left.flat();
  }

  return {
    prune: (cluster, members, runs) => sendToAll(cluster, members, PRUNE_BACKUPS, pruneBackupsText(runs)),
    async take(claim) {
      const answers = await Promise.all(chosen(claim.cluster, claim.members).map((one) => takeOrReplace(claim, one)));
      const others = answers.filter((one) => one.kind === 'other');
      if (others.length > 0) return { kind: 'refused', reasons: others.map(({ reason }) => reason) };
      const held = answers.filter((one) => one.kind === 'held');
      const silent = answers.filter((one) => one.kind === 'silent').map(({ reason }) => reason);
      return {
        kind: 'held',
        until: Math.min(...held.map(({ until }) => until), Number.MAX_SAFE_INTEGER),
        takenOver: held.filter(({ how }) => how === 'taken-over').map(({ member }) => member),
        silent,
      };
    },
    async drop(cluster, members, run) {
      const names = await sendToAll(cluster, members, DROP_MARKER, dropMarkerText({ installation, run }));
      if (names.length === 0) return [];
      return [
        `The marker of ${run} could not be taken away on ${names.join(', ')}; it holds nobody up after its deadline.`,
      ];
    },
  };
}

function chosen({ members }: ClusterConfig, names: readonly MemberName[]): readonly Member[] {
  return members.filter(({ name }) => names.includes(name));
}

/** Values are one word each, checked by the text that said them and clipped by the parser. */
function otherText(member: MemberName, values: Readonly<Record<string, string>>, until: number): string {
  const at = Number.isFinite(until) ? deadlineWords(until) : 'an unknown time';
  return (
    `${member} is held by the Lockstep installation ${values['installation'] ?? '?'} for its run ${values['run'] ?? '?'} ` +
    `(asked for by ${values['by'] ?? '?'}) until ${at}. Finish or abort that run there, or wait until then.`
  );
}

function unreadableText(member: MemberName): string {
  return `On ${member} something lies in the marker's place that is no marker. Find out who put it there, then: sudo rm ${MARKER_PATH}`;
}

function failedText(member: MemberName, why: string): string {
  return `The marker of this run could not be placed on ${member} (${why}).`;
}
