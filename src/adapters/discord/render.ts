/**
 * Message → what Discord is sent: the summary as content (what a phone shows), the body as embeds with the tone as colour, the
 * buttons as rows. Pure. Keeps every limit and says in the message what was cut and which command shows it.
 */
import type { APIActionRowComponent, APIButtonComponent, APIEmbed } from 'discord.js';
import type { Block, Message, Tone } from '../../chat/message.ts';
import { visibleLine } from '../../chat/visible.ts';
import type { Data } from '../../domain/data.ts';
import type { FilePart, Rendered } from '../../ports/chat.ts';
import { renderBlock } from './blocks.ts';
import { renderButtons } from './buttons.ts';
import { clamp, type Part } from './clamp.ts';
import { cut, cutEscaped, escapeLine, monoText } from './escape.ts';
import { FILE_BYTES, MESSAGE } from './limits.ts';

export interface Payload {
  readonly content: string;
  readonly embeds: readonly APIEmbed[];
  readonly components: readonly APIActionRowComponent<APIButtonComponent>[];
  readonly files: readonly FilePart[];
  /** What this message does not show, in words; it stands in the message as well. */
  readonly fell: readonly string[];
}

const COLOUR: Readonly<Record<Tone, number>> = {
  good: 0x2e9e5b,
  info: 0x3b82f6,
  warning: 0xe0a100,
  danger: 0xd92d20,
  neutral: 0x80848e,
};
const SIGN: Readonly<Record<Tone, string>> = { good: '🟢', info: '🔵', warning: '🟠', danger: '🔴', neutral: '⚪' };
/** A summary is one line; the rest of the 2000 would hide the card on a phone. */
const SUMMARY = 400;
/** An empty line. */
const SPACE: Part = { kind: 'text', atoms: [] };
/** Kept for the line that says what was cut. */
const OVERFLOW = 500;

export function renderPayload({ message, data, files = [] }: Rendered): Payload {
  const kept = keepFiles(files);
  const buttons = renderButtons(message.actions);
  const pictures = findPictures(message.blocks, kept.files);
  const { title, parts, folded } = readBlocks(message, pictures);
  const room = MESSAGE.embedsTogether - title.length - OVERFLOW;
  const clamped = clamp(parts, room);
  const fell = [
    ...(folded.length > 2 ? [`${folded.length} folded texts`] : folded),
    ...clamped.fell,
    ...buttons.fell,
    ...kept.fell,
  ];
  const texts = fell.length === 0 ? clamped.texts : [...clamped.texts, overflowLine(fell, data)];
  return {
    content: summaryLine(message),
    embeds: packEmbeds(title, texts, pictures, COLOUR[message.tone]),
    components: buttons.rows,
    files: kept.files,
    fell,
  };
}

/** The sign is what a phone's notification has of the colour. */
function summaryLine({ summary, tone }: Pick<Message, 'summary' | 'tone'>): string {
  const line = escapeLine(cut(summary, SUMMARY));
  return `${SIGN[tone]} ${line.trim() === '' ? 'Lockstep' : line}`;
}

interface Read {
  readonly title: string;
  readonly parts: readonly Part[];
  readonly folded: readonly string[];
}

/** The first heading is the embed's title, unless the content above it says the same already; so for a first text. */
function readBlocks(message: Message, pictures: readonly string[]): Read {
  const [first, ...rest] = message.blocks;
  const headed = first?.kind === 'heading';
  const heading = headed && first.text !== message.summary ? first.text : '';
  const parts: Part[] = [];
  const folded: string[] = [];
  const blocks = headed || isSummary(first, message) ? rest : message.blocks;
  for (const [at, block] of blocks.entries()) {
    if (block.kind === 'image') {
      if (!pictures.includes(block.file))
        parts.push({ kind: 'text', atoms: [{ text: missingPicture(block), plain: true }] });
      continue;
    }
    const rendered = renderBlock(block);
    const before = parts.at(-1);
    const apart =
      isText(before) &&
      (block.kind === 'heading' ||
        needsSpace(blocks[at - 1], at === blocks.length - 1) ||
        isList(before) ||
        isList(rendered.parts[0]));
    parts.push(...(apart ? [SPACE, ...rendered.parts] : rendered.parts));
    folded.push(...rendered.folded);
  }
  // Escaping may double the length.
  const title = cutEscaped(escapeLine(cut(heading, MESSAGE.embedTitle)), MESSAGE.embedTitle);
  return { title, parts, folded };
}

