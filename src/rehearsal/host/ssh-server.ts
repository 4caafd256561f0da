/**
 * The SSH side of one simulated member: a real server on loopback, public key only, exec only. Output goes through byte for byte,
 * exit code and signal as they are; a client that goes away does not stop what it started, as with a real sshd.
 */
import type { ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import ssh2 from 'ssh2';
import type { AuthContext, Connection, ServerChannel } from 'ssh2';

export interface MemberServer {
  readonly port: number;
  /** Execs that run now. */
  running(): number;
  close(): Promise<void>;
}

export interface MemberServerOptions {
  readonly host: string;
  /** 0 for a free one. */
  readonly port: number;
  readonly hostKey: string;
  /** The one client key that is let in, as `ssh-ed25519 AAAA…`. */
  readonly clientKey: string;
  /** A process for the text, or the reason why it is refused. */
  readonly start: (text: string) => ChildProcess | { readonly refusal: string };
  readonly onActivity: () => void;
}

/** What `ssh2.Server` and `net.Server` have in common. */
type Listening = Pick<Server, 'listen' | 'on' | 'once' | 'off'> & { address(): AddressInfo | string | null };

function listen(server: Listening, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const onError = (error: Error & { code?: string }): void => {
      if (error.code === 'EADDRINUSE' && port !== 0) server.listen(0, host);
      else reject(error);
    };
    server.on('error', onError);
    server.once('listening', () => {
      server.off('error', onError);
      server.on('error', () => undefined);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
    server.listen(port, host);
  });
}

function checkKey(context: AuthContext, clientKey: string): boolean {
  if (context.method !== 'publickey') return false;
  const allowed = ssh2.utils.parseKey(clientKey);
  if (allowed instanceof Error) return false;
  if (context.key.algo !== allowed.type || !context.key.data.equals(allowed.getPublicSSH())) return false;
  if (context.signature === undefined) return true;
  return context.blob !== undefined && allowed.verify(context.blob, context.signature);
}

export async function openMemberServer(options: MemberServerOptions): Promise<MemberServer> {
  const children = new Set<ChildProcess>();
  const clients = new Set<Connection>();
  const server = new ssh2.Server({ hostKeys: [options.hostKey] }, (client) => {
    clients.add(client);
    options.onActivity();
    client.on('error', () => undefined);
    client.on('close', () => clients.delete(client));
    client.on('authentication', (context) => {
      if (checkKey(context, options.clientKey)) context.accept();
      else context.reject(['publickey']);
    });
    client.on('session', (acceptSession) => {
      const session = acceptSession();
      session.on('exec', (accept, _reject, info) => {
        options.onActivity();
        serveExec(accept(), info.command, options, children);
      });
    });
  });
  const port = await listen(server, options.host, options.port);
  return {
    port,
    running: () => children.size,
    async close() {
      for (const child of children) killGroup(child);
      for (const client of clients) client.end();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}

function serveExec(
  channel: ServerChannel,
  text: string,
  options: MemberServerOptions,
  children: Set<ChildProcess>,
): void {
  const child = options.start(text);
  if ('refusal' in child) {
    channel.stderr.write(`${child.refusal}\n`);
    channel.exit(126);
    channel.end();
    return;
  }
  children.add(child);
  channel.on('error', () => undefined);
  channel.stderr.on('error', () => undefined);
  child.stdin?.on('error', () => undefined);
  if (child.stdin !== null) channel.pipe(child.stdin);
  child.stdout?.on('error', () => undefined).pipe(channel, { end: false });
  child.stderr?.on('error', () => undefined).pipe(channel.stderr, { end: false });
  child.on('error', () => undefined);
  child.on('close', (code, signal) => {
    children.delete(child);
    options.onActivity();
    if (!channel.writable) return;
    if (signal === null) channel.exit(code ?? 255);
    else channel.exit(signal.replace(/^SIG/, ''), false, '');
    channel.end();
  });
}

/** A member behind a cut line: connections are taken and never answered. */
export async function openBlackHole(host: string, port: number): Promise<MemberServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  const opened = await listen(server, host, port);
  return {
    port: opened,
    running: () => 0,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}
