/**
 * The members' unix sockets as files: a script may look whether one is there. Nobody is served on them, the stand-ins talk another
 * way. Bound through a descriptor of their folder, since the kernel allows 107 bytes for a socket's path.
 */
import { closeSync, constants, mkdirSync, openSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { dirname, join } from 'node:path';
import type { MemberState } from '../model/types.ts';
import { COMMON } from '../model/world.ts';
import type { Layout } from './layout.ts';

export interface SocketFiles {
  /** Makes and removes files so that they are as the members' sockets. */
  match(members: readonly MemberState[]): void;
  close(): void;
}

export function openSocketFiles(layout: Layout): SocketFiles {
  const there = new Map<string, Server>();
  const place = (name: string): string => join(layout.rootOf(name), COMMON, 'lxd/unix.socket');
  return {
    match(members) {
      for (const member of members) {
        const server = there.get(member.name);
        if (member.socket.file === (server !== undefined)) continue;
        const path = place(member.name);
        rmSync(path, { force: true });
        if (server === undefined) there.set(member.name, openAt(path));
        else {
          there.delete(member.name);
          server.close();
        }
      }
    },
    close() {
      for (const server of there.values()) server.close();
      there.clear();
    },
  };
}

function openAt(path: string): Server {
  mkdirSync(dirname(path), { recursive: true });
  const folder = openSync(dirname(path), constants.O_RDONLY | constants.O_DIRECTORY);
  const server = createServer((socket) => socket.destroy());
  server.on('error', () => undefined);
  server.on('close', () => closeSync(folder));
  server.unref();
  server.listen(`/proc/self/fd/${String(folder)}/unix.socket`);
  return server;
}
