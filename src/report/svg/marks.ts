/**
 * Entries as marks: each one is drawn once, in the row where it belongs, with its words as a title. Shapes tell kinds apart, not
 * colour alone. Pure.
 */
import { assertNever } from '../../domain/assert-never.ts';
import type { OrderedEntry } from '../../domain/timeline-order.ts';
import type { TimelineEntry, TimelineKind } from '../../domain/timeline.ts';
import { escapeXml } from '../escape-xml.ts';
import { groupOf, isoTime, textOf } from '../words.ts';

export type Row = 'incident' | 'finding' | 'run' | 'approval' | 'note' | 'member';

/** `hasLane`: its member has one. */
export function rowOf(entry: TimelineEntry, hasLane: boolean): Row {
  const group = groupOf(entry.kind);
  switch (group) {
    case 'incident':
    case 'finding':
    case 'approval':
    case 'note':
      return group;
    case 'run':
      return 'run';
    case 'step':
    case 'member':
      return hasLane ? 'member' : 'run';
    case 'other':
      return 'finding';
    default:
      return assertNever(group);
  }
}

type Shape =
  | 'flag'
  | 'up'
  | 'down'
  | 'diamond'
  | 'check'
  | 'cross'
  | 'square'
  | 'tick'
  | 'dot'
  | 'pause'
  | 'query'
  | 'edge';

const SHAPE: Partial<Readonly<Record<TimelineKind, Shape>>> = {
  'finding-appeared': 'up',
  'finding-cleared': 'down',
  'status-read': 'dot',
  'lockstep-started': 'dot',
  'plan-drafted': 'dot',
  'approval-asked': 'diamond',
  'approval-given': 'check',
  'approval-refused': 'cross',
  rejected: 'cross',
  expired: 'cross',
  'run-stale': 'cross',
  'verify-failed': 'cross',
  'abort-asked': 'cross',
  'plan-refused': 'cross',
  verified: 'check',
  'run-paused': 'pause',
  'step-failed': 'cross',
  'step-unknown': 'query',
  'member-state': 'edge',
  'incident-lead': 'dot',
  note: 'square',
};

export function shapeOf(kind: TimelineKind): Shape {
  return SHAPE[kind] ?? (groupOf(kind) === 'incident' ? 'flag' : 'tick');
}

export interface Place {
  readonly x: number;
  /** Middle of the row. */
  readonly y: number;
  readonly height: number;
  /** A member's lane: a sign goes to its upper edge, where it hides no word. */
  readonly isLane?: boolean;
}

export function markOf({ entry }: OrderedEntry, place: Place): string {
  const title = `#${entry.sequence} ${isoTime(entry.happenedAt)} ${textOf(entry)}`;
  return `<g data-entry="${entry.sequence}" data-at="${isoTime(entry.happenedAt)}"><title>${escapeXml(title)}</title>${drawn(shapeOf(entry.kind), place)}</g>`;
}

/** For pixels: no words, and what would lie on the same pixels once. */
export function bareMarks(
  marks: readonly { readonly entry: TimelineEntry; readonly place: Place }[],
): readonly string[] {
  const known = new Set<string>();
  return marks.flatMap(({ entry, place }) => {
    const shape = shapeOf(entry.kind);
    const key = `${shape} ${Math.round(place.x)} ${place.y}`;
    if (known.has(key)) return [];
    known.add(key);
    return [drawn(shape, place)];
  });
}

/** One shape, its middle at the place. */
export function drawn(shape: Shape, { x, y: middle, height, isLane = false }: Place): string {
  const y = isLane && shape !== 'tick' && shape !== 'edge' ? middle - height / 2 + 2 : middle;
  const at = (path: string, kind: string, width = 1.6): string =>
    `<path transform="translate(${x} ${y})" d="${path}" class="${kind}" stroke-width="${width}"/>`;
  switch (shape) {
    case 'flag':
      return at(`M0 ${height / 2}V-7`, 'lt-s-ink') + at('M0 -7L9 -4L0 -1Z', 'lt-ink');
    case 'up':
      return at('M-5.5 4.5L0 -5L5.5 4.5Z', 'lt-bad');
    case 'down':
      return at('M-4.5 -3.5L0 4.5L4.5 -3.5Z', 'lt-s-good');
    case 'diamond':
      return at('M0 -6L6 0L0 6L-6 0Z', 'lt-s-person');
    case 'check':
      return at('M0 -7.5L7.5 0L0 7.5L-7.5 0Z', 'lt-good') + at('M-3 0L-0.8 2.4L3 -2.2', 'lt-s-page', 1.8);
    case 'cross':
      return at('M0 -7.5L7.5 0L0 7.5L-7.5 0Z', 'lt-bad') + at('M-2.4 -2.4L2.4 2.4M2.4 -2.4L-2.4 2.4', 'lt-s-page', 1.8);
    case 'pause':
      return at('M0 -7.5L7.5 0L0 7.5L-7.5 0Z', 'lt-ink') + at('M-1.6 -3V3M1.6 -3V3', 'lt-s-page', 1.8);
    case 'query':
      return at('M0 -7.5L7.5 0L0 7.5L-7.5 0Z', 'lt-ink') + at('M-2 -2A2 2 0 1 1 0 0.4V1.4M0 3V4.2', 'lt-s-page', 1.5);
    case 'square':
      return at('M-5.5 -5.5H5.5V3.5H0L-3 6.5V3.5H-5.5Z', 'lt-person');
    case 'dot':
      return at('M-2 0A2 2 0 1 0 2 0A2 2 0 1 0 -2 0Z', 'lt-faint');
    case 'tick':
      return at(`M0 ${height / 2 - 4}V${height / 2}`, 'lt-s-ink', 1);
    case 'edge':
      return at(`M0 ${-height / 2}V${height / 2}`, 'lt-s-page', 1);
    default:
      return assertNever(shape);
  }
}
