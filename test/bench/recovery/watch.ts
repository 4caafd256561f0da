/**
 * What the cluster itself shows while it heals, asked on the members' own sockets from outside: when each is ready, and every
 * heartbeat as it reaches the database. Owns the looking; what may be concluded is in `judge.ts`. It asks only daemons that run, since
 * a question to a stopped one would start it.
 */
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import type { Lab } from '../../lab/lab.ts';

interface Sighting {
  readonly at: number;
  readonly heartbeats: Readonly<Record<string, number>>;
}

export interface Watched {
  /** Per member, ms; absent while it is not ready. */
  readonly readyAt: Readonly<Record<string, number>>;
  /** In order of time, one whenever a heartbeat in the database changed. */
  readonly sightings: readonly Sighting[];
}

export interface Watch {
  stop(): Promise<Watched>;
}

const EVERY_MS = 150;
const ANSWER_MS = 2_000;
const QUERY = JSON.stringify({ database: 'global', query: 'SELECT name, heartbeat FROM nodes' });
const ROWS = z.object({
  metadata: z.object({
    Results: z.tuple([z.object({ rows: z.array(z.tuple([z.string(), z.string()])) })]),
  }),
});

export function startWatch(lab: Lab): Watch {
  const names = lab.members.map(({ name }) => name);
  const sockets = new Map(names.map((name) => [name, socketOf(lab, name)]));
  const readyAt: Record<string, number> = {};
  const sightings: Sighting[] = [];
  const ending = new AbortController();

  async function look(): Promise<void> {
    for (const name of names) {
      if (readyAt[name] !== undefined) continue;
      if ((await ask(sockets.get(name) ?? '', '/internal/ready', null))?.status === 200) readyAt[name] = Date.now();
    }
    const first = names.find((name) => readyAt[name] !== undefined);
    if (first === undefined) return;
    const answer = await ask(sockets.get(first) ?? '', '/internal/sql', QUERY);
    const rows = ROWS.safeParse(answer === null ? null : parseJson(answer.text));
    if (!rows.success) return;
    const seen = rows.data.metadata.Results[0].rows.map(([name, at]) => [name, Date.parse(at)] as const);
    const before = sightings.at(-1)?.heartbeats;
    if (seen.some(([name, at]) => before?.[name] !== at)) {
      sightings.push({ at: Date.now(), heartbeats: Object.fromEntries(seen) });
    }
  }

  async function lookOn(): Promise<void> {
    while (!ending.signal.aborted) {
      await look();
      await pause(EVERY_MS);
    }
  }
  const looking = lookOn();
  return {
    async stop() {
      ending.abort();
      await looking;
      return { readyAt, sightings };
    },
  };
}

/** Through the member's own root directory: its socket lies on a file system of its own. */
function socketOf(lab: Lab, member: string): string {
  const pid = readFileSync(join(lab.place.dir, member, 'init.pid'), 'utf8').split(' ')[0] ?? '';
  return `/proc/${pid}/root/var/snap/lxd/common/lxd/unix.socket`;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Null when nobody answers in time. */
function ask(socketPath: string, path: string, body: string | null): Promise<Answer | null> {
  return new Promise((resolve) => {
    const method = body === null ? 'GET' : 'POST';
    const asked = request({ socketPath, path, method, agent: false, timeout: ANSWER_MS }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      response.on('error', () => resolve(null));
    });
    asked.on('timeout', () => asked.destroy());
    asked.on('error', () => resolve(null));
    asked.end(body ?? undefined);
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
