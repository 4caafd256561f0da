/** What is compared between platforms, and the one table of what may differ. */
import { assertNever } from '../../../src/domain/assert-never.ts';
import type { Block, Inline } from '../../../src/chat/message.ts';
import { visibleLine } from '../../../src/chat/visible.ts';
import { shortTime } from '../../../src/chat/words.ts';
import type { Data } from '../../../src/domain/data.ts';
import { DISCORD, SLACK } from './chat-world.ts';
import { dataOf, finalOf, type Recorded } from './recorded.ts';
import type { Side } from './sides.ts';

interface Difference {
  readonly what: string;
  readonly why: string;
  /** Words that a platform adds of itself. */
  readonly adds?: Readonly<Record<string, RegExp>>;
}

/** Everything that may differ; nothing else does. */
const DIFFERENCES: readonly Difference[] = [
  {
    what: 'the summary line above the card',
    why: 'Discord shows it as the message, Slack in the notification alone, the console not at all',
  },
  {
    what: 'how many lines of a folded text stand there',
    why: 'phones have little room: Slack shows three lines, Discord one that names them, the console one',
    adds: {
      slack: /^(Not|shown|here:|more|lines|of|All|it:|and|\d+)$/,
      discord: /^(Not|shown|here:|more|lines?|of|All|it:|folded\.?|texts?|and|\d+)$/,
      console: /^(┊|…|more|lines|\d+)$/,
    },
  },
  {
    what: 'the form of a table',
    why: 'where it is too wide, cells wrap, columns become rows, or each row becomes a paragraph',
    adds: { slack: /^·$/, discord: /^·$/ },
  },
  {
    what: 'the sign of the tone',
    why: 'a coloured dot in Slack and Discord, a colour at the console',
    adds: { console: /^[●│─]+$/ },
  },
  { what: 'a card while members are being asked', why: 'it is there only where a look took over 2 s' },
  { what: 'how often a card was edited', why: 'edits are coalesced by time: the first and the last state count' },
  {
    what: 'who somebody is',
    why: 'ids are the platform’s own; a name at the console is asserted, and says so',
  },
  {
    what: 'where a private answer stands',
    why: 'in the thread of the pressed card, which the console does not have; that it is private is the same',
  },
  {
    what: 'how the lines of a timeline are gathered on its card',
    why: 'by their times, which are each side’s own; the entries themselves are compared, as data',
  },
  {
    what: 'which member was first',
    why: 'each side has a cluster of its own, whose members work side by side: process ids, sizes, who was asked for the rows',
  },
];

export interface Told {
  readonly recorded: Recorded;
  /** `root`, `thread` or `private`. */
  readonly place: string;
  readonly summary: string;
  /** First and last, ids and times taken out. */
  readonly data: readonly Data[];
  readonly message: unknown;
  readonly labels: readonly string[];
}

export function told({ messages }: Side): readonly Told[] {
  const ids = new Set(
    messages.flatMap((each) => [
      ...(/\bIncident (i[0-9a-z]{6})\b/.exec(finalOf(each).message.summary)?.slice(1) ?? []),
      ...dataOf(each).flatMap((data) => (data.kind === 'plan' && data.run !== null ? [data.run] : [])),
    ]),
  );
  const neutral = (text: string): string =>
    [...ids].reduce((so, id) => so.replaceAll(id, `${id[0] ?? ''}ID`), shared(text));
  const neutralValue = (value: unknown): unknown => neutralOf(value, neutral);
  return messages
    .filter((recorded) => !isAsking(recorded))
    .map((recorded) => {
      const { message } = finalOf(recorded);
      const all = dataOf(recorded);
      const ends = all.length > 1 ? [all[0], all.at(-1)] : all;
      const { address } = recorded;
      return {
        recorded,
        place: address.user !== null ? 'private' : address.thread === null ? 'root' : 'thread',
        summary: neutral(message.summary),
        data: ends.map((data) => neutralValue(data) as Data),
        message: neutralValue({
          ...message,
          blocks: all.at(-1)?.kind === 'timeline' ? message.blocks.map(withoutRows) : message.blocks,
          actions: message.actions.map(({ token: _token, ...shown }) => shown),
        }),
        labels: message.actions.map(({ label }) => label),
      };
    });
}

function isAsking(recorded: Recorded): boolean {
  return (
    dataOf(recorded).length === 0 &&
    /: asking \d+ members|: the members were asked/.test(finalOf(recorded).message.summary)
  );
}

