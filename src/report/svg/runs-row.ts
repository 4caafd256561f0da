/** Runs as bars with their end in words, and the words beside an incident's flags. Pure. */
import type { Run } from '../../domain/run.ts';
import { escapeXml } from '../escape-xml.ts';
import type { ReportSubject } from '../subject.ts';
import { runWords } from '../words.ts';
import { round, widthOf, WIDTH, type Frame } from './frame.ts';
import { shapeOf } from './marks.ts';

interface RowBox {
  readonly y: number;
  readonly height: number;
}

/** From its start, or where it never started from when it was asked for, to its end. */
export function runBars({ runs, range }: ReportSubject, { x, range: shown }: Frame, row: RowBox): string {
  if (range === null) return '';
  return runs
    .map((run) => {
      const from = run.startedAt ?? run.createdAt;
      const to = run.endedAt ?? shown.to;
      if (to < shown.from || from > shown.to) return '';
      const [left, right] = [x(from), x(to)];
      const width = round(Math.max(3, right - left));
      const frameClass = isGood(run) ? 'lt-s-good' : 'lt-s-bad';
      const dash = isGood(run) ? '' : ' stroke-dasharray="4 3"';
      const words = `${run.id} ${run.state}`;
      const inside = [words, run.id].find((text) => widthOf(text, 11) + 14 < width);
      const rest = outside(words, run, inside);
      const label = inside === undefined ? '' : wordsAt(inside, left + 7, row, 'lt-run-ink');
      const beside =
        rest === '' || left + width + 12 + widthOf(rest, 11) > WIDTH
          ? ''
          : wordsAt(rest, round(left + width + 12), row, 'lt-ink');
      const rect = `x="${left}" y="${row.y + 4}" width="${width}" height="${row.height - 8}" rx="3"`;
      return `<g><title>${escapeXml(`${run.id} ${run.strategy}: ${runWords(run)}`)}</title><rect ${rect} class="lt-run"/><rect ${rect} class="${frameClass}" stroke-width="1.4"${dash}/>${label}${beside}</g>`;
    })
    .join('');
}

/** What did not fit into the bar. */
function outside(words: string, run: Run, inside: string | undefined): string {
  if (inside === words) return '';
  return inside === undefined ? words : run.state;
}

function wordsAt(text: string, x: number, { y, height }: RowBox, kind: string): string {
  return `<text x="${x}" y="${y + height / 2 + 4}" class="lt-small ${kind}">${text}</text>`;
}

function isGood({ state }: Run): boolean {
  return state === 'succeeded' || state === 'running' || state === 'approved' || state === 'awaiting-approval';
}

/** Words where there is room, so that none lies on another; the flags themselves are all there. Flags at one place share theirs. */
export function milestoneLabels({ entries }: ReportSubject, { x }: Frame, y: number): string {
  const groups = flagGroups(entries, x);
  let free = -Infinity;
  return groups
    .flatMap(({ first, last, words }, index) => {
      const text = words.join(', ');
      const width = widthOf(text, 11);
      const isRight = last + 12 + width < Math.min(WIDTH, groups[index + 1]?.first ?? WIDTH);
      // The end of an incident is at the end of the picture: its words stand before it.
      const left = isRight ? last + 12 : first - 6 - width;
      if (left < free) return [];
      free = (isRight ? left + width : last) + 8;
      return [`<text x="${round(left)}" y="${y}" class="lt-small lt-ink">${escapeXml(text)}</text>`];
    })
    .join('');
}

interface FlagGroup {
  readonly first: number;
  readonly last: number;
  readonly words: readonly string[];
}

/** Flags so near to each other that no word fits in between. */
function flagGroups(entries: ReportSubject['entries'], x: Frame['x']): readonly FlagGroup[] {
  const groups: FlagGroup[] = [];
  for (const { entry } of entries) {
    if (shapeOf(entry.kind) !== 'flag') continue;
    const at = x(entry.happenedAt);
    const word = entry.kind.slice('incident-'.length);
    const group = groups.at(-1);
    if (group === undefined || at - group.last > 16) groups.push({ first: at, last: at, words: [word] });
    else groups[groups.length - 1] = { ...group, last: at, words: [...group.words, word] };
  }
  return groups;
}
