/** Runs as bars with their end in words, and the words beside an incident's flags. Pure. */
import type { Run } from '../../domain/run.ts';
import { escapeXml } from '../escape-xml.ts';
import type { ReportSubject } from '../subject.ts';
import { runWords } from '../words.ts';
import { cutTo, round, widthOf, WIDTH, type Frame } from './frame.ts';

/** From its start, or where it never started from when it was asked for, to its end. */
export function runBars(
  { runs, range }: ReportSubject,
  { x, range: shown }: Frame,
  row: { readonly y: number; readonly height: number },
): string {
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
      const label =
        inside === undefined
          ? ''
          : `<text x="${left + 7}" y="${row.y + row.height / 2 + 4}" class="lt-small lt-run-ink">${inside}</text>`;
      const beside =
        inside === words || inside === run.id || left + width + widthOf(words, 11) > WIDTH
          ? ''
          : `<text x="${round(left + width + 12)}" y="${row.y + row.height / 2 + 4}" class="lt-small lt-ink">${words}</text>`;
      const rect = `x="${left}" y="${row.y + 4}" width="${width}" height="${row.height - 8}" rx="3"`;
      return `<g><title>${escapeXml(`${run.id} ${run.strategy}: ${runWords(run)}`)}</title><rect ${rect} class="lt-run"/><rect ${rect} class="${frameClass}" stroke-width="1.4"${dash}/>${label}${beside}</g>`;
    })
    .join('');
}

function isGood({ state }: Run): boolean {
  return state === 'succeeded' || state === 'running' || state === 'approved' || state === 'awaiting-approval';
}

/** Words where there is room, so that none lies on another; the flags themselves are all there. */
export function milestoneLabels({ entries }: ReportSubject, { x }: Frame, y: number): string {
  let free = -Infinity;
  return entries
    .flatMap(({ entry }) => {
      if (!entry.kind.startsWith('incident-')) return [];
      const at = x(entry.happenedAt) + 12;
      const text = cutTo(entry.kind.slice('incident-'.length), 200);
      const width = widthOf(text, 11);
      if (at - 14 < free || at + width > WIDTH) return [];
      free = at + width;
      return [`<text x="${round(at)}" y="${y}" class="lt-small lt-ink">${escapeXml(text)}</text>`];
    })
    .join('');
}
