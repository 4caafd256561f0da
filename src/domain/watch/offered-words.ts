/**
 * The words of the warning that the channel holds another LXD: what it is, what becomes of a member that gets it, whether it comes by
 * itself, and what to do first. Of remote text only checked words are repeated; the rest is in the evidence.
 */
import { assertNever } from '../assert-never.ts';
import { describeInstalled, listNames, verb } from '../diagnose/text.ts';
import type { MemberAssessment } from '../diagnose/types.ts';
import { releaseOf } from '../release.ts';
import type { Follower } from './offer-memory.ts';

/** A member that does not have it yet. */
export type Behind = Follower & MemberAssessment;

export interface Head {
  readonly version: string;
  readonly revision: string;
  readonly from: Follower;
  readonly at: number;
}

export interface Counted {
  readonly extensions: number;
  readonly schema: number | null;
  readonly hasFix: boolean | null;
  /** The release that has these numbers and that name; null when the build is of none. */
  readonly release: string | null;
  /** Read out of the build on a member; else they are the release's. */
  readonly isMeasured: boolean;
}

interface Story {
  readonly cluster: string;
  readonly head: Head;
  readonly counted: Counted | null;
  readonly behind: readonly Behind[];
}

/** How its numbers stand to those of the members. `unread`: to those of some member that could not be read. */
type Direction = 'more' | 'fewer' | 'newer-schema' | 'older-schema' | 'unread' | 'unknown';

export function offerTitle({ head, counted, behind }: Story): string {
  return `${channelOf(head)} offers ${buildWords(head, counted)}; ${haveWords(behind)}`;
}

export function offerCause(story: Story): string {
  return [fateWords(story), ...holdWords(story), ...sourceWords(story)].join(' ');
}

export function offerNext(story: Story): string {
  const free = story.behind.filter(({ snap }) => !snap.held);
  const hold =
    free.length === 0 ? '' : `Hold it before it comes, on ${listNames(free)}: sudo snap refresh --hold lxd. `;
  return `${hold}${planWords(story)}`;
}

function directionOf({ counted, behind }: Story): Direction {
  if (counted === null) return 'unknown';
  const counts = behind.flatMap(({ installed }) => (installed === null ? [] : [installed]));
  if (counts.length < behind.length) return 'unread';
  const own = counted.schema;
  if (counts.some(({ schema }) => schema !== null && own !== null && own < schema)) return 'older-schema';
  if (counts.some(({ extensions }) => extensions > counted.extensions)) return 'fewer';
  return counts.some(({ extensions }) => extensions < counted.extensions) ? 'more' : 'newer-schema';
}

/** Remote text: named only when it is made of what channels are made of. snapd shortens a long one with `…`. */
function channelOf({ from }: Head): string {
  const { tracking } = from.snap;
  return /^[a-z0-9][a-z0-9._/-]{0,60}…?$/i.test(tracking) ? `The channel ${tracking}` : 'The channel of the snap';
}

function buildWords({ version, revision }: Head, counted: Counted | null): string {
  const release = releaseOf(version);
  const count = counted === null ? 'number of API extensions not known' : `${counted.extensions} API extensions`;
  return `${release === null ? 'a build of no known release' : `LXD ${release}`} (revision ${revision}, ${count})`;
}

/** `m1 has 5.0.1 (313 API extensions), m2 and m3 have 5.0.2 (318 API extensions)` */
function haveWords(behind: readonly Behind[]): string {
  return [...new Set(behind.map(describeInstalled))]
    .map((words) => {
      const group = behind.filter((one) => describeInstalled(one) === words);
      return `${listNames(group)} ${verb(group.length, 'has', 'have')} ${words}`;
    })
    .join(', ');
}

function fateWords(story: Story): string {
  const direction = directionOf(story);
  const waits = 'waits, and its API hangs, until every other member has it too; running instances go on';
  switch (direction) {
    case 'unknown':
      return `How many API extensions it has is not known here, so take it that the number differs: then a member that gets it ${waits}.`;
    case 'unread': {
      const unread = story.behind.filter(({ installed }) => installed === null);
      return `The number of API extensions on ${listNames(unread)} could not be read, so take it that it differs: then a member that gets this LXD ${waits}.`;
    }
    case 'older-schema':
      return 'It knows only an older database schema than the members have: LXD does not start with it at all.';
    case 'newer-schema':
      return `The number of API extensions is the same and the database schema is newer: a member that gets it ${waits}, and there is no way back.`;
    case 'fewer':
      return story.counted?.hasFix === true
        ? `It has fewer: a member that gets it ${waits}.`
        : 'It has fewer: a member that gets it exits and is restarted over and over, and when all have it none can correct the record for the others.';
    case 'more':
      return `It has more: a member that gets it ${waits}.`;
    default:
      return assertNever(direction);
  }
}

/** LXD refreshes itself on a serving member that finds another row above its own, and a hold does not keep it from that. */
function holdWords(story: Story): readonly string[] {
  const held = story.behind.filter(({ snap }) => snap.held);
  const free = story.behind.filter(({ snap }) => !snap.held);
  const follows = directionOf(story) === 'more';
  if (free.length === 0) {
    const follow = follows ? '; but once one member is moved, LXD has the others follow, hold or not' : '';
    return [`Refreshes of LXD are held on ${listNames(held)}, so it does not come by itself${follow}.`];
  }
  const comes = free.length === 1 ? 'at a moment of its own choice' : 'on each at another moment';
  const first = `Refreshes of LXD are not held on ${listNames(free)}: snapd brings it there by itself, ${comes}, and from the first one on the cluster is out of step.`;
  if (held.length === 0) return [first];
  const then = follows
    ? 'there LXD itself fetches it once another member is ahead'
    : 'there it does not come by itself';
  return [first, `They are held on ${listNames(held)}: ${then}.`];
}

function sourceWords({ counted }: Story): readonly string[] {
  if (counted === null || counted.isMeasured) return [];
  return [
    `(${counted.extensions} is the number of release ${counted.release ?? 'unknown'}: no member has this build to read it from.)`,
  ];
}

function planWords(story: Story): string {
  const { cluster, head, counted } = story;
  if (counted === null) {
    return `Try it on a test cluster before any member gets it, since nothing is known of it here. How the members stand now: status ${cluster}`;
  }
  const check = `check ${cluster} --to ${counted.release ?? head.revision}`;
  const direction = directionOf(story);
  const isForward = direction === 'more' || direction === 'newer-schema';
  return isForward
    ? `When you have chosen the moment, refresh all members side by side; ask first what it would do: ${check}`
    : `Let no member have it before you have asked what it would do: ${check}`;
}
