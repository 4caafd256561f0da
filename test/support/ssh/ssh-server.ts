/**
 * A real SSH server in this process, on loopback, whose behaviour a test scripts: what a command answers, when a connection is
 * cut and how. Counts what the tests assert. Needs no root and no OpenSSH; `sshd.ts` runs the real one.
 */
import { spawn } from 'node:child_process';
import { type Server as NetServer, type Socket, createServer, connect as netConnect } from 'node:net';
import ssh2, { type Connection, type ServerChannel, type ServerConfig, type Session } from 'ssh2';
import { type TestKey, generateTestKey } from './keys.ts';
import { closeServer, listenOnLoopback } from './listen.ts';

/** One exec request, in the hands of the test. */
export interface ScriptedExec {
  readonly command: string;
  /** Counts from 0 over the life of the server. */
  readonly index: number;
  readonly channel: ServerChannel;
  stdout(data: string | Uint8Array): void;
  stderr(data: string | Uint8Array): void;
  /** Exit status, end of output, close. */
  exit(code: number): void;
  /** Exit by signal, named without SIG. */
  exitBySignal(name: string): void;
  /** Exit status only: the channel stays open. */
  sendExitStatus(code: number): void;
  /** Closes the channel without saying how the command ended. */
  closeSilently(): void;
  readonly connection: ServerSideConnection;
}

interface ServerSideConnection {
  /** Ends the TCP connection in order (FIN). */
  fin(): void;
  /** Resets the TCP connection (RST). */
  reset(): void;
  /** Reads and answers nothing any more, and keeps the TCP connection: a black hole. */
  mute(): void;
  /** Resolves when the client has processed everything that was sent to it so far (by an exchange of new session keys). */
  flushed(): Promise<void>;
  /** Resolves when the client's side is gone. */
  readonly closed: Promise<void>;
}

export interface SshServerOptions {
  readonly hostKeys?: readonly TestKey[];
  /** Wire-format public keys that may log in, for any user. */
  readonly authorizedKeys: readonly TestKey[];
  readonly onExec?: (exec: ScriptedExec) => void;
  /** Every session channel is refused (as MaxSessions 0 does). */
  readonly refuseSessions?: boolean;
  /** Decides about a session channel, counted from 0 over the life of the server; `ignore` leaves the client waiting. */
  readonly onSession?: (index: number, connection: ServerSideConnection) => 'accept' | 'refuse' | 'ignore';
  /** Every exec request is refused. */
  readonly refuseExec?: boolean;
  /** TCP forwarding is allowed, so the server can be a bastion. */
  readonly allowForwarding?: boolean;
  /** Called with each TCP connection before the SSH server sees it; `false` keeps it from the SSH server. */
  readonly onSocket?: (socket: Socket) => boolean;
  /** Called when a client wants to log in; the server answers after it resolved. */
  readonly beforeLogin?: () => Promise<void>;
  readonly serverConfig?: Partial<ServerConfig>;
}

export interface SshTestServer {
  readonly host: string;
  readonly port: number;
  readonly hostKeys: readonly TestKey[];
  /** Command lines received, in order. */
  readonly commands: readonly string[];
  /** Logged-in connections, in order, gone ones included. */
  readonly connections: readonly ServerSideConnection[];
  /** What was asked to be forwarded, as `host:port`. */
  readonly forwarded: readonly string[];
  /** TCP connections accepted so far. */
  acceptedSockets(): number;
  /** Highest number of execs that ran at the same time. */
  peakExecs(): number;
  /** Highest number of clients that were between their first word and their login at the same time. */
  peakLogins(): number;
  /** Resolves with the exec of that index, as soon as it has come. */
  execAt(index: number): Promise<ScriptedExec>;
  knownHostsText(): string;
  close(): Promise<void>;
}

/** Runs what was sent, as sshd would: with the login shell. */
function runInShell(exec: ScriptedExec): void {
  const child = spawn('sh', ['-c', exec.command], { stdio: ['pipe', 'pipe', 'pipe'] });
  exec.channel.pipe(child.stdin);
  child.stdin.on('error', () => undefined);
  child.stdout.pipe(exec.channel, { end: false });
  child.stderr.pipe(exec.channel.stderr, { end: false });
  child.on('close', (code, signal) => {
    if (code !== null) exec.exit(code);
    else exec.exitBySignal((signal ?? 'SIGKILL').replace(/^SIG/, ''));
  });
}

interface State {
  readonly options: SshServerOptions;
  readonly commands: string[];
  readonly connections: ServerSideConnection[];
  readonly forwarded: string[];
  readonly execs: ScriptedExec[];
  readonly waiters: Map<number, (exec: ScriptedExec) => void>;
  readonly sockets: Set<Socket>;
  accepted: number;
  sessions: number;
  running: number;
  peak: number;
  loggingIn: number;
  peakLogins: number;
}