/** Without what is of one platform, one moment or one cluster alone. */
function shared(text: string): string {
  return text
    .replaceAll(SLACK.ada, 'ADA')
    .replaceAll(SLACK.ben, 'BEN')
    .replaceAll(DISCORD.ada, 'ADA')
    .replaceAll(DISCORD.ben, 'BEN')
    .replace(/console:(ada|ben) \(OS user \w+\)/g, '$1')
    .replace(/(console|slack|discord):(ADA|BEN|ada|ben)/g, (_, __, name: string) => name.toUpperCase())
    .replace(/lxd\.daemon\[\d+\]/g, 'lxd.daemon[PID]')
    .replace(/on (the )?disk of m\d/g, 'on disk of MEMBER')
    .replace(/: done [a-z]+=.*$/, ': done')
    .replace(/\b[0-9a-f]{12,64}\b/g, 'HASH')
    .replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?( ?UTC|Z)?/g, 'TIME')
    .replace(/\b\d\d:\d\d:\d\d\b/g, 'TIME')
    .replace(/\b\d+(\.\d+)? ?(ms|s|min|h)\b( \d+ ?(s|min)\b)?/g, 'SPAN');
}

const TIMES = /^(at|expiresAt|happenedAt|recordedAt|tookMs|hash|previous|since|lateMs)$/;

function neutralOf(value: unknown, neutral: (text: string) => string, key = ''): unknown {
  if (TIMES.test(key)) return 'TIME';
  if (typeof value === 'string') return neutral(value);
  if (Array.isArray(value)) {
    const all = value.map((each) => neutralOf(each, neutral));
    // The members of a stage are recorded as they end.
    return key === 'entries' || key === 'rows' ? sorted(all.map(withoutSequence)) : all;
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, each]) => [name, neutralOf(each, neutral, name)] as const);
  // From whose copy the rows were read.
  return Object.fromEntries(entries.filter(([name]) => !(key === 'rows' && name === 'member')));
}

function withoutRows(block: Block): Block {
  return block.kind === 'table' ? { ...block, rows: [] } : block;
}

function withoutSequence(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((cell: unknown) => (/^\d+$/.test(String(cell)) ? 'N' : cell));
  return typeof value === 'object' && value !== null && 'sequence' in value ? { ...value, sequence: 'N' } : value;
}

function sorted(all: readonly unknown[]): readonly unknown[] {
  return all.toSorted((one, other) => JSON.stringify(one).localeCompare(JSON.stringify(other)));
}

/** The words of the neutral message, folded texts left out: what everybody must be able to read. */
export function plainOf(recorded: Recorded): string {
  const { message } = finalOf(recorded);
  if (message.blocks.length === 0) return message.summary;
  return message.blocks.flatMap(plainBlock).join('\n');
}

function plainBlock(block: Block): readonly string[] {
  switch (block.kind) {
    case 'heading':
      return [block.text];
    case 'text':
    case 'note':
      return [block.parts.map(plainInline).join('')];
    case 'fields':
      return block.fields.map(({ label, value }) => `${label} ${value.map(plainInline).join('')}`);
    case 'table':
      return block.rows.length === 0 ? [] : [block.columns.join(' '), ...block.rows.map((row) => row.join(' '))];
    case 'code':
      return [block.title ?? '', block.fold === true ? '' : block.text];
    case 'divider':
    case 'image':
      return [];
    default:
      return assertNever(block);
  }
}

function plainInline(part: Inline): string {
  if (part.kind === 'time') return shortTime(part.at);
  if (part.kind === 'user') return part.name;
  return part.text;
}

function words(text: string): readonly string[] {
  return text
    .split('\n')
    .flatMap((line) => visibleLine(line).split(/\s+/))
    .filter((word) => word !== '' && !/^[│─·|]+$/.test(word));
}

export function lostWords(_side: string, recorded: Recorded, read: string): readonly string[] {
  const there = new Set(words(read));
  return words(plainOf(recorded)).filter((word) => !there.has(word));
}

export function strangeWords(side: string, recorded: Recorded, read: string): readonly string[] {
  const { message } = finalOf(recorded);
  const folded = message.blocks.flatMap((block) => (block.kind === 'code' ? [block.text] : []));
  const known = new Set(words([message.summary, plainOf(recorded), ...folded].join('\n')));
  const platform = side.split(' ')[0] ?? '';
  const allowed = DIFFERENCES.flatMap(({ adds }) => adds?.[platform] ?? []);
  return words(read).filter((word) => !known.has(word) && !allowed.some((pattern) => pattern.test(word)));
}
