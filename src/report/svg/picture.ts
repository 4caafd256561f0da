/**
 * The picture of a timeline as SVG: one lane per member, above them the outage, the incident, findings, runs, approvals and notes
 * as marks, below them the axis (UTC) and a legend. Pure. No script and nothing from elsewhere; every entry is in it, with its words
 * as a title.
 */
import { describeDuration } from '../../domain/duration.ts';
import { escapeXml } from '../escape-xml.ts';
import { lanesOf, outagesOf, type Lane, type Outage } from '../lanes.ts';
import type { ReportSubject, TimeRange } from '../subject.ts';
import { rangeWords, titleOf } from '../words.ts';
import { ticksOf } from './axis.ts';
import { cutTo, frameOf, picturedRange, RIGHT, round, shownRange, TOP, WIDTH, widthOf, type Frame } from './frame.ts';
import { gradientDefinitions, laneBars } from './lane-bars.ts';
import { legend } from './legend.ts';
import { bareMarks, markOf, rowOf, type Row } from './marks.ts';
import { styleSheet, type Theme } from './palette.ts';
import { milestoneLabels, runBars } from './runs-row.ts';

/** More members than this make no picture that anybody reads. */
const MOST_LANES = 64;
const ROW_HEIGHT: Readonly<Record<Exclude<Row, 'member'>, number>> = {
  incident: 30,
  finding: 22,
  run: 26,
  approval: 22,
  note: 22,
};
const ROW_LABEL: Readonly<Record<Exclude<Row, 'member'>, string>> = {
  incident: 'incident',
  finding: 'findings',
  run: 'runs',
  approval: 'approvals',
  note: 'notes',
};
const ROWS = ['incident', 'finding', 'run', 'approval', 'note'] as const;

/**
 * `bare` leaves the words of single entries out: for a program that makes pixels of it. `embedded` shows no title: it stands under
 * one.
 */
export type Detail = 'whole' | 'bare' | 'embedded';
const TITLE_HEIGHT = 32;

export function reportSvg(subject: ReportSubject, theme: Theme = 'auto', detail: Detail = 'whole'): string {
  const pictured = picturedRange(subject);
  const shown = shownRange(pictured, subject.madeAt);
  const all = lanesOf({ ...subject, range: shown });
  const lanes = all.slice(0, MOST_LANES);
  const names = lanes.map((lane) => nameOf(lane, subject));
  const frame = frameOf(shown, Math.max(0, ...names.map((name) => name.length)));
  const rows = rowsOf(subject, lanes, frame, detail);
  const left = all.length - lanes.length;
  const key = legend({ lanes, entries: subject.entries, y: rows.bottom + 58 });
  const height = key.bottom + 14;
  const above = detail === 'embedded' ? TITLE_HEIGHT : 0;
  const more = `${earlierWords(subject, pictured)}${left > 0 ? ` ${left} more members are not drawn.` : ''}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="lt" viewBox="0 ${above} ${WIDTH} ${height - above}" width="${WIDTH}" height="${height - above}" role="img" aria-labelledby="lt-title lt-desc">`,
    `<title id="lt-title">${escapeXml(titleOf(subject))}</title>`,
    `<desc id="lt-desc">${escapeXml(`${rangeWords(subject)} What each member did over time.${more}`)}</desc>`,
    `<style>${styleSheet(theme)}</style>`,
    `<defs>${gradientDefinitions(lanes)}</defs>`,
    `<rect width="${WIDTH}" height="${height}" class="lt-page"/>`,
    above > 0
      ? ''
      : `<text x="20" y="30" class="lt-head lt-ink">${escapeXml(cutTo(titleOf(subject), WIDTH - 60, 18))}</text>`,
    `<text x="20" y="50" class="lt-faint">${escapeXml(`${rangeWords(subject)} Times are UTC.${more}`)}</text>`,
    ...grid(frame, rows),
    ...rows.parts,
    key.text,
    '</svg>\n',
  ].join('\n');
}

function earlierWords({ entries }: ReportSubject, { from }: TimeRange): string {
  const count = entries.filter(({ entry }) => entry.happenedAt < from).length;
  if (count === 0) return '';
  return ` ${count === 1 ? 'One entry is' : `${count} entries are`} older than this and at the left edge.`;
}

function nameOf({ cluster, member }: Lane, subject: ReportSubject): string {
  return subject.cluster === null ? `${cluster ?? '?'}/${member}` : member;
}

interface Rows {
  readonly parts: readonly string[];
  /** Where the rows above the lanes begin, where the lanes do, and where they end. */
  readonly top: number;
  readonly bottom: number;
}

