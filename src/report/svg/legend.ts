/** The legend: what colours, patterns, letters and shapes mean, those that occur. Pure. */
import type { OrderedEntry } from '../../domain/timeline-order.ts';
import { MEMBER_STATES, type MemberState } from '../../domain/timeline.ts';
import type { Lane } from '../lanes.ts';
import { STATE_LABELS } from '../words.ts';
import { RIGHT, round, WIDTH, widthOf } from './frame.ts';
import { signsOf } from './marks.ts';
import { hatch } from './hatch.ts';
import { STATE_LETTER } from './palette.ts';
import { drawn } from './shapes.ts';

export interface Legend {
  readonly text: string;
  readonly bottom: number;
}

interface LegendInput {
  readonly lanes: readonly Lane[];
  readonly entries: readonly OrderedEntry[];
  readonly y: number;
}

export function legend({ lanes, entries, y }: LegendInput): Legend {
  const seen = new Set(lanes.flatMap(({ segments }) => segments.map(({ state }) => state)));
  const states = MEMBER_STATES.filter((state) => seen.has(state));
  const items = [
    ...states.map((state) => ({ words: STATE_LABELS[state], sign: (x: number, at: number) => swatch(state, x, at) })),
    ...softItem(lanes),
    ...signsOf(new Set(entries.map(({ entry }) => entry.kind))).map(({ shape, words }) => ({
      words,
      sign: (x: number, at: number) => drawn(shape, { x: x + 11, y: at, height: 16 }),
    })),
  ];
  let [x, line] = [20, y];
  const parts = items.map(({ words, sign }) => {
    const width = 28 + widthOf(words, 11) + 18;
    if (x + width > WIDTH - RIGHT) [x, line] = [20, line + 24];
    const part = `${sign(x, line)}<text x="${round(x + 28)}" y="${line + 4}" class="lt-small lt-ink">${words}</text>`;
    x += width;
    return part;
  });
  return { text: parts.join('\n'), bottom: line + 10 };
}

function swatch(state: MemberState, x: number, y: number): string {
  const rect = `x="${round(x)}" y="${y - 8}" width="22" height="16"`;
  const pattern = hatch(state, { x, y: y - 8, width: 22, height: 16 });
  const middle = round(x + 11);
  return `<rect ${rect} class="lt-${state}"/>${pattern}<rect x="${round(x + 6)}" y="${y - 7}" width="10" height="14" class="lt-${state}"/><text x="${middle}" y="${y + 4}" text-anchor="middle" class="lt-small lt-i-${state}">${STATE_LETTER[state]}</text>`;
}

function softItem(lanes: readonly Lane[]): readonly { words: string; sign: (x: number, y: number) => string }[] {
  for (const { segments } of lanes) {
    for (const [index, { state, earliest, from }] of segments.entries()) {
      const before = segments[index - 1];
      if (before === undefined || earliest >= from) continue;
      const fill = `url(#lt-g-${before.state}-${state})`;
      const sign = (x: number, y: number): string =>
        `<rect x="${round(x)}" y="${y - 8}" width="22" height="16" fill="${fill}"/>`;
      return [{ words: 'changed in between', sign }];
    }
  }
  return [];
}
