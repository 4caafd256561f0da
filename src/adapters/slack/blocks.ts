/**
 * Blocks of the neutral model → parts in Slack's `mrkdwn`, every text escaped. Pure. Remote output stands in fences alone. A picture
 * is a file of its own below the message: here stands its name.
 */
import type { Block, Inline } from '../../chat/message.ts';
import { visibleLine } from '../../chat/visible.ts';
import { shortTime } from '../../chat/words.ts';
import { assertNever } from '../../domain/assert-never.ts';
import type { Part } from './clamp.ts';
import { boldText, cut, escapeText, fenceLines, guardLine, linkTarget, monoText } from './escape.ts';
import { MESSAGE, TABLE_COLUMNS } from './limits.ts';
import { gridLines, listItem } from '../../chat/table.ts';

const PERSON = /^slack:([UW][A-Z0-9]{1,20})$/;
const GROUP = /^slack:group:(S[A-Z0-9]{1,20})$/;
const LONGEST_TITLE = 200;
/** A folded block of more lines is one line of small print: its beginning alone says nothing. */
const FOLD_ABOVE = 6;
/** Values up to this length stand in two columns. */
const SHORT_VALUE = 40;

export interface BlockParts {
  readonly parts: readonly Part[];
  /** What folding hid, in words. */
  readonly folded: readonly string[];
}

export function renderBlock(block: Block): BlockParts {
  switch (block.kind) {
    case 'heading':
      return shown('text', boldText(block.text));
    case 'text':
      return shown('text', inlineLine(block.parts));
    case 'note':
      return shown('note', inlineLine(block.parts));
    case 'divider':
      return { parts: [{ kind: 'divider' }], folded: [] };
    case 'fields':
      return renderFields(block.fields);
    case 'table':
      return renderTable(block);
    case 'code':
      return renderCode(block);
    case 'image':
      return shown('note', `${escapeText(block.alt)}: ${monoText(block.file)} in the thread`);
    default:
      return assertNever(block);
  }
}

/** A part without text would be refused. */
function shown(kind: 'text' | 'note', text: string): BlockParts {
  return { parts: text.trim() === '' ? [] : [{ kind, text }], folded: [] };
}

function inlineLine(parts: readonly Inline[]): string {
  return guardLine(parts.map(inlinePart).join(''));
}

function inlinePart(part: Inline): string {
  switch (part.kind) {
    case 'plain':
      return escapeText(part.text);
    case 'strong':
      return boldText(part.text);
    case 'mono':
      return monoText(part.text);
    case 'time':
      return timeText(part.at);
    case 'user': {
      const id = PERSON.exec(part.principal)?.[1];
      if (id !== undefined) return `<@${id}>`;
      // https://docs.slack.dev/messaging/formatting-message-text#mentioning-groups
      const group = GROUP.exec(part.principal)?.[1];
      return group === undefined ? escapeText(part.name) : `<!subteam^${group}>`;
    }
    case 'link': {
      const url = linkTarget(part.url);
      const words = escapeText(part.text).replaceAll('|', '¦');
      return url === null ? `${words} (${escapeText(part.url)})` : `<${url}|${words === '' ? url : words}>`;
    }
    default:
      return assertNever(part);
  }
}

/** Shown in the reader's own zone; UTC where a client can't (https://docs.slack.dev/messaging/formatting-message-text#date-formatting). */
function timeText(at: number): string {
  return `<!date^${Math.floor(at / 1000)}^{date_num} {time_secs}|${shortTime(at)}>`;
}

type Fields = Extract<Block, { kind: 'fields' }>['fields'];

function renderFields(fields: Fields): BlockParts {
  const lines = fields.map(({ label, value }) => ({ label: boldText(label), value: inlineLine(value) }));
  const areShort =
    fields.length > 1 &&
    fields.length <= MESSAGE.sectionFields &&
    lines.every(({ label, value }) => label.length <= SHORT_VALUE && value.length <= SHORT_VALUE);
  const texts = lines
    .map(({ label, value }) => `${label}${areShort ? '\n' : '  '}${value}`.trim())
    .filter((text) => text !== '');
  if (texts.length === 0) return { parts: [], folded: [] };
  return {
    parts: [areShort ? { kind: 'fields', fields: texts } : { kind: 'text', text: texts.join('\n') }],
    folded: [],
  };
}

/** Too wide for columns it is a list: a phone breaks the lines of a fence wherever they end. */
function renderTable(block: Extract<Block, { kind: 'table' }>): BlockParts {
  const columns = block.columns.map(visibleLine);
  const rows = block.rows.map((row) => row.map(visibleLine));
  if (rows.length === 0) return { parts: [], folded: [] };
  const grid = gridLines(columns, rows, TABLE_COLUMNS);
  const bare = grid === null;
  const lines =
    grid?.flatMap((line) => fenceLines(line)) ??
    [namesLine(columns), ...rows.map((row) => itemLine(columns, row))].filter((line) => line !== '');
  return { parts: [{ kind: 'fenced', title: '', lines, name: 'the table', bare }], folded: [] };
}

/** What the cells of each line are. */
function namesLine(columns: readonly string[]): string {
  return guardLine(escapeText(columns.filter((name) => name.trim() !== '').join(' · ')));
}

function itemLine(columns: readonly string[], row: readonly string[]): string {
  const { head, rest } = listItem(columns, row);
  return guardLine(`${boldText(head)}  ${escapeText(rest)}`.trim());
}

function renderCode(block: Extract<Block, { kind: 'code' }>): BlockParts {
  const lines = fenceLines(block.text.replace(/\n+$/, ''));
  const title = block.title === null ? '' : guardLine(escapeText(cut(block.title, LONGEST_TITLE)));
  const name = title === '' ? 'the output' : `“${title.replace(/:$/, '')}”`;
  if (block.fold === true && lines.length > FOLD_ABOVE) {
    const small = `${title === '' ? escapeText(name) : title} ${lines.length} lines, folded`;
    return { parts: [{ kind: 'note', text: small }], folded: [`${lines.length} lines of ${name}`] };
  }
  return { parts: [{ kind: 'fenced', title, lines, name, bare: false }], folded: [] };
}
