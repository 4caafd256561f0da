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

const COMMAND = /\/lxd (?:"[^"]*"|(?! or |, |[.;:]\s|[.;:)]*$).)+/g;

/** A sentence in which the commands that one could type stand out. */
export function withCommands(words: string): readonly Part[] {
  const all: Part[] = [];
  let from = 0;
  for (const { 0: command, index } of words.matchAll(COMMAND)) {
    all.push(words.slice(from, index), mono(command));
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
