/**
 * What both chat test servers need of HTTP: a loopback listener that closes without leaks, request bodies in the three encodings
 * that the SDKs use, and untyped JSON read safely. Holds nothing of either platform.
 */
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export type Json = Readonly<Record<string, unknown>>;

export interface Part {
  readonly field: string;
  readonly name: string | null;
  readonly bytes: Uint8Array;
}

export interface Listener {
  readonly server: Server;
  readonly port: number;
  close(): Promise<void>;
}

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function asJson(value: unknown): Json {
  return isJson(value) ? value : {};
}

export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function asText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** An id or a count that may travel as a string or as a number. */
export function asId(value: unknown): string {
  return typeof value === 'number' ? String(value) : asText(value);
}

/** Undefined when the text is no JSON. */
export function findJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The parts of a multipart body, files and plain fields alike. */
export async function readParts(contentType: string, body: Buffer): Promise<readonly Part[]> {
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData();
  const parts: Part[] = [];
  for (const [field, value] of form) {
    if (typeof value === 'string') parts.push({ field, name: null, bytes: Buffer.from(value) });
    else parts.push({ field, name: value.name, bytes: new Uint8Array(await value.arrayBuffer()) });
  }
  return parts;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A string is sent as it is, anything else as JSON; undefined sends no body. */
  readonly body?: unknown;
}

export function sendReply(response: ServerResponse, reply: Reply): void {
  const text = typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body);
  const type = typeof reply.body === 'string' ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8';
  response.writeHead(reply.status, { ...(text === undefined ? {} : { 'content-type': type }), ...reply.headers });
  response.end(text);
}

/** Listens on a free loopback port. Closing cuts every connection that is still open, so that no test waits for a keep-alive. */
export async function listenOnLoopback(
  handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<Listener> {
  const open = new Set<Socket>();
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      if (!response.headersSent) sendReply(response, { status: 500, body: `test server: ${String(error)}` });
      else response.destroy();
    });
  });
  server.on('connection', (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    server,
    port: (server.address() as AddressInfo).port,
    async close() {
      for (const socket of open) socket.destroy();
      if (!server.listening) return;
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

/** Waiters for "something changed": `until` looks again after every `changed`. */
export interface Signal {
  changed(): void;
  until(holds: () => boolean): Promise<void>;
}

export function createSignal(): Signal {
  const waiting = new Set<{ readonly holds: () => boolean; readonly resolve: () => void }>();
  return {
    changed() {
      for (const one of waiting) {
        if (!one.holds()) continue;
        waiting.delete(one);
        one.resolve();
      }
    },
    until(holds) {
      if (holds()) return Promise.resolve();
      return new Promise((resolve) => {
        waiting.add({ holds, resolve });
      });
    },
  };
}
