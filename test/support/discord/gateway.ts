/**
 * The gateway: HELLO, IDENTIFY, heartbeats, READY, dispatches with sequence numbers, RESUME with replay, and the close codes.
 * Source: docs.discord.com/developers/events/gateway and …/topics/opcodes-and-status-codes; `GatewayOpcodes` of discord-api-types.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { asJson, findJson, isJson } from '../chat-wire.ts';
import type { Json } from '../chat-wire.ts';
import { describeGuildCreate, describeUser } from './shapes.ts';
import { APP_ID, BOT_ID, GUILD_ID } from './world.ts';
import type { World } from './world.ts';

const OP = {
  dispatch: 0,
  heartbeat: 1,
  identify: 2,
  presence: 3,
  resume: 6,
  reconnect: 7,
  invalid: 9,
  hello: 10,
  ack: 11,
};
/** Guild members, presences, message content: …/events/gateway#privileged-intents. */
const PRIVILEGED = (1 << 1) | (1 << 8) | (1 << 15);
const GUILDS = 1;
const GUILD_MESSAGES = 1 << 9;
const KNOWN_INTENTS = (1 << 26) - 1;

interface Session {
  readonly id: string;
  readonly intents: number;
  readonly sent: { readonly seq: number; readonly type: string; readonly data: Json }[];
  socket: WebSocket | null;
}

export interface GatewayOptions {
  readonly token: string;
  readonly privilegedIntents: number;
  url(): string;
}

export interface Gateway {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Resolves once that many sessions have a socket and were told READY or RESUMED. */
  connected(count: number): Promise<void>;
  count(): number;
  /** How many IDENTIFYs and RESUMEs were accepted so far. */
  readonly identifies: () => number;
  readonly resumes: () => number;
  /** Cuts every socket without a close frame; sessions can be resumed. */
  drop(): void;
  /** Opcode 7. */
  askReconnect(): void;
  /** Opcode 9; a session that can't be resumed is forgotten. */
  invalidate(resumable: boolean): void;
  /** Closes every socket with this code, such as 4000. */
  closeWith(code: number): void;
  /** Heartbeats are not answered any more: the connection is a zombie. */
  ignoreHeartbeats(ignore: boolean): void;
  close(): Promise<void>;
}

