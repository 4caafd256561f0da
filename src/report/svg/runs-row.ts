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

/** Words where there is room, so that none lies on another; the flags themselves are all there. */
export function milestoneLabels({ entries }: ReportSubject, { x }: Frame, y: number): string {
  let free = -Infinity;
  return entries
    .flatMap(({ entry }) => {
      if (shapeOf(entry.kind) !== 'flag') return [];
      const at = x(entry.happenedAt);
      const text = entry.kind.slice('incident-'.length);
      const width = widthOf(text, 11);
      const isLast = at + 12 + width > WIDTH;
      const left = isLast ? at - 6 - width : at + 12;
      if (left - 14 < free) return [];
      free = left + width;
      return [`<text x="${round(left)}" y="${y}" class="lt-small lt-ink">${escapeXml(text)}</text>`];
    })
    .join('');
}
