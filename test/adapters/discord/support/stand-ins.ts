/** Stand-ins at the boundary of the library: routes that remember what they were asked, errors as the library throws them, a quiet log. */
import { DiscordAPIError, HTTPError } from 'discord.js';
import type { Api } from '../../../../src/adapters/discord/api.ts';
import type { Log } from '../../../../src/ports/system.ts';

export interface Told {
  readonly level: string;
  readonly message: string;
  readonly fields: unknown;
}

export function createListeningLog(): { readonly log: Log; readonly told: Told[] } {
  const told: Told[] = [];
  const write =
    (level: string) =>
    (message: string, fields?: unknown): void => {
      told.push({ level, message, fields });
    };
  const log: Log = {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    child: () => log,
  };
  return { log, told };
}

/** As the library throws for an answer of this status and code. */
export function apiError(status: number, code: number, message = 'as Discord says'): DiscordAPIError {
  return new DiscordAPIError({ code, message }, code, status, 'POST', 'https://discord.com/api/v10/x', {
    body: undefined,
    files: undefined,
  });
}

export function httpError(status: number): HTTPError {
  return new HTTPError(status, 'Bad', 'POST', 'https://discord.com/api/v10/x', { body: undefined, files: undefined });
}

type Method = keyof Api;
export type Asked = readonly [Method, ...unknown[]];

/** Each answer is used once, in order; an Error is thrown. Without one the method answers in its simplest way. */
export function createFakeApi(answers: Partial<Record<Method, unknown[]>> = {}): {
  readonly api: Api;
  readonly asked: Asked[];
} {
  const asked: Asked[] = [];
  let next = 1000;
  const answer = (method: Method, args: readonly unknown[], simple: () => unknown): Promise<never> => {
    asked.push([method, ...args]);
    const queue = answers[method];
    const value = queue !== undefined && queue.length > 0 ? queue.shift() : simple();
    return value instanceof Error ? Promise.reject(value) : Promise.resolve(value as never);
  };
  const message = (channel: unknown): unknown => {
    next += 1;
    return { id: String(next), channel_id: channel, content: 'what the root said' };
  };
  const api: Api = {
    createMessage: (...args) => answer('createMessage', args, () => message(args[0])),
    editMessage: (...args) => answer('editMessage', args, () => message(args[0])),
    getMessage: (...args) => answer('getMessage', args, () => message(args[0])),
    startThread: (...args) => answer('startThread', args, () => undefined),
    unarchive: (...args) => answer('unarchive', args, () => undefined),
    getChannel: (...args) => answer('getChannel', args, () => ({ id: args[0], type: 0, guild_id: '900' })),
    me: () => answer('me', [], () => ({ id: '1', username: 'lockstep' })),
    application: () => answer('application', [], () => ({ id: '1' })),
    guild: (...args) => answer('guild', args, () => ({ id: args[0], name: 'Ops', owner_id: '5' })),
    member: (...args) => answer('member', args, () => ({ roles: ['77'] })),
    roles: (...args) => answer('roles', args, () => []),
    commands: (...args) => answer('commands', args, () => []),
    deleteCommand: (...args) => answer('deleteCommand', args, () => undefined),
    putCommands: (...args) => answer('putCommands', args, () => undefined),
    close: () => undefined,
  };
  return { api, asked };
}
