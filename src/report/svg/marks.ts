/**
 * Entries as marks: each one is drawn once, in the row where it belongs, with its words as a title. Shapes tell kinds apart, not
 * colour alone. Pure.
 */
import { assertNever } from '../../domain/assert-never.ts';
import type { OrderedEntry } from '../../domain/timeline-order.ts';
import type { TimelineEntry, TimelineKind } from '../../domain/timeline.ts';
import { escapeXml } from '../escape-xml.ts';
import { groupOf, isoTime, textOf } from '../words.ts';
import { drawn, type Place, type Shape } from './shapes.ts';

export type Row = 'incident' | 'finding' | 'run' | 'approval' | 'note' | 'member';

/** `hasLane`: its member has one. */
export function rowOf(entry: TimelineEntry, hasLane: boolean): Row {
  // At the moment of a finding that it is about, whose own sign it would hide.
  if (entry.kind === 'watch-said') return 'note';
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

interface Sign {
  readonly shape: Shape;
  /** What the legend says of it; null where the lane, or a word beside it, says it already. Kinds of one shape share their words. */
  readonly words: string | null;
}

const BROUGHT_TO_AN_END: Sign = { shape: 'cross', words: 'refused, failed, abort' };
const GOOD: Sign = { shape: 'check', words: 'approved, verified' };
const FLAG: Sign = { shape: 'flag', words: 'incident' };
const STEP: Sign = { shape: 'tick', words: 'step' };
const GOES: Sign = { shape: 'play', words: 'run started, resumed' };

const SIGNS: Readonly<Record<TimelineKind, Sign>> = {
  'incident-opened': FLAG,
  'incident-acknowledged': FLAG,
  'incident-mitigated': FLAG,
  'incident-resolved': FLAG,
  'incident-reopened': FLAG,
  'incident-lead': FLAG,
  'finding-appeared': { shape: 'up', words: 'finding appeared' },
  'finding-cleared': { shape: 'down', words: 'finding gone' },
  'watch-said': { shape: 'eye', words: 'the watch spoke' },
  'not-seen': { shape: 'gap', words: 'nobody looked before' },
  'status-read': { shape: 'dot', words: 'somebody looked' },
  'lockstep-started': { shape: 'power', words: 'Lockstep started' },
  'plan-drafted': { shape: 'ring', words: 'plan drafted' },
  'run-started': GOES,
  'run-resumed': GOES,
  'run-paused': { shape: 'pause', words: 'paused' },
  'run-ended': { shape: 'stop', words: 'run ended' },
  'approval-asked': { shape: 'diamond', words: 'approval asked' },
  'approval-given': GOOD,
  verified: GOOD,
  'approval-refused': BROUGHT_TO_AN_END,
  rejected: BROUGHT_TO_AN_END,
  expired: BROUGHT_TO_AN_END,
  'run-stale': BROUGHT_TO_AN_END,
  'verify-failed': BROUGHT_TO_AN_END,
  'abort-asked': BROUGHT_TO_AN_END,
  'plan-refused': BROUGHT_TO_AN_END,
  'step-failed': BROUGHT_TO_AN_END,
  'step-unknown': { shape: 'query', words: 'outcome unknown' },
  note: { shape: 'bubble', words: 'note' },
  'revision-changed': { shape: 'arrow', words: 'another revision' },
  'step-started': STEP,
  'step-done': STEP,
  'member-state': { shape: 'edge', words: null },
};

/** A kind that another version wrote is a tick without words. */
function signOf(kind: TimelineKind): Sign {
  const signs: Readonly<Partial<Record<string, Sign>>> = SIGNS;
  return signs[kind] ?? { shape: 'tick', words: null };
}

export function shapeOf(kind: TimelineKind): Shape {
  return signOf(kind).shape;
}

/** Each sign that occurs, once, in the order of the table. */
export function signsOf(kinds: ReadonlySet<string>): readonly { readonly shape: Shape; readonly words: string }[] {
  const found = new Map<Shape, string>();
  for (const [kind, { shape, words }] of Object.entries(SIGNS)) {
    if (words !== null && kinds.has(kind)) found.set(shape, words);
  }
  return [...found].map(([shape, words]) => ({ shape, words }));
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
