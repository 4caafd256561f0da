/**
 * The HTTP side of the Slack test server: token, scopes, faults and dispatch of Web API methods, the upload address and the
 * response URLs. Sources: docs.slack.dev/apis/web-api, …/messaging/working-with-files, …/interactivity/handling-user-interaction.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { asJson, asList, asText, findJson, readBody, readParts, sendReply } from '../chat-wire.ts';
import type { Json, Reply } from '../chat-wire.ts';
import { CHAT_METHODS } from './chat-methods.ts';
import { checkMessage } from './check-message.ts';
import { LIMITS } from './limits.ts';
import { refuse } from './method.ts';
import type { Method } from './method.ts';
import { OTHER_METHODS } from './other-methods.ts';
import { createRates } from './rates.ts';
import type { Fault } from './types.ts';
import { BOT, addMessage, changeMessage, findMessage, isExpired } from './world.ts';
import type { World } from './world.ts';

const METHODS: Readonly<Record<string, Method>> = { ...CHAT_METHODS, ...OTHER_METHODS };
/** Arguments that travel as JSON inside a form. */
const STRUCTURED = ['blocks', 'view', 'files', 'metadata', 'attachments'];

export interface WebApiOptions {
  readonly botToken: string;
  readonly appToken: string;
  readonly rates: 'record' | 'enforce';
  origin(): string;
  newSocketUrl(): string;
}

export interface WebApi {
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** The next `times` calls of the method (`*`: of any) go wrong this way. */
  fail(method: string, fault: Fault, times: number): void;
  revokeToken(): void;
}

function parseArgs(type: string, body: Buffer): Json {
  const text = body.toString('utf8');
  if (type.includes('application/json')) return asJson(findJson(text));
  const args: Record<string, unknown> = Object.fromEntries(new URLSearchParams(text));
  for (const key of STRUCTURED) {
    const value = args[key];
    if (typeof value === 'string') args[key] = findJson(value) ?? value;
  }
  return args;
}

