/**
 * Small builders for the message model, so that a view reads like what it says. Pure; a bare string is plain text and is escaped
 * by whoever renders it.
 */
import type { Action, Block, Inline, Message, Tone } from './message.ts';

export type Part = string | Inline;

function parts(...all: readonly Part[]): readonly Inline[] {
  return all.map((part) => (typeof part === 'string' ? { kind: 'plain', text: part } : part));
}

export function mono(words: string): Inline {
  return { kind: 'mono', text: words };
}

export function strong(words: string): Inline {
  return { kind: 'strong', text: words };
}

/** People and groups as the configuration names them, in a row: mentions where the platform has such an account. */
export function people(principals: readonly string[], most: number = principals.length): readonly Part[] {
  const shown = principals.slice(0, most);
  const more = principals.length - shown.length;
  const named = shown.map((principal): Part => {
    return principal === '*' ? 'everybody' : { kind: 'user', principal, name: principal };
  });
  const all: readonly Part[] = more === 0 ? named : [...named, `${more} more`];
  return all.flatMap((part, index) => (index === 0 ? [part] : [index === all.length - 1 ? ' and ' : ', ', part]));
}

/** ms since the epoch. */
export function time(at: number): Inline {
  return { kind: 'time', at };
}

export function heading(words: string): Block {
  return { kind: 'heading', text: words };
}

export function text(...all: readonly Part[]): Block {
  return { kind: 'text', parts: parts(...all) };
}

export function note(...all: readonly Part[]): Block {
  return { kind: 'note', parts: parts(...all) };
}

export function code(content: string, title: string | null = null): Block {
  return { kind: 'code', text: content, title };
}

/** A code block of which the first lines may stand for the whole. */
export function foldedCode(content: string, title: string): Block {
  return { kind: 'code', text: content, title, fold: true };
}

export function table(columns: readonly string[], rows: readonly (readonly string[])[]): Block {
  return { kind: 'table', columns, rows };
}

/** Pairs of label and value; a null value is left out. */
export function fields(pairs: readonly (readonly [string, readonly Part[] | string | null])[]): Block {
  return {
    kind: 'fields',
    fields: pairs.flatMap(([label, value]) => {
      if (value === null) return [];
      return [{ label, value: typeof value === 'string' ? parts(value) : parts(...value) }];
    }),
  };
}

export const divider: Block = { kind: 'divider' };

/** The last line of every reply: what one could type now. */
export function nextCommand(...commands: readonly string[]): Block {
  const shown = commands.flatMap((command, index): Part[] => [index === 0 ? '' : ' or ', mono(`/lxd ${command}`)]);
  return text('Next: ', ...shown.filter((part) => part !== ''));
}

/** The same, in words that somebody else chose. */
export function nextWords(words: string): Block {
  return text('Next: ', ...withCommands(words));
}

const NAMES = 'status|explain|check|recover|approve|reject|abort|resume|wait|runs|incident|timeline|watch|doctor|help';
/** A bare one, as the console takes it: after a colon (`then: status prod`), or as the whole (`help`). */
const BARE = `(?<=: )(?=status \\S|(?:recover|check) \\S+(?: --|$))|^(?=(?:${NAMES})(?: |$))(?!.*[.:]$)`;
const COMMAND = new RegExp(`(?:/lxd |${BARE})(?:"[^"]*"|(?! or |, |[.;:]\\s|[.;:)]*$).)+`, 'g');

/** A sentence in which the commands that one could type stand out. */
export function withCommands(words: string): readonly Part[] {
  const all: Part[] = [];
  let from = 0;
  for (const { 0: command, index } of words.matchAll(COMMAND)) {
    all.push(words.slice(from, index), mono(command.startsWith('/lxd ') ? command : `/lxd ${command}`));
    from = index + command.length;
  }
  return [...all, words.slice(from)].filter((part) => part !== '');
}

export function message(
  summary: string,
  tone: Tone,
  blocks: readonly Block[],
  actions: readonly Action[] = [],
): Message {
  return { summary, tone, blocks, actions };
}
