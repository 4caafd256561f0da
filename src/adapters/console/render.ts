/**
 * Message → lines of a terminal. Owns layout only; all text passes the escaper, colour is the style's. A message without blocks is
 * just its summary. Buttons are numbered choices.
 */
import { assertNever } from '../../domain/assert-never.ts';
import type { Block, Inline, Message } from '../../chat/message.ts';
import { visibleLine, visibleLines } from '../../chat/visible.ts';
import { shortTime } from '../../chat/words.ts';
import { padTo, widthOf } from '../../chat/columns.ts';
import { wrap } from './columns.ts';
import type { Style } from './style.ts';
import { renderTable } from './table.ts';

export interface Layout {
  readonly width: number;
  readonly style: Style;
}

const INDENT = '  ';
/** A folded block of more lines than the first number shows the second. */
const FOLD_ABOVE = 6;
const FOLD_TO = 1;

export function renderMessage(message: Message, layout: Layout): readonly string[] {
  const inner = { ...layout, width: Math.max(20, layout.width - INDENT.length) };
  if (message.blocks.length === 0) return wrap(visibleLine(message.summary), layout.width);
  const lines: string[] = [];
  message.blocks.forEach((block, index) => {
    if (index === 0 && block.kind === 'heading') {
      lines.push(...headLines(message, block.text, layout));
      return;
    }
    if (needsSpace(block, message.blocks[index - 1])) lines.push('');
    lines.push(...renderBlock(block, inner).map((line) => (line === '' ? '' : INDENT + line)));
  });
  return [...lines, ...buttonLines(message, layout)];
}

function headLines(message: Message, text: string, { width, style }: Layout): readonly string[] {
  return wrap(`● ${visibleLine(text)}`, width).map((line) => style.toned(message.tone, line));
}

function needsSpace(block: Block, before: Block | undefined): boolean {
  if (before === undefined) return false;
  if (block.kind === 'table' || block.kind === 'code' || block.kind === 'heading') return true;
  return before.kind === 'table' || before.kind === 'code' || before.kind === 'fields';
}

function renderBlock(block: Block, layout: Layout): readonly string[] {
  const { style, width } = layout;
  switch (block.kind) {
    case 'heading':
      return wrap(visibleLine(block.text), width).map((line) => style.strong(line));
    case 'text':
      return inlineLines(block.parts, layout);
    case 'note':
      return wrap(block.parts.map(plainOf).join(''), width).map((line) => style.faint(line));
    case 'fields':
      return fieldLines(block.fields, layout);
    case 'table':
      return tableLines(block, layout);
    case 'code':
      return codeLines(block, layout);
    case 'divider':
      return [style.faint('─'.repeat(Math.min(width, 40)))];
    case 'image':
      return wrap(`[${visibleLine(block.alt)}: ${visibleLine(block.file)}]`, width);
    default:
      return assertNever(block);
  }
}

/** Styled where it fits on one line; a line that has to be wrapped stays plain. */
function inlineLines(parts: readonly Inline[], { width, style }: Layout): readonly string[] {
  const plain = parts.map(plainOf).join('');
  if (widthOf(plain) > width) return wrap(plain, width);
  return [parts.map((part) => styledOf(part, style)).join('')];
}

function plainOf(part: Inline): string {
  switch (part.kind) {
    case 'plain':
    case 'strong':
    case 'mono':
      return visibleLine(part.text);
    case 'time':
      return shortTime(part.at);
    case 'user':
      return visibleLine(part.name);
    case 'link':
      return `${visibleLine(part.text)} (${visibleLine(part.url)})`;
    default:
      return assertNever(part);
  }
}

function styledOf(part: Inline, style: Style): string {
  if (part.kind === 'strong') return style.strong(plainOf(part));
  if (part.kind === 'mono') return style.mono(plainOf(part));
  return plainOf(part);
}

function fieldLines(
  fields: readonly { readonly label: string; readonly value: readonly Inline[] }[],
  { width, style }: Layout,
): readonly string[] {
  const labels = fields.map(({ label }) => visibleLine(label));
  const labelWidth = Math.max(0, ...labels.map(widthOf));
  return fields.flatMap(({ value }, index) => {
    const lines = wrap(value.map(plainOf).join(''), Math.max(20, width - labelWidth - 2));
    return lines.map((line, at) => {
      const label = padTo(at === 0 ? (labels[index] ?? '') : '', labelWidth);
      return `${style.faint(label)}  ${line}`;
    });
  });
}

function tableLines(block: Extract<Block, { kind: 'table' }>, { width, style }: Layout): readonly string[] {
  const hasHead = block.columns.some((column) => column !== '');
  const rows = block.rows.map((row) => row.map(visibleLine));
  const lines = renderTable(block.columns.map(visibleLine), rows, width);
  return lines.map((line, index) => (index === 0 && hasHead ? style.faint(line) : line));
}

function codeLines(block: Extract<Block, { kind: 'code' }>, { width, style }: Layout): readonly string[] {
  const lines = visibleLines(block.text.replace(/\n+$/, '')).flatMap((line) =>
    widthOf(line) <= width - 2 ? [line] : wrap(line, width - 2),
  );
  const shown = block.fold === true && lines.length > FOLD_ABOVE ? lines.slice(0, FOLD_TO) : lines;
  const more = lines.length - shown.length;
  const rest = more > 0 ? [style.faint(`┊ … ${more} more lines`)] : [];
  const title = block.title === null ? [] : wrap(visibleLine(block.title), width).map((line) => style.faint(line));
  return [...title, ...shown.map((line) => `${style.faint('│')} ${line}`), ...rest];
}

function buttonLines(message: Message, { style, width }: Layout): readonly string[] {
  if (message.actions.length === 0) return [];
  const buttons = message.actions.map(
    (action, index) => `[${index + 1}${action.ask === undefined ? '' : ' "words"'}] ${visibleLine(action.label)}`,
  );
  const together = buttons.join('   ');
  const lines = widthOf(together) <= width - INDENT.length ? [together] : buttons;
  return ['', ...lines.map((line) => INDENT + style.strong(line))];
}