/** What follows is enough of a body. */
function isSummary(block: Block | undefined, { summary, blocks, tone }: Message): boolean {
  if (block?.kind !== 'text' || blocks.length < 2) return false;
  const plain = block.parts.every(({ kind }) => kind === 'plain');
  const words = block.parts.map((part) => (part.kind === 'plain' ? part.text : '')).join('');
  // A line that is cut there stands whole below.
  return plain && words === summary && summaryLine({ summary, tone }).endsWith(escapeLine(words));
}

function isList(part: Part | undefined): boolean {
  return part?.kind === 'fenced' && part.bare;
}

/** A fence has air around it by itself. */
function isText(part: Part | undefined): boolean {
  return part?.kind === 'text' || isList(part);
}

/** Air behind a list of fields, and before what to type next. */
function needsSpace(before: Block | undefined, isLast: boolean): boolean {
  return before?.kind === 'fields' || isLast;
}

function missingPicture(block: Extract<Block, { kind: 'image' }>): string {
  return escapeLine(cut(`[picture: ${block.alt}]`, 300));
}

function findPictures(blocks: readonly Block[], files: readonly FilePart[]): readonly string[] {
  const names = blocks.flatMap((block) => (block.kind === 'image' ? [block.file] : []));
  return [...new Set(names)].filter((name) => files.some((file) => file.name === name)).slice(0, MESSAGE.embeds - 4);
}

/** As many embeds as the texts need, then the pictures: the first with the last text, each other one by itself. */
function packEmbeds(
  title: string,
  texts: readonly string[],
  pictures: readonly string[],
  color: number,
): readonly APIEmbed[] {
  const descriptions: string[] = [];
  for (const text of texts) {
    const last = descriptions.at(-1);
    if (last !== undefined && last.length + 1 + text.length <= MESSAGE.embedDescription) {
      descriptions[descriptions.length - 1] = `${last}\n${text}`;
    } else {
      descriptions.push(text);
    }
  }
  const embeds: APIEmbed[] = descriptions.map((description) => ({ color, description }));
  if (title !== '') {
    const [first] = embeds;
    if (first === undefined) embeds.push({ color, title });
    else embeds[0] = { ...first, title };
  }
  for (const [at, name] of pictures.entries()) {
    const image = { url: `attachment://${name}` };
    const last = embeds.at(-1);
    if (at === 0 && last !== undefined) embeds[embeds.length - 1] = { ...last, image };
    else embeds.push({ color, image });
  }
  return embeds;
}

function overflowLine(fell: readonly string[], data: Data | null): string {
  const what = cutEscaped(escapeLine(cut(fell.join('; '), OVERFLOW / 3)), OVERFLOW - 250);
  return `-# Not shown here: ${what}. ${whereWhole(data)}`;
}

/** Which command shows what this message could not. */
function whereWhole(data: Data | null): string {
  if (data?.kind === 'plan' && data.run !== null) return `All of it: ${monoText(`/lxd runs ${data.run} --text`)}`;
  if (data?.kind === 'run') return `All of it: ${monoText(`/lxd runs ${data.run}`)}, or the console.`;
  if (data?.kind === 'status') {
    return `All of it: ${monoText(`/lxd explain ${cut(visibleLine(data.cluster), 60)}`)}, or the console.`;
  }
  return atConsole();
}

function atConsole(): string {
  return `All of it: the same command in ${monoText('lockstep console')} on its machine.`;
}

function keepFiles(files: readonly FilePart[]): {
  readonly files: readonly FilePart[];
  readonly fell: readonly string[];
} {
  const fell: string[] = [];
  const kept: FilePart[] = [];
  for (const file of files) {
    if (file.bytes.byteLength > FILE_BYTES) {
      fell.push(`the file ${file.name}, ${Math.ceil(file.bytes.byteLength / 1024 ** 2)} MiB (Discord takes 10)`);
    } else if (kept.length >= MESSAGE.files) {
      fell.push(`the file ${file.name} (Discord takes ${MESSAGE.files} at once)`);
    } else {
      kept.push(file);
    }
  }
  return { files: kept, fell };
}
