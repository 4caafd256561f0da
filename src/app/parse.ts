/**
 * A line → a command with typed values, or a problem with the next step. Reads the definitions of the registry and nothing else:
 * no store, no configuration beyond names. Options may stand anywhere, as `--name value` or `--name=value`; `--` ends them; a
 * trailing ` &` is `--no-wait`.
 */
import type { Problem } from '../domain/problem.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { INCIDENT_PREFIX, parseValue, quote, RUN_PREFIX, type Vocabulary } from './parse-value.ts';
import { exampleFor } from './example.ts';
import { findCommand, usageOf, type Command, type Param, type Value } from './registry.ts';
import { suggest } from './suggest.ts';
import { tokenize, type Word } from './tokenize.ts';

export interface ParsedLine {
  readonly command: Command;
  readonly values: Readonly<Record<string, Value>>;
}

const MENTION = /^(?:@lockstep|<@!?[A-Za-z0-9]+(?:\|[^>]*)?>):?$/i;
const SLASH = /^(?:\/lxd|\/?lockstep|lxd)$/i;

export function parseLine(
  line: string,
  commands: readonly Command[],
  clusters: readonly string[],
  clustersOf: Vocabulary['clustersOf'] = () => [],
): Result<ParsedLine, Problem> {
  const words = tokenize(line);
  if (!words.ok) return words;
  if (words.value.length === 0) return err(empty());
  const stripped = stripPrefixes(words.value);
  const split = splitCommand(stripped, commands);
  if (!split.ok) return split;
  const vocabulary = { clusters, clustersOf, commands: commands.map((command) => command.name) };
  const { command, rest } = split.value;
  if (rest.some((word) => isOption(word, 'help') || (!word.quoted && word.text === '-h'))) {
    return parseLine(`help ${command.name}`, commands, clusters, clustersOf);
  }
  return readWords(command, rest, vocabulary);
}

function stripPrefixes(words: readonly Word[]): readonly Word[] {
  let rest = words;
  if (rest[0] !== undefined && MENTION.test(rest[0].text)) rest = rest.slice(1);
  if (rest[0] !== undefined && SLASH.test(rest[0].text)) rest = rest.slice(1);
  return rest;
}