export function createWebApi(world: World, options: WebApiOptions): WebApi {
  const rates = createRates(world.nowMs);
  const faults: { readonly method: string; readonly fault: Fault; left: number }[] = [];
  let revoked = false;

  function takeFault(method: string): Fault | undefined {
    const found = faults.find((one) => one.left > 0 && (one.method === method || one.method === '*'));
    if (found !== undefined) found.left -= 1;
    return found?.fault;
  }

  function rate(method: string, kind: 'post' | 'update', channel: string): Json | undefined {
    const wait = kind === 'post' ? rates.post(channel) : rates.update();
    if (wait === 0) return undefined;
    world.violate('rate', method, `${kind} over the rate in ${channel}: ${wait} s too early`);
    return options.rates === 'enforce' ? { ...refuse('ratelimited'), retryAfter: wait } : undefined;
  }

  function authorise(method: Method, token: string): Json | undefined {
    if (token === '') return refuse('not_authed');
    const expected = method.appToken === true ? options.appToken : options.botToken;
    if (token === expected && !revoked) {
      if (method.appToken === true || method.scopes.length === 0) return undefined;
      if (method.scopes.some((scope) => world.scopes.has(scope))) return undefined;
      return { ...refuse('missing_scope'), needed: method.scopes.join(','), provided: [...world.scopes].join(',') };
    }
    return refuse(
      !revoked && (token === options.appToken || token === options.botToken)
        ? 'not_allowed_token_type'
        : 'invalid_auth',
    );
  }

  function run(name: string, args: Json, token: string): Reply {
    const method = METHODS[name];
    if (method === undefined) world.violate('method', name, 'the test server does not know this method');
    const answer =
      method === undefined
        ? refuse('unknown_method')
        : (authorise(method, token) ??
          method.run({
            world,
            method: name,
            args,
            origin: options.origin(),
            newSocketUrl: () => options.newSocketUrl(),
            rate: (kind, channel) => rate(name, kind, channel),
          }));
    world.calls.push({ method: name, args, atMs: world.nowMs(), answer });
    world.signal.changed();
    const headers = {
      'x-oauth-scopes': [...world.scopes].join(','),
      'x-accepted-oauth-scopes': (method?.scopes ?? []).join(','),
    };
    const { retryAfter, ...body } = answer;
    if (typeof retryAfter === 'number') return { status: 429, headers: { 'retry-after': String(retryAfter) }, body };
    return { status: 200, headers, body };
  }

  /** True when the fault was the answer. */
  async function applyFault(fault: Fault | undefined, response: ServerResponse, perform: () => Reply): Promise<void> {
    switch (fault?.kind) {
      case undefined:
        return sendReply(response, perform());
      case 'rate-limited':
        return sendReply(response, {
          status: 429,
          headers: { 'retry-after': String(fault.retryAfterSeconds) },
          body: refuse('ratelimited'),
        });
      case 'error':
        return sendReply(response, { status: 200, body: refuse(fault.error) });
      case 'status':
        return sendReply(response, { status: fault.status, body: 'upstream error' });
      case 'slow':
        await fault.until;
        return sendReply(response, perform());
      case 'cut':
        response.destroy();
        return;
      case 'lost-answer':
        perform();
        response.destroy();
    }
  }

  async function handleUpload(id: string, type: string, body: Buffer): Promise<Reply> {
    const file = world.files.get(id);
    if (file === undefined) return { status: 404, body: 'no such file' };
    const parts = type.startsWith('multipart/') ? await readParts(type, body) : [];
    file.bytes = parts[0]?.bytes ?? new Uint8Array(body);
    if (file.bytes.length !== file.length) {
      world.violate('file', 'upload', `${file.name}: ${file.bytes.length} bytes, announced ${file.length}`);
    }
    return { status: 200, body: `OK - ${file.bytes.length}` };
  }

  /** docs.slack.dev/interactivity/handling-user-interaction#message_responses: five uses within 30 minutes. */
  function handleResponseUrl(id: string, args: Json): Reply {
    const url = world.responseUrls.get(id);
    if (url === undefined) return { status: 404, body: refuse('invalid_url') };
    url.uses += 1;
    const gone = isExpired(url.bornMs, world, LIMITS.responseUrlMs) ? 'expired_url' : undefined;
    const error = gone ?? (url.uses > LIMITS.responseUrlUses ? 'used_url' : undefined);
    if (error !== undefined) {
      world.violate('response_url', 'response_url', error);
      return { status: 404, body: refuse(error) };
    }
    world.calls.push({ method: 'response_url', args, atMs: world.nowMs(), answer: null });
    const source = url.ts === null ? undefined : findMessage(world, url.channel, url.ts);
    if (args['delete_original'] === true) {
      if (source !== undefined) source.deleted = true;
      world.signal.changed();
      return { status: 200, body: 'ok' };
    }
    const findings = checkMessage(args, world.policy);
    for (const { kind, detail } of findings) world.violate(kind, 'response_url', detail);
    const fatal = findings.find((finding) => finding.error !== null);
    if (fatal !== undefined) return { status: 400, body: refuse(fatal.error ?? '') };
    const blocks = asList(args['blocks']).map(asJson);
    if (args['replace_original'] === true && source !== undefined)
      changeMessage(world, source, asText(args['text']), blocks);
    else {
      const thread = asText(args['thread_ts']);
      const ephemeralTo = args['response_type'] === 'in_channel' ? null : url.user;
      const from = { channel: url.channel, user: BOT.user, text: asText(args['text']), blocks, ephemeralTo };
      addMessage(world, { ...from, thread: thread === '' ? null : thread });
    }
    return { status: 200, body: 'ok' };
  }

  return {
    async handle(request, response) {
      const path = new URL(request.url ?? '/', 'http://localhost').pathname;
      const type = request.headers['content-type'] ?? '';
      const body = await readBody(request);
      const [, room = '', ...rest] = path.split('/');
      if (room === 'api') {
        const args = parseArgs(type, body);
        const token = (request.headers.authorization ?? '').replace(/^Bearer /, '') || asText(args['token']);
        const method = rest.join('/');
        return applyFault(takeFault(method), response, () => run(method, args, token));
      }
      if (room === 'upload') {
        const reply = await handleUpload(rest[1] ?? '', type, body);
        return applyFault(takeFault('upload'), response, () => reply);
      }
      if (room === 'response') {
        return applyFault(takeFault('response_url'), response, () =>
          handleResponseUrl(rest[0] ?? '', parseArgs(type, body)),
        );
      }
      sendReply(response, { status: 404, body: 'not found' });
    },
    fail(method, fault, times) {
      faults.push({ method, fault, left: times });
    },
    revokeToken() {
      revoked = true;
    },
  };
}
