/** A member's lane: one bar per state, soft where nobody saw the moment of the change. Pure. */
import type { MemberState } from '../../domain/timeline.ts';
import { escapeXml } from '../escape-xml.ts';
import type { Lane, Segment } from '../lanes.ts';
import { seconds, STATE_LABELS } from '../words.ts';
import { round, widthOf, type Frame } from './frame.ts';
import { hasPattern, hatch } from './hatch.ts';
import { STATE_LETTER } from './palette.ts';

interface Box {
  readonly y: number;
  readonly height: number;
}

export function laneBars({ segments }: Lane, { x }: Frame, box: Box): string {
  return segments
    .map((segment, index) => {
      const before = segments[index - 1];
      const next = segments[index + 1];
      const [left, right] = [x(segment.from), x(next?.earliest ?? segment.to)];
      const soft = before === undefined ? '' : softEdge(before, segment, x, box);
      return `<g><title>${escapeXml(titleOf(segment))}</title>${soft}${bar(segment.state, left, right, box)}</g>`;
    })
    .join('');
}

function bar(state: MemberState, left: number, right: number, { y, height }: Box): string {
  const width = round(Math.max(0.6, right - left));
  const rect = `x="${left}" y="${y}" width="${width}" height="${height}"`;
  const pattern = hatch(state, { x: left, y, width, height });
  return `<rect ${rect} class="lt-${state}"/>${pattern}${label(state, left, width, { y, height })}`;
}

function label(state: MemberState, left: number, width: number, { y, height }: Box): string {
  const word = STATE_LABELS[state];
  const isWide = width > widthOf(word, 11) + 14;
  if (!isWide && width < 13) return '';
  const text = isWide ? word : STATE_LETTER[state];
  const size = widthOf(text, 11) + (isWide ? 8 : 3);
  const at = isWide ? left + 4 : round(left + (width - size) / 2);
  // Words stay readable on a pattern: they stand on the plain colour.
  const ground = hasPattern(state)
    ? `<rect x="${at}" y="${y + height / 2 - 8}" width="${round(size)}" height="16" rx="3" class="lt-${state}"/>`
    : '';
  return `${ground}<text x="${round(at + size / 2)}" y="${y + height / 2 + 4}" text-anchor="middle" class="lt-small lt-i-${state}">${text}</text>`;
}

function softEdge(before: Segment, segment: Segment, x: Frame['x'], { y, height }: Box): string {
  const [left, right] = [x(segment.earliest), x(segment.from)];
  if (right - left < 0.5) return '';
  return `<rect x="${left}" y="${y}" width="${round(right - left)}" height="${height}" fill="url(#${gradientId(before.state, segment.state)})"/>`;
}

function titleOf({ state, from, earliest, to }: Segment): string {
  const since = earliest < from ? ` (began after ${seconds(earliest)})` : '';
  return `${STATE_LABELS[state]} from ${seconds(from)}${since} to ${seconds(to)}`;
}

function gradientId(before: MemberState, after: MemberState): string {
  return `lt-g-${before}-${after}`;
}

export function gradientDefinitions(lanes: readonly Lane[]): string {
  const pairs = new Map<string, readonly [MemberState, MemberState]>();
  for (const { segments } of lanes) {
    for (const [index, { state }] of segments.entries()) {
      const before = segments[index - 1];
      if (before !== undefined) pairs.set(gradientId(before.state, state), [before.state, state]);
    }
  }
  return [...pairs]
    .map(
      ([id, [before, after]]) =>
        `<linearGradient id="${id}"><stop offset="0" class="lt-g-${before}"/><stop offset="1" class="lt-g-${after}"/></linearGradient>`,
    )
    .join('');
}