/** The first word is the command; with options before it, the first word that names one is. Nothing at all means help. */
function splitCommand(
  words: readonly Word[],
  commands: readonly Command[],
): Result<{ readonly command: Command; readonly rest: readonly Word[] }, Problem> {
  const help = findCommand(commands, 'help');
  const first = words[0];
  if ((first === undefined || isOption(first, 'help') || first.text === '?') && help !== undefined) {
    return ok({ command: help, rest: [] });
  }
  const at = first?.text.startsWith('-')
    ? words.findIndex((word) => findCommand(commands, word.text.toLowerCase()))
    : 0;
  const name = words[Math.max(at, 0)]?.text ?? '';
  const command = findCommand(commands, name.replace(/^\//, '').toLowerCase());
  if (command === undefined) return err(unknownCommand(name, commands));
  return ok({ command, rest: words.filter((_, index) => index !== Math.max(at, 0)) });
}

function readWords(command: Command, words: readonly Word[], vocabulary: Vocabulary): Result<ParsedLine, Problem> {
  const values: Record<string, Value> = {};
  const plain: Word[] = [];
  const list = takeAmpersand(command, words, values);
  for (let at = 0; at < list.length; at += 1) {
    const word = list[at];
    if (word === undefined) break;
    if (isEndOfOptions(word)) {
      plain.push(...list.slice(at + 1).map((later) => ({ ...later, quoted: true })));
      break;
    }
    if (!looksLikeOption(word)) {
      plain.push(word);
      continue;
    }
    const read = readOption(command, word, list[at + 1], values, vocabulary);
    if (!read.ok) return read;
    at += read.value;
  }
  return placeArguments(command, plain, values, vocabulary);
}

/** Returns how many further words the option took. */
function readOption(
  command: Command,
  word: Word,
  following: Word | undefined,
  values: Record<string, Value>,
  vocabulary: Vocabulary,
): Result<number, Problem> {
  const [, name = '', inline] = /^[-\u2013\u2014]+([^=]*)(?:=([\s\S]*))?$/.exec(word.text) ?? [];
  const param = command.params[name];
  if (param === undefined || param.place !== 'option') return err(unknownOption(command, name));
  if (name in values) return err(bad(command, `--${name} stands there twice.`));
  if (param.type.kind === 'flag') {
    if (inline !== undefined) return err(bad(command, `--${name} takes no value.`));
    values[name] = true;
    return ok(0);
  }
  const given = inline ?? (following === undefined || looksLikeOption(following) ? undefined : following.text);
  if (given === undefined) return err(bad(command, `--${name} needs a value.`));
  const value = parseValue(`--${name}`, param.type, given, vocabulary);
  if (!value.ok) return value;
  values[name] = value.value;
  return ok(inline === undefined ? 1 : 0);
}

function placeArguments(
  command: Command,
  words: readonly Word[],
  values: Record<string, Value>,
  vocabulary: Vocabulary,
): Result<ParsedLine, Problem> {
  let rest = words;
  const places = Object.entries(command.params).filter(([, param]) => param.place !== 'option');
  for (const [index, [name, param]] of places.entries()) {
    const word = rest[0];
    const later = places.slice(index + 1).map(([, other]) => other);
    if (param.place === 'rest') {
      values[name] = rest.length === 0 ? null : rest.map((each) => each.text).join(' ');
      rest = [];
      continue;
    }
    if (word === undefined || leavesRoom(param, later, rest, vocabulary)) continue;
    const value = parseValue(name, param.type, word.text, vocabulary);
    if (!value.ok) return value;
    values[name] = value.value;
    rest = rest.slice(1);
  }
  if (rest.length > 0) return err(tooMuch(command, rest));
  return fillIn(command, values, vocabulary);
}

/**
 * An optional argument takes no word that a later one needs: `resume retry`. A word that can't be a run, an incident or a cluster
 * belongs to what follows: `reject not tonight`.
 */
function leavesRoom(param: Param, later: readonly Param[], words: readonly Word[], vocabulary: Vocabulary): boolean {
  if (param.required) return false;
  if (words.length <= later.filter((other) => other.required).length) return true;
  return later.length > 0 && !canBe(param.type.kind, words[0], vocabulary);
}

/** What was quoted is words, never the id or the name that they look like. */
function canBe(kind: Param['type']['kind'], given: Word | undefined, { clusters }: Vocabulary): boolean {
  const isNamed = kind === 'run' || kind === 'incident' || kind === 'cluster';
  if (isNamed && given?.quoted === true) return false;
  const word = given?.text ?? '';
  if (kind === 'run') return RUN_PREFIX.test(word.toLowerCase());
  if (kind === 'incident') return INCIDENT_PREFIX.test(word.toLowerCase());
  return kind !== 'cluster' || clusters.includes(word);
}

function fillIn(
  command: Command,
  values: Record<string, Value>,
  { clusters }: Vocabulary,
): Result<ParsedLine, Problem> {
  for (const [name, param] of Object.entries(command.params)) {
    if (values[name] !== undefined && values[name] !== null) continue;
    if (param.required) {
      const shown = param.place === 'option' ? `--${name}` : name;
      return err({
        code: 'missing-argument',
        text: `${command.name} needs ${shown}: ${param.help}`,
        next: nextOf(command, typeof values['cluster'] === 'string' ? values['cluster'] : (clusters[0] ?? null)),
      });
    }
    values[name] = param.type.kind === 'flag' ? false : null;
  }
  return ok({ command, values });
}

function nextOf(command: Command, cluster: string | null): string {
  const [example] = command.examples;
  return example === undefined ? `help ${command.name}` : exampleFor(example, cluster);
}

function takeAmpersand(command: Command, words: readonly Word[], values: Record<string, Value>): readonly Word[] {
  const last = words.at(-1);
  if (last === undefined || last.quoted || last.text !== '&' || command.params['no-wait'] === undefined) return words;
  values['no-wait'] = true;
  return words.slice(0, -1).filter((word) => !isOption(word, 'no-wait'));
}

/** Two hyphens, or the dash that a phone or a chat program makes of them. */
function looksLikeOption(word: Word): boolean {
  return !word.quoted && /^(?:--|[\u2013\u2014]-?)[a-z_]/i.test(word.text);
}

function isOption(word: Word, name: string): boolean {
  return looksLikeOption(word) && word.text.replace(/^[-\u2013\u2014]+/, '') === name;
}

function isEndOfOptions(word: Word): boolean {
  return !word.quoted && word.text === '--';
}

function empty(): Problem {
  return { code: 'empty', text: 'There is no command in that line.', next: 'help' };
}

function unknownCommand(name: string, commands: readonly Command[]): Problem {
  const near = suggest(
    name.replace(/^[/-]+/, ''),
    commands.map((command) => command.name),
  );
  return {
    code: 'unknown-command',
    text: `There is no command ${quote(name)}.${near === null ? '' : ` Did you mean ${near}?`}`,
    next: near ?? 'help',
  };
}

function unknownOption(command: Command, name: string): Problem {
  const names = Object.entries(command.params).flatMap(([key, param]) => (param.place === 'option' ? [key] : []));
  const near = suggest(name, names);
  return {
    code: 'unknown-option',
    text: `${command.name} has no option ${quote(`--${name}`)}.${near === null ? '' : ` Did you mean --${near}?`}`,
    next: `Usage: ${usageOf(command)}`,
  };
}

function tooMuch(command: Command, words: readonly Word[]): Problem {
  const extra = words.map((word) => word.text).join(' ');
  const shell = /[;|&<>`$]/.test(extra) ? ' Lockstep is not a shell, and nothing was run.' : '';
  return bad(command, `${command.name} does not know what to do with ${quote(extra)}.${shell}`);
}

function bad(command: Command, text: string): Problem {
  return { code: 'bad-argument', text, next: `Usage: ${usageOf(command)}` };
}
