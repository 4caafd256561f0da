/** A span of a cluster's past in a few lines: how much of it was in step, when it was not, and who changed revision when. */
import { availabilityOf, type History } from '../../domain/watch/history.ts';
import { note, table, text } from '../build.ts';
import type { Block } from '../message.ts';
import { describeDuration, plural, shortTime } from '../words.ts';

const MOST_OUTAGES = 10;
const MOST_REVISIONS = 20;

export function historyBlocks(history: History): readonly Block[] {
  const { outages, revisions } = history;
  return [
    text(availabilityWords(history)),
    ...(outages.length === 0
      ? []
      : [
          table(
            ['out of step from', 'until', 'for'],
            outages
              .slice(-MOST_OUTAGES)
              .map(({ from, to }) => [shortTime(from), shortTime(to), describeDuration(to - from)]),
          ),
        ]),
    ...cutNote(outages.length - MOST_OUTAGES, 'earlier time'),
    ...(revisions.length === 0
      ? [note('No member was seen to change its revision.')]
      : [
          table(
            ['when', 'revision'],
            revisions.slice(-MOST_REVISIONS).map((entry) => [shortTime(entry.happenedAt), entry.text]),
          ),
        ]),
    ...cutNote(revisions.length - MOST_REVISIONS, 'earlier change'),
  ];
}

function availabilityWords(history: History): string {
  const { inStepMs, outMs, unknownMs } = history;
  const share = availabilityOf(history);
  const unknown = unknownMs === 0 ? '' : ` Not seen, so not known: ${describeDuration(unknownMs)}.`;
  if (share === null) return 'Nothing was seen of it, so nothing is known.';
  const out = outMs === 0 ? '' : `; out of step ${describeDuration(outMs)}`;
  return `In step ${percent(share)} of the ${describeDuration(inStepMs + outMs)} that were seen${out}.${unknown}`;
}

/** Rounded down: 100 % means that nothing was missing. */
function percent(share: number): string {
  return `${(Math.floor(share * 10_000) / 100).toString()} %`;
}

function cutNote(more: number, what: string): readonly Block[] {
  return more <= 0 ? [] : [note(`${plural(more, what)} left out.`)];
}
