/**
 * What a sub-command is: its name, its parameters and their types, who may use it, and its handler, defined once. The parser,
 * the help, "did you mean" and TAB completion read these definitions. Holds no command and no state.
 */
import { assertNever } from '../domain/assert-never.ts';
import type { PolicyAction } from '../domain/policy.ts';
import type { Call } from './call.ts';

/** What a parameter accepts. The parser checks the form; whether a run or a cluster exists is the parser's or the handler's question. */
export type ParamType =
  | { readonly kind: 'cluster' }
  /** A run id or the beginning of one. */
  | { readonly kind: 'run' }
  /** An incident id or the beginning of one. */
  | { readonly kind: 'incident' }
  | { readonly kind: 'command' }
  | { readonly kind: 'text'; readonly placeholder: string }
  | { readonly kind: 'int'; readonly min: number; readonly max: number }
  /** `90s`, `15m`, `2h`, `7d`; the value is in ms. */
  | { readonly kind: 'duration' }
  | { readonly kind: 'enum'; readonly values: readonly string[] }
  | { readonly kind: 'flag' };

export interface Param<T extends ParamType = ParamType, R extends boolean = boolean> {
  readonly place: 'argument' | 'rest' | 'option';
  readonly type: T;
  readonly required: R;
  readonly help: string;
}

export type Params = Readonly<Record<string, Param>>;

type RawValue<T extends ParamType> = T extends { kind: 'int' | 'duration' }
  ? number
  : T extends { kind: 'flag' }
    ? boolean
    : T extends { kind: 'enum'; values: readonly (infer V)[] }
      ? V
      : string;

/** Values as the handler gets them: null for what was not given, false for a flag that was not. */
type Values<P extends Params> = {
  readonly [K in keyof P]: P[K] extends Param<infer T, infer R>
    ? T extends { kind: 'flag' }
      ? boolean
      : R extends true
        ? RawValue<T>
        : RawValue<T> | null
    : never;
};

export type Value = string | number | boolean | null;

export interface Definition<P extends Params> {
  readonly name: string;
  readonly summary: string;
  /** Arguments in their order, then options. */
  readonly params: P;
  /** The role that it takes on the cluster that it is about; null for anyone. */
  readonly role: Exclude<PolicyAction, 'break-glass'> | null;
  readonly examples: readonly string[];
  /** Parameters that a platform asks for in a form when the command is typed with nothing behind it. */
  readonly form?: readonly (keyof P & string)[];
  readonly handle: (call: Call, values: Values<P>) => Promise<void>;
}

/** A definition whose parameter types are forgotten, as the registry keeps it. */
export interface Command extends Omit<Definition<Params>, 'handle'> {
  readonly run: (call: Call, values: Readonly<Record<string, Value>>) => Promise<void>;
}

export function defineCommand<const P extends Params>(definition: Definition<P>): Command {
  const { handle, ...rest } = definition;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the parser filled the values in by these very definitions
  return { ...rest, run: (call, values) => handle(call, values as Values<P>) };
}

export function argument<const T extends ParamType>(type: T, help: string): Param<T, false> {
  return { place: 'argument', type, required: false, help };
}

export function requiredArgument<const T extends ParamType>(type: T, help: string): Param<T, true> {
  return { place: 'argument', type, required: true, help };
}

/** Everything that is left of the line, as one text. Last of the arguments. */
export function restOfLine(placeholder: string, help: string): Param<{ kind: 'text'; placeholder: string }, false> {
  return { place: 'rest', type: { kind: 'text', placeholder }, required: false, help };
}

export function option<const T extends ParamType>(type: T, help: string): Param<T, false> {
  return { place: 'option', type, required: false, help };
}

export function requiredOption<const T extends ParamType>(type: T, help: string): Param<T, true> {
  return { place: 'option', type, required: true, help };
}

export function findCommand(commands: readonly Command[], name: string): Command | undefined {
  return commands.find((command) => command.name === name);
}

/** `recover <cluster> [--strategy sql-live|…] [--dry-run]` */
export function usageOf(command: Command): string {
  return [command.name, ...Object.entries(command.params).map(([name, param]) => describeParam(name, param))].join(' ');
}

export function describeParam(name: string, param: Param): string {
  const text = param.place === 'option' ? describeOption(name, param) : describeArgument(name, param);
  return param.required ? text : `[${text}]`;
}

function describeOption(name: string, param: Param): string {
  return param.type.kind === 'flag' ? `--${name}` : `--${name} ${placeholderOf(name, param.type)}`;
}

function describeArgument(name: string, param: Param): string {
  const inner = param.type.kind === 'enum' ? param.type.values.join('|') : name;
  return param.required ? `<${inner}>` : inner;
}

function placeholderOf(name: string, type: ParamType): string {
  switch (type.kind) {
    case 'enum':
      return type.values.join('|');
    case 'text':
      return type.placeholder;
    case 'int':
      return 'N';
    case 'duration':
      return '7d';
    case 'cluster':
    case 'run':
    case 'incident':
    case 'command':
      return type.kind;
    case 'flag':
      return name;
    default:
      return assertNever(type);
  }
}