export function createGateway(world: World, options: GatewayOptions): Gateway {
  const server = new WebSocketServer({ noServer: true });
  /** Each open socket with the session that was identified or resumed on it. */
  const sockets = new Map<WebSocket, Session | undefined>();
  const sessions = new Map<string, Session>();
  let identifies = 0;
  let resumes = 0;
  let deaf = false;

  const send = (socket: WebSocket, op: number, d: unknown, more: Json = {}): void =>
    socket.send(JSON.stringify({ op, d, s: null, t: null, ...more }));

  function wants(session: Session, type: string): boolean {
    if (type.startsWith('MESSAGE_')) return (session.intents & GUILD_MESSAGES) !== 0;
    if (/^(?:GUILD_|CHANNEL_|THREAD_)/.test(type)) return (session.intents & GUILDS) !== 0;
    return true;
  }

  function emit(session: Session, type: string, data: Json): void {
    const seq = (session.sent.at(-1)?.seq ?? 0) + 1;
    session.sent.push({ seq, type, data });
    if (session.socket !== null) send(session.socket, OP.dispatch, data, { s: seq, t: type });
  }

  function refuse(socket: WebSocket, code: number, reason: string): undefined {
    world.violate('gateway', String(code), reason);
    socket.close(code, reason);
  }

  function identify(socket: WebSocket, d: Json): Session | undefined {
    const intents = Number(d['intents']);
    if (d['token'] !== options.token) return refuse(socket, 4004, 'Authentication failed.');
    if (!Number.isInteger(intents) || intents < 0 || intents > KNOWN_INTENTS)
      return refuse(socket, 4013, 'Invalid intent(s).');
    if ((intents & PRIVILEGED & ~options.privilegedIntents) !== 0) return refuse(socket, 4014, 'Disallowed intent(s).');
    if (d['compress'] === true) world.violate('gateway', 'IDENTIFY', 'compression is not offered here');
    const session: Session = { id: `session-${world.nextId()}`, intents, sent: [], socket };
    sessions.set(session.id, session);
    identifies += 1;
    emit(session, 'READY', {
      v: 10,
      user: describeUser(world, BOT_ID),
      guilds: [{ id: GUILD_ID, unavailable: true }],
      session_id: session.id,
      resume_gateway_url: options.url(),
      shard: d['shard'] ?? [0, 1],
      application: { id: APP_ID, flags: 0 },
    });
    if (wants(session, 'GUILD_CREATE')) emit(session, 'GUILD_CREATE', describeGuildCreate(world));
    world.signal.changed();
    return session;
  }

  function resume(socket: WebSocket, d: Json): Session | undefined {
    if (d['token'] !== options.token) return refuse(socket, 4004, 'Authentication failed.');
    const session = sessions.get(String(d['session_id']));
    if (session === undefined) {
      send(socket, OP.invalid, false);
      return undefined;
    }
    const seq = Number(d['seq']);
    if (seq > (session.sent.at(-1)?.seq ?? 0)) return refuse(socket, 4007, 'Invalid seq.');
    session.socket = socket;
    for (const one of session.sent) if (one.seq > seq) send(socket, OP.dispatch, one.data, { s: one.seq, t: one.type });
    emit(session, 'RESUMED', {});
    resumes += 1;
    world.signal.changed();
    return session;
  }

  function receive(socket: WebSocket, session: Session | undefined, text: string): Session | undefined {
    const frame = findJson(text);
    if (!isJson(frame)) return refuse(socket, 4002, 'Error while decoding payload.');
    const d = asJson(frame['d']);
    switch (frame['op']) {
      case OP.heartbeat:
        if (!deaf) send(socket, OP.ack, null);
        return session;
      case OP.identify:
        return session === undefined ? identify(socket, d) : refuse(socket, 4005, 'Already authenticated.');
      case OP.resume:
        return session === undefined ? resume(socket, d) : refuse(socket, 4005, 'Already authenticated.');
      case OP.presence:
        return session ?? refuse(socket, 4003, 'Not authenticated.');
      default:
        return refuse(socket, 4001, `Unknown opcode ${JSON.stringify(frame['op'])}.`);
    }
  }

  function welcome(socket: WebSocket, query: URLSearchParams): void {
    if (query.get('v') !== '10') return refuse(socket, 4012, 'Invalid API version.');
    if (query.get('encoding') !== 'json' || query.has('compress'))
      return refuse(socket, 4002, 'Only plain JSON is spoken here.');
    sockets.set(socket, undefined);
    socket.on('error', () => socket.terminate());
    socket.on('message', (data) => {
      sockets.set(socket, receive(socket, sockets.get(socket), (data as Buffer).toString('utf8')));
    });
    socket.on('close', (code) => {
      const session = sockets.get(socket);
      sockets.delete(socket);
      if (session?.socket === socket) session.socket = null;
      // A close by the client with 1000 or 1001 ends the session: …/events/gateway#initiating-a-disconnect.
      if (session !== undefined && (code === 1000 || code === 1001)) sessions.delete(session.id);
      world.signal.changed();
    });
    send(socket, OP.hello, { heartbeat_interval: 41_250 });
  }

  const attached = (): readonly Session[] => [...sessions.values()].filter((session) => session.socket !== null);
  const forget = (socket: WebSocket): void => {
    for (const session of sessions.values()) if (session.socket === socket) session.socket = null;
  };
  world.dispatch = (type, data) => {
    for (const session of sessions.values()) if (wants(session, type)) emit(session, type, data);
  };
  return {
    upgrade(request, socket, head) {
      const query = new URL(request.url ?? '/', 'http://localhost').searchParams;
      server.handleUpgrade(request, socket, head, (open) => welcome(open, query));
    },
    connected: (count) => world.signal.until(() => attached().length >= count),
    count: () => attached().length,
    identifies: () => identifies,
    resumes: () => resumes,
    drop() {
      for (const socket of sockets.keys()) {
        forget(socket);
        socket.terminate();
      }
    },
    askReconnect() {
      for (const socket of sockets.keys()) send(socket, OP.reconnect, null);
    },
    invalidate(resumable) {
      if (!resumable) sessions.clear();
      for (const socket of sockets.keys()) {
        forget(socket);
        sockets.set(socket, undefined);
        send(socket, OP.invalid, resumable);
      }
    },
    closeWith(code) {
      for (const socket of sockets.keys()) {
        forget(socket);
        socket.close(code);
      }
    },
    ignoreHeartbeats(ignore) {
      deaf = ignore;
    },
    close() {
      for (const socket of sockets.keys()) socket.terminate();
      return new Promise((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}