function rowsOf(subject: ReportSubject, lanes: readonly Lane[], frame: Frame, detail: Detail): Rows {
  const parts: string[] = [];
  const middle = new Map<string, { readonly y: number; readonly height: number }>();
  const outages = outagesSince(subject, frame);
  let y = TOP;
  const laneKey = new Set(lanes.map(({ cluster, member }) => `${cluster ?? ''}/${member}`));
  const keyOf = (entry: ReportSubject['entries'][number]['entry']): string => {
    const lane = `${entry.cluster ?? ''}/${entry.member ?? ''}`;
    const row = rowOf(entry, laneKey.has(lane));
    return row === 'member' ? lane : row;
  };
  const used = new Set<string>(subject.entries.map(({ entry }) => keyOf(entry)));
  for (const row of ROWS) {
    if (!used.has(row) && (row !== 'run' || subject.runs.length === 0)) continue;
    const height = ROW_HEIGHT[row];
    middle.set(row, { y: y + height / 2, height });
    parts.push(gutter(frame, ROW_LABEL[row], y + height / 2, 'lt-faint'));
    if (row === 'run') parts.push(runBars(subject, frame, { y, height }));
    y += height;
  }
  const [laneHeight, gap] = lanes.length <= 8 ? [28, 7] : [20, 5];
  y += 4;
  parts.push(gutter(frame, 'outage', y + 9, 'lt-faint'), outageRow(outages, frame, y));
  y += 24;
  const lanesTop = y;
  const bars: string[] = [];
  for (const lane of lanes) {
    const box = { y, height: laneHeight };
    middle.set(`${lane.cluster ?? ''}/${lane.member}`, { y: y + laneHeight / 2, height: laneHeight });
    const name = nameOf(lane, subject);
    bars.push(gutter(frame, cutTo(name, frame.left - 24), y + laneHeight / 2, 'lt-ink lt-strong'));
    bars.push(
      `<rect x="${frame.left}" y="${y}" width="${WIDTH - frame.left - RIGHT}" height="${laneHeight}" class="lt-lane"/>`,
      laneBars(lane, frame, box),
    );
    y += laneHeight + gap;
  }
  const shades = outages.map(({ from, to }) => shade(frame.x(from), frame.x(to), lanesTop - 4, y - gap + 4));
  const placed = subject.entries.map((each) => {
    const key = keyOf(each.entry);
    const place = middle.get(key) ?? { y: TOP, height: 20 };
    return { ...each, place: { x: frame.x(each.entry.happenedAt), ...place, isLane: laneKey.has(key) } };
  });
  const marks = detail === 'bare' ? bareMarks(placed) : placed.map((each) => markOf(each, each.place));
  const incident = middle.get('incident');
  if (incident !== undefined) parts.push(milestoneLabels(subject, frame, incident.y));
  return { parts: [...shades, ...parts, ...bars, ...marks], top: TOP, bottom: y };
}

/** With their whole length, also those of which the picture has only the end. */
function outagesSince(subject: ReportSubject, { range }: Frame): readonly Outage[] {
  const from = Math.min(range.from, subject.range?.from ?? range.from);
  return outagesOf(lanesOf({ ...subject, range: { from, to: range.to } })).filter(({ to }) => to > range.from);
}

function gutter(frame: Frame, text: string, y: number, kind: string): string {
  return `<text x="${frame.left - 12}" y="${round(y + 4)}" text-anchor="end" class="${kind}">${escapeXml(text)}</text>`;
}

function shade(left: number, right: number, top: number, bottom: number): string {
  return `<rect x="${left}" y="${top}" width="${round(Math.max(0.6, right - left))}" height="${bottom - top}" class="lt-some"/>`;
}

/** A thin bar while some don't serve, a full one with words while none does. */
function outageRow(outages: readonly Outage[], { x }: Frame, y: number): string {
  return outages
    .map(({ from, to, whole }) => {
      const [left, width] = [x(from), round(Math.max(0.8, x(to) - x(from)))];
      const took = describeDuration(to - from);
      const words = [`no member serves, ${took}`, took].find((text) => widthOf(text, 11) + 8 < width);
      const title = `<title>${whole ? 'No member serves' : 'Some members do not serve'}: ${took}</title>`;
      if (!whole) return `<g>${title}<rect x="${left}" y="${y + 6}" width="${width}" height="6" class="lt-bad"/></g>`;
      const text =
        words === undefined
          ? ''
          : `<text x="${round(left + width / 2)}" y="${y + 13}" text-anchor="middle" class="lt-small lt-whole-ink">${words}</text>`;
      return `<g>${title}<rect x="${left}" y="${y}" width="${width}" height="18" rx="2" class="lt-whole"/>${text}</g>`;
    })
    .join('');
}

function grid(frame: Frame, { top, bottom }: Rows): readonly string[] {
  return ticksOf(frame.range, Math.floor((WIDTH - frame.left) / 88)).map(({ at, label, date }) => {
    const x = frame.x(at);
    const under =
      date === null
        ? ''
        : `<text x="${x}" y="${bottom + 32}" text-anchor="middle" class="lt-small lt-faint">${date}</text>`;
    return `<path d="M${x} ${top}V${bottom + 4}" class="lt-s-grid"/><text x="${x}" y="${bottom + 18}" text-anchor="middle" class="lt-small lt-ink">${label}</text>${under}`;
  });
}
