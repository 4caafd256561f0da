/** Colour and weight for a terminal, or none: the same words either way. Nothing is said by colour alone. */
import type { Tone } from '../../chat/message.ts';

export interface Style {
  readonly strong: (text: string) => string;
  readonly mono: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly toned: (tone: Tone, text: string) => string;
}

const CODES: Readonly<Record<Tone, string>> = { good: '32', info: '34', warning: '33', danger: '31', neutral: '1' };

export const PLAIN: Style = {
  strong: (text) => text,
  mono: (text) => text,
  faint: (text) => text,
  toned: (_tone, text) => text,
};

export const COLOURED: Style = {
  strong: (text) => sgr('1', text),
  mono: (text) => sgr('36', text),
  faint: (text) => sgr('2', text),
  toned: (tone, text) => sgr(tone === 'neutral' ? '1' : `1;${CODES[tone]}`, text),
};

function sgr(codes: string, text: string): string {
  return text === '' ? '' : `\u001b[${codes}m${text}\u001b[0m`;
}
