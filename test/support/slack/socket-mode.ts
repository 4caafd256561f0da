/**
 * Socket Mode: tickets, hello, envelopes with their acknowledgements, disconnect frames. Source:
 * docs.slack.dev/apis/events-api/using-socket-mode, and `SocketModeClient` of `@slack/socket-mode` for what it reads of a frame.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { asJson, asText, findJson } from '../chat-wire.ts';
import type { Json } from '../chat-wire.ts';
import { LIMITS } from './limits.ts';
import type { Ack, Delivery } from './types.ts';
import { APP_ID } from './world.ts';
import type { World } from './world.ts';

interface Waiting {
  readonly delivery: Omit<Delivery, 'ack'>;
  readonly resolve: (ack: Ack) => void;
  socket: WebSocket;
}

export interface SocketMode {
  newTicket(): string;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** To one socket in turn; rejects nothing: without a socket the acknowledgement is a failure at once. */
  deliver(kind: Delivery['kind'], payload: Json, copies: number): Delivery;
  /** Resolves once that many sockets are open. */
  connected(count: number): Promise<void>;
  count(): number;
  /** How many sockets there have been so far. */
  total(): number;
  /** Cuts every open socket without a close frame. */
  drop(): void;
  /** Sends a disconnect frame to every socket; a well-behaved client closes and comes back. */
  recycle(reason: 'warning' | 'refresh_requested' | 'link_disabled'): void;
  /** Deliveries without an acknowledgement after 3 s of the server's clock. */
  listOverdue(): readonly Delivery['id'][];
  close(): Promise<void>;
}

function debugInfo(): Json {
  return { host: 'applink-0000', build_number: 1, approximate_connection_time: 18_060 };
}

export function createSocketMode(world: World): SocketMode {
  const server = new WebSocketServer({ noServer: true });
  const tickets = new Set<string>();
  const sockets: WebSocket[] = [];
  const waiting = new Map<string, Waiting>();
  const { signal } = world;
  let opened = 0;
  let turn = 0;

  function forget(socket: WebSocket): void {
    const at = sockets.indexOf(socket);
    if (at >= 0) sockets.splice(at, 1);
    for (const [id, one] of waiting) {
      if (one.socket !== socket) continue;
      waiting.delete(id);
      one.resolve({ kind: 'failed', reason: 'socket closed before the acknowledgement' });
    }
    signal.changed();
  }

  function takeAck(frame: Json): void {
    const id = asText(frame['envelope_id']);
    const one = waiting.get(id);
    if (one === undefined) {
      // The second copy of a delivery is acknowledged too; Slack ignores that.
      if (!world.calls.some((call) => call.method === `ack:${id}`))
        world.violate('ack', id, 'acknowledges what was not sent');
      return;
    }
    waiting.delete(id);
    const afterMs = world.nowMs() - one.delivery.sentAtMs;
    if (afterMs > LIMITS.ackMs) world.violate('ack', one.delivery.kind, `acknowledged after ${afterMs} ms`);
    const body = asJson(frame['payload']);
    world.calls.push({ method: `ack:${id}`, args: body, atMs: world.nowMs(), answer: null });
    one.resolve({ kind: 'acked', body, afterMs });
  }

  function welcome(socket: WebSocket): void {
    if (sockets.length >= LIMITS.sockets) {
      socket.send(JSON.stringify({ type: 'disconnect', reason: 'too_many_websockets', debug_info: debugInfo() }));
      socket.close();
      return;
    }
    sockets.push(socket);
    opened += 1;
    socket.on('close', () => forget(socket));
    socket.on('error', () => socket.terminate());
    socket.on('message', (data) => {
      takeAck(asJson(findJson((data as Buffer).toString('utf8'))));
    });
    socket.send(
      JSON.stringify({
        type: 'hello',
        num_connections: sockets.length,
        debug_info: debugInfo(),
        connection_info: { app_id: APP_ID },
      }),
    );
    signal.changed();
  }

  return {
    newTicket() {
      const ticket = world.nextId('ticket');
      tickets.add(ticket);
      return ticket;
    },
    upgrade(request, socket, head) {
      const ticket = new URL(request.url ?? '/', 'http://localhost').searchParams.get('ticket') ?? '';
      // A ticket opens one socket.
      if (!tickets.delete(ticket)) {
        socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n');
        return;
      }
      server.handleUpgrade(request, socket, head, welcome);
    },
    deliver(kind, payload, copies) {
      const id = world.nextId('envelope-');
      const delivery = { id, kind, payload, sentAtMs: world.nowMs() };
      const ack = new Promise<Ack>((resolve) => {
        const socket = sockets[turn % Math.max(1, sockets.length)];
        turn += 1;
        if (socket === undefined) {
          resolve({ kind: 'failed', reason: 'no socket' });
          return;
        }
        waiting.set(id, { delivery, resolve, socket });
        const frame = { envelope_id: id, payload, type: kind, accepts_response_payload: kind !== 'events_api' };
        for (let copy = 0; copy < copies; copy += 1) {
          const retry = kind === 'events_api' ? { retry_attempt: copy, retry_reason: copy === 0 ? '' : 'timeout' } : {};
          const target = sockets[(turn - 1 + copy) % sockets.length] ?? socket;
          target.send(JSON.stringify({ ...frame, ...retry }));
        }
      });
      return { ...delivery, ack };
    },
    connected: (count) => signal.until(() => sockets.length >= count),
    count: () => sockets.length,
    total: () => opened,
    drop() {
      for (const socket of [...sockets]) {
        forget(socket);
        socket.terminate();
      }
    },
    recycle(reason) {
      for (const socket of sockets)
        socket.send(JSON.stringify({ type: 'disconnect', reason, debug_info: debugInfo() }));
    },
    listOverdue() {
      const late = [...waiting.values()].filter((one) => world.nowMs() - one.delivery.sentAtMs > LIMITS.ackMs);
      return late.map((one) => `${one.delivery.kind} ${one.delivery.id}`);
    },
    close() {
      for (const socket of sockets) socket.terminate();
      return new Promise((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}
