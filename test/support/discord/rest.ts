/**
 * The HTTP side of the Discord test server: authorisation, faults, rate-limit headers and the dispatch to routes. Source:
 * docs.discord.com/developers/reference (authentication, API versions) and …/topics/rate-limits (headers, 429).
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { asJson, asList, findJson, readBody, readParts, sendReply } from '../chat-wire.ts';
import type { Json, Part, Reply } from '../chat-wire.ts';
import { LIMITS } from './limits.ts';
import { refuse } from './route.ts';
import type { Route, RouteContext } from './route.ts';
import type { Fault } from './types.ts';
import type { World } from './world.ts';

export interface Rest {
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** `route` as `POST /channels/:id/messages`, or `*`. */
  fail(route: string, fault: Fault, times: number): void;
  revokeToken(): void;
}

export interface RestOptions {
  readonly token: string;
  readonly routes: readonly Route[];
}

function matchPath(pattern: string, path: string): readonly string[] | undefined {
  const wanted = pattern.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return undefined;
  const ids: string[] = [];
  for (const [index, part] of wanted.entries()) {
    const value = decodeURIComponent(given[index] ?? '');
    if (part.startsWith(':')) ids.push(value);
    else if (part !== value) return undefined;
  }
  return ids;
}

async function readPayload(request: IncomingMessage): Promise<{ json: unknown; parts: readonly Part[] }> {
  const raw = await readBody(request);
  const type = request.headers['content-type'] ?? '';
  if (!type.startsWith('multipart/')) return { json: findJson(raw.toString('utf8')), parts: [] };
  const parts = await readParts(type, raw);
  const payload = parts.find((part) => part.field === 'payload_json');
  return { json: payload === undefined ? {} : findJson(Buffer.from(payload.bytes).toString('utf8')), parts };
}

export function createRest(world: World, options: RestOptions): Rest {
  const faults: { readonly route: string; readonly fault: Fault; left: number }[] = [];
  let recent: number[] = [];
  let revoked = false;

  function takeFault(route: string): Fault | undefined {
    const found = faults.find((one) => one.left > 0 && (one.route === route || one.route === '*'));
    if (found !== undefined) found.left -= 1;
    return found?.fault;
  }

  function countRequest(route: Route): void {
    const now = world.nowMs();
    if (route.open === true) return;
    recent = recent.filter((at) => now - at < 1000);
    recent.push(now);
    if (recent.length === LIMITS.requestsPerSecond + 1)
      world.violate('rate', route.path, 'over 50 requests in a second');
  }

  function findRoute(method: string, path: string): { route: Route; ids: readonly string[] } | undefined {
    for (const route of options.routes) {
      const ids = route.method === method ? matchPath(route.path, path) : undefined;
      if (ids !== undefined) return { route, ids };
    }
    return undefined;
  }

  /** One bucket a route, wide enough never to make the library wait by itself. */
  function rateHeaders(route: string): Readonly<Record<string, string>> {
    return {
      'x-ratelimit-limit': '1000',
      'x-ratelimit-remaining': '999',
      'x-ratelimit-reset': String((Date.now() + 1000) / 1000),
      'x-ratelimit-reset-after': '1',
      'x-ratelimit-bucket': Buffer.from(route).toString('hex').slice(0, 32),
    };
  }

  function limited(fault: Fault & { kind: 'rate-limited' }, route: string): Reply {
    const seconds = fault.retryAfterSeconds;
    const scope =
      fault.global === true
        ? { 'x-ratelimit-global': 'true', 'x-ratelimit-scope': 'global' }
        : { 'x-ratelimit-scope': 'user' };
    return {
      status: 429,
      headers: { ...rateHeaders(route), ...scope, 'retry-after': String(seconds) },
      body: { message: 'You are being rate limited.', retry_after: seconds, global: fault.global === true },
    };
  }

  async function answer(response: ServerResponse, name: string, perform: () => Reply): Promise<void> {
    const fault = takeFault(name);
    switch (fault?.kind) {
      case undefined:
        return sendReply(response, perform());
      case 'rate-limited':
        return sendReply(response, limited(fault, name));
      case 'error':
        return sendReply(response, refuse(fault.status, fault.code, fault.message));
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

  return {
    async handle(request, response) {
      const url = new URL(request.url ?? '/', 'http://localhost');
      const method = request.method ?? 'GET';
      const path = url.pathname.replace(/^\/api\/v10/, '');
      const { json, parts } = await readPayload(request);
      const found = url.pathname.startsWith('/api/v10/') ? findRoute(method, path) : undefined;
      if (found === undefined) {
        world.violate('route', `${method} ${url.pathname}`, 'the test server does not know this route');
        return sendReply(response, refuse(404, 0, '404: Not Found'));
      }
      const name = `${method} ${found.route.path}`;
      countRequest(found.route);
      const body: Json = asJson(json);
      const context: RouteContext = {
        world,
        route: name,
        ids: found.ids,
        query: url.searchParams,
        body,
        list: asList(json),
        parts,
      };
      const authorised =
        found.route.open === true || (request.headers.authorization === `Bot ${options.token}` && !revoked);
      await answer(response, name, () => {
        const reply = authorised ? found.route.run(context) : refuse(401, 0, '401: Unauthorized');
        world.calls.push({ route: name, path, body, status: reply.status, atMs: world.nowMs() });
        world.signal.changed();
        return { ...reply, headers: { ...rateHeaders(name), ...reply.headers } };
      });
    },
    fail(route, fault, times) {
      faults.push({ route, fault, left: times });
    },
    revokeToken() {
      revoked = true;
    },
  };
}