export async function startSshServer(options: SshServerOptions): Promise<SshTestServer> {
  const hostKeys = options.hostKeys ?? [generateTestKey()];
  const state: State = {
    options,
    commands: [],
    connections: [],
    forwarded: [],
    execs: [],
    waiters: new Map(),
    sockets: new Set(),
    accepted: 0,
    sessions: 0,
    running: 0,
    peak: 0,
    loggingIn: 0,
    peakLogins: 0,
  };
  const listener = listen(state, hostKeys);
  const port = await listenOnLoopback(listener);
  return {
    host: '127.0.0.1',
    port,
    hostKeys,
    commands: state.commands,
    connections: state.connections,
    forwarded: state.forwarded,
    acceptedSockets: () => state.accepted,
    peakExecs: () => state.peak,
    peakLogins: () => state.peakLogins,
    execAt: (index) => {
      const exec = state.execs[index];
      return exec === undefined ? new Promise((resolve) => state.waiters.set(index, resolve)) : Promise.resolve(exec);
    },
    knownHostsText: () => hostKeys.map((key) => `[127.0.0.1]:${port} ${key.publicText}\n`).join(''),
    close: async () => {
      for (const socket of state.sockets) socket.destroy();
      await closeServer(listener);
    },
  };
}

function listen(state: State, hostKeys: readonly TestKey[]): NetServer {
  return createServer((socket) => {
    state.accepted += 1;
    state.sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    socket.on('close', () => state.sockets.delete(socket));
    if (state.options.onSocket?.(socket) === false) return;
    // One SSH server for each socket: so each connection is tied to the socket that carries it.
    const server = new ssh2.Server({
      hostKeys: hostKeys.map((key) => key.privateText),
      ...state.options.serverConfig,
    });
    server.on('connection', (connection) => serve(connection, socket, state));
    server.injectSocket(socket);
  });
}

function serve(connection: Connection, socket: Socket, state: State): void {
  const side: ServerSideConnection = {
    fin: () => void socket.end(),
    reset: () => void socket.resetAndDestroy(),
    mute: () => void socket.pause(),
    flushed: () => new Promise((resolve) => connection.rekey(() => resolve())),
    closed: new Promise((resolve) => socket.once('close', () => resolve())),
  };
  connection.on('error', () => undefined);
  countLogin(connection, state);
  connection.on('authentication', (context) => {
    const answer = (): void => {
      const allowed =
        context.method === 'publickey' &&
        state.options.authorizedKeys.some((key) => key.publicBlob.equals(context.key.data));
      if (allowed) context.accept();
      else context.reject(['publickey']);
    };
    if (state.options.beforeLogin === undefined) answer();
    else void state.options.beforeLogin().then(answer);
  });
  connection.on('ready', () => state.connections.push(side));
  connection.on('session', (accept, reject) => {
    const index = state.sessions;
    state.sessions += 1;
    const answer =
      state.options.onSession?.(index, side) ?? (state.options.refuseSessions === true ? 'refuse' : 'accept');
    if (answer === 'refuse') reject();
    else if (answer === 'accept') serveSession(accept(), side, state);
  });
  connection.on('tcpip', (accept, reject, info) => {
    state.forwarded.push(`${info.destIP}:${info.destPort}`);
    if (state.options.allowForwarding !== true) return reject();
    const onward = netConnect({ host: info.destIP, port: info.destPort, noDelay: true });
    onward.once('error', () => reject());
    onward.once('connect', () => {
      const channel = accept();
      channel.on('error', () => undefined);
      channel.pipe(onward).pipe(channel);
      channel.once('close', () => onward.destroy());
      onward.once('close', () => channel.close());
    });
    return undefined;
  });
}

function countLogin(connection: Connection, state: State): void {
  state.loggingIn += 1;
  state.peakLogins = Math.max(state.peakLogins, state.loggingIn);
  let counted = true;
  const over = (): void => {
    if (counted) state.loggingIn -= 1;
    counted = false;
  };
  connection.once('ready', over);
  connection.once('close', over);
}

function serveSession(session: Session, side: ServerSideConnection, state: State): void {
  session.on('exec', (accept, reject, info) => {
    if (state.options.refuseExec === true) return reject();
    const channel = accept();
    channel.on('error', () => undefined);
    state.running += 1;
    state.peak = Math.max(state.peak, state.running);
    channel.once('close', () => {
      state.running -= 1;
    });
    const exec = scripted(channel, info.command, state.execs.length, side);
    state.commands.push(info.command);
    state.execs.push(exec);
    state.waiters.get(exec.index)?.(exec);
    (state.options.onExec ?? runInShell)(exec);
    // Unread standard input would keep the channel from ever closing.
    channel.resume();
    return undefined;
  });
}

function scripted(
  channel: ServerChannel,
  command: string,
  index: number,
  connection: ServerSideConnection,
): ScriptedExec {
  return {
    command,
    index,
    channel,
    connection,
    stdout: (data) => void channel.write(data),
    stderr: (data) => void channel.stderr.write(data),
    sendExitStatus: (code) => channel.exit(code),
    exit: (code) => {
      channel.exit(code);
      channel.end();
    },
    exitBySignal: (name) => {
      channel.exit(name);
      channel.end();
    },
    closeSilently: () => channel.close(),
  };
}
