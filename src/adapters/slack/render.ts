/**
 * Message → what Slack takes: `text` (always: notification, screen reader) and blocks, buttons last. Pure. The tone is a sign in the
 * heading, since coloured attachments are folded away by clients; what was cut is said in the last line, with the command that shows
 * the whole.
 */
import type { Message, Tone } from '../../chat/message.ts';
import type { Data } from '../../domain/data.ts';
import { renderBlock } from './blocks.ts';
import { renderButtons } from './buttons.ts';
import { clamp, fencedText, type Part } from './clamp.ts';
import { cutEscaped, escapeText, monoText, plainText } from './escape.ts';
import type { Json } from './json.ts';
import { MESSAGE } from './limits.ts';
import { assertNever } from '../../domain/assert-never.ts';

export interface Payload {
  readonly text: string;
  readonly blocks: readonly Json[];
}

const TONE_SIGN: Readonly<Record<Tone, string>> = {
  good: '🟢',
  info: '🔵',
  warning: '🟠',
  danger: '🔴',
  neutral: '⚪',
};
/** What the line about the rest may cost. */
const REST_COST = 500;

export function renderMessage(message: Message, data: Data | null = null, budget: number = MESSAGE.together): Payload {
  const buttons = renderButtons(message.actions);
  const rendered = message.blocks.map((block, index) =>
    index === 0 && block.kind === 'heading' ? headOf(message.tone, block.text) : renderBlock(block),
  );
  const parts = rendered.flatMap((each) => each.parts);
  const all: readonly Part[] = parts.length > 0 ? parts : [{ kind: 'text', text: summaryOf(message) }];
  const room = budget - JSON.stringify(buttons.blocks).length - REST_COST;
  const { parts: kept, fell } = clamp(all, room, MESSAGE.blocks - 2);
  const folded = rendered.flatMap((each) => each.folded);
  const hidden = folded.length > 2 ? [`${folded.length} folded texts`] : folded;
  const missing = [...hidden, ...fell, ...buttons.fell];
  const rest = missing.length === 0 ? [] : [contextOf(restLine(missing, data))];
  return { text: summaryOf(message), blocks: [...kept.map(blockOf), ...rest, ...buttons.blocks] };
}

/** For a message that Slack refused as blocks: its one line, and the buttons. */
export function renderBare(message: Message, data: Data | null): Payload {
  const line = summaryOf(message);
  const rest = contextOf(restLine(['everything but this line'], data));
  const { blocks } = renderButtons(message.actions);
  return { text: line, blocks: [sectionOf(cutEscaped(line, MESSAGE.sectionText)), rest, ...blocks] };
}

function summaryOf(message: Message): string {
  const words = escapeText(message.summary);
  return cutEscaped(`${TONE_SIGN[message.tone]} ${words.trim() === '' ? 'Lockstep' : words}`, MESSAGE.text - 500);
}

function headOf(tone: Tone, text: string): { readonly parts: readonly Part[]; readonly folded: readonly string[] } {
  const words = plainText(text, MESSAGE.header - 3);
  const head: Part = { kind: 'header', text: `${TONE_SIGN[tone]} ${words}` };
  // A heading that does not fit stands below once more, whole.
  const isCut = words.endsWith('…') && !text.endsWith('…');
  return { parts: isCut ? [head, { kind: 'text', text: escapeText(text) }] : [head], folded: [] };
}

function restLine(missing: readonly string[], data: Data | null): string {
  const shown = missing.slice(0, 4);
  const more = missing.length > shown.length ? ` and ${missing.length - shown.length} more` : '';
  const words = cutEscaped(`Not shown here: ${shown.join(', ')}${more}.`, REST_COST - 150);
  const command = wholeCommand(data);
  return command === null ? `${words} The console shows all of it.` : `${words} All of it: ${monoText(command)}`;
}

/** What shows the whole of such a card. */
function wholeCommand(data: Data | null): string | null {
  if (data === null) return null;
  if ((data.kind === 'plan' || data.kind === 'run') && data.run !== null) return `/lxd runs ${data.run} --text`;
  if (data.kind === 'status') return `/lxd explain ${data.cluster}`;
  if (data.kind === 'timeline') return '/lxd timeline --format md';
  return null;
}

function blockOf(part: Part): Json {
  switch (part.kind) {
    case 'header':
      return { type: 'header', text: { type: 'plain_text', text: part.text, emoji: false } };
    case 'text':
      return sectionOf(part.text);
    case 'note':
      return contextOf(part.text);
    case 'fields':
      return { type: 'section', fields: part.fields.map(mrkdwn) };
    case 'fenced':
      return sectionOf(fencedText(part));
    case 'divider':
      return { type: 'divider' };
    default:
      return assertNever(part);
  }
}

function sectionOf(text: string): Json {
  return { type: 'section', text: mrkdwn(text) };
}

function contextOf(text: string): Json {
  return { type: 'context', elements: [mrkdwn(text)] };
}

/** `verbatim`: nothing in the text is made into a link or a mention by itself. */
function mrkdwn(text: string): Json {
  return { type: 'mrkdwn', text, verbatim: true };
}
