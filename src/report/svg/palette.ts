/**
 * Colours and patterns of the picture, light and dark. Pure data and its style sheet. States differ in lightness and in pattern, not
 * in hue alone, so that they are told apart by people who see fewer colours and on grey paper; hues after Okabe and Ito.
 */
import { MEMBER_STATES, type MemberState } from '../../domain/timeline.ts';

/** `auto` follows the reader's setting; for a browser alone. */
export type Theme = 'light' | 'dark' | 'auto';

interface StateColours {
  readonly fill: string;
  /** Of words on it. */
  readonly ink: string;
  /** Of its pattern. */
  readonly line: string;
}

interface Palette {
  readonly page: string;
  readonly ink: string;
  readonly faint: string;
  readonly grid: string;
  readonly lane: string;
  readonly some: string;
  readonly whole: string;
  readonly wholeInk: string;
  readonly good: string;
  readonly bad: string;
  readonly person: string;
  readonly run: string;
  readonly runInk: string;
  readonly states: Readonly<Record<MemberState, StateColours>>;
}

const LIGHT: Palette = {
  page: '#ffffff',
  ink: '#1b1f24',
  faint: '#57606a',
  grid: '#d5dbe1',
  lane: '#f1f3f5',
  some: '#fbe3d3',
  whole: '#9c2f00',
  wholeInk: '#ffffff',
  good: '#00664a',
  bad: '#b03a00',
  person: '#0b5394',
  run: '#dbe7f3',
  runInk: '#12395e',
  states: {
    serving: { fill: '#b9e2d2', ink: '#063d2c', line: '#b9e2d2' },
    waiting: { fill: '#f5c24c', ink: '#3b2a00', line: '#c08a10' },
    'crash-looping': { fill: '#c24e00', ink: '#ffffff', line: '#8f3800' },
    stopped: { fill: '#5b6470', ink: '#ffffff', line: '#7d8793' },
    patched: { fill: '#8ecbf0', ink: '#06304d', line: '#3f8fc0' },
    unreachable: { fill: '#3b2150', ink: '#ffffff', line: '#8f74a8' },
    unknown: { fill: '#e6e9ec', ink: '#3d444c', line: '#a3abb4' },
  },
};

const DARK: Palette = {
  page: '#0f141a',
  ink: '#e8edf2',
  faint: '#9aa5b1',
  grid: '#2a333d',
  lane: '#182029',
  some: '#3a2318',
  whole: '#ff9a5c',
  wholeInk: '#2a0f00',
  good: '#5fd6ac',
  bad: '#ff8f52',
  person: '#79b8ff',
  run: '#1d3750',
  runInk: '#cfe4f8',
  states: {
    serving: { fill: '#1d5c49', ink: '#dff5ec', line: '#1d5c49' },
    waiting: { fill: '#c79413', ink: '#201600', line: '#8f6700' },
    'crash-looping': { fill: '#ff7f3a', ink: '#2a0f00', line: '#c75312' },
    stopped: { fill: '#a4adb8', ink: '#14181d', line: '#7b858f' },
    patched: { fill: '#3484bb', ink: '#ffffff', line: '#8cc4ea' },
    unreachable: { fill: '#d9c4ee', ink: '#2a1540', line: '#8f6cb0' },
    unknown: { fill: '#2b343e', ink: '#c3ccd5', line: '#5b6672' },
  },
};

export function styleSheet(theme: Theme): string {
  const font = `.lt text{font-family:'DejaVu Sans',Verdana,sans-serif;font-size:12px}.lt .lt-strong{font-weight:bold}.lt .lt-small{font-size:11px}.lt .lt-head{font-size:18px;font-weight:bold}`;
  if (theme !== 'auto') return font + rules(theme === 'dark' ? DARK : LIGHT);
  return `${font}${rules(LIGHT)}@media (prefers-color-scheme:dark){${rules(DARK)}}@media print{${rules(LIGHT)}}`;
}

function rules(palette: Palette): string {
  const { page, ink, faint, grid, lane, some, whole, wholeInk, good, bad, person, run, runInk, states } = palette;
  const fills = { page, ink, faint, lane, some, whole, good, bad, person, run };
  const strokes = { grid, ink, faint, good, bad, person, page };
  return [
    ...Object.entries(fills).map(([name, colour]) => `.lt .lt-${name}{fill:${colour}}`),
    ...Object.entries(strokes).map(([name, colour]) => `.lt .lt-s-${name}{stroke:${colour};fill:none}`),
    `.lt .lt-eye{fill:${page};stroke:${ink}}`,
    `.lt .lt-whole-ink{fill:${wholeInk}}.lt .lt-run-ink{fill:${runInk}}`,
    ...MEMBER_STATES.map((state) => {
      const colours = states[state];
      return `.lt .lt-${state}{fill:${colours.fill}}.lt .lt-i-${state}{fill:${colours.ink}}.lt .lt-l-${state}{stroke:${colours.line};fill:none}.lt .lt-g-${state}{stop-color:${colours.fill}}`;
    }),
  ].join('');
}

/** A letter besides colour and pattern, for bars too narrow for a word. */
export const STATE_LETTER: Readonly<Record<MemberState, string>> = {
  serving: 'S',
  waiting: 'W',
  'crash-looping': 'C',
  stopped: 'X',
  patched: 'P',
  unreachable: '!',
  unknown: '?',
};
