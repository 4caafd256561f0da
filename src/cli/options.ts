/** `node:util` parseArgs as a result: an unknown or incomplete option is an answer with the nearest name, not a throw. */
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { suggest } from '../app/suggest.ts';
import type { Problem } from '../domain/problem.ts';
import { err, ok, type Result } from '../domain/result.ts';

export type OptionTypes = Readonly<Record<string, 'string' | 'boolean'>>;

type OptionValues<T extends OptionTypes> = {
  readonly [K in keyof T]: T[K] extends 'boolean' ? boolean : string | undefined;
};

export interface ParsedOptions<T extends OptionTypes> {
  readonly values: OptionValues<T>;
  readonly rest: readonly string[];
}

export function parseOptions<const T extends OptionTypes>(
  args: readonly string[],
  types: T,
  usage: string,
): Result<ParsedOptions<T>, Problem> {
  const options: NonNullable<ParseArgsConfig['options']> = Object.fromEntries(
    Object.entries(types).map(([name, type]) => [name, { type }]),
  );
  try {
    const parsed = parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
    const values = Object.fromEntries(
      Object.entries(types).map(([name, type]) => [
        name,
        parsed.values[name] ?? (type === 'boolean' ? false : undefined),
      ]),
    );
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- parsed by these very types
    return ok({ values: values as OptionValues<T>, rest: parsed.positionals });
  } catch (error) {
    return err(describe(error, args, Object.keys(types), usage));
  }
}

/** The same for a command that takes options alone: a word too many is told, not passed over. */
export function parseOptionsAlone<const T extends OptionTypes>(
  args: readonly string[],
  types: T,
  usage: string,
): Result<OptionValues<T>, Problem> {
  const parsed = parseOptions(args, types, usage);
  if (!parsed.ok) return parsed;
  const [extra] = parsed.value.rest;
  if (extra === undefined) return ok(parsed.value.values);
  const text = `${usage.split(' ')[1] ?? 'This'} takes no argument ${JSON.stringify(extra)}.`;
  return err({ code: 'bad-argument', text, next: `Usage: ${usage}` });
}

function describe(error: unknown, args: readonly string[], names: readonly string[], usage: string): Problem {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const next = `Usage: ${usage}`;
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') {
    const unknown = args.find(
      (arg) => arg.startsWith('-') && !names.includes(arg.replace(/^-+/, '').split('=')[0] ?? ''),
    );
    const name = (unknown ?? '').replace(/^-+/, '').split('=')[0] ?? '';
    const near = suggest(name, names);
    const hint = near === null ? '' : ` Did you mean --${near}?`;
    return { code: 'unknown-option', text: `There is no option ${JSON.stringify(unknown ?? '')}.${hint}`, next };
  }
  const text = error instanceof Error ? (error.message.split('. ')[0] ?? error.message) : 'The arguments can’t be read';
  return { code: 'bad-argument', text: `${text.replace(/\.$/, '')}.`, next };
}
