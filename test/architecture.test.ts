/**
 * The rules of direction: who may import whom, which SDK lives in which folder, and where time, randomness and the environment
 * may be touched. Reads the sources as text; a rule that saw no file fails, so that a renamed folder can't switch a rule off.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly string[];
}

function listSources(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:'"`\\])\/\/.*$/gm, '$1');
}

function readSource(path: string): SourceFile {
  const text = withoutComments(readFileSync(join(ROOT, path), 'utf8'));
  const imports = [
    ...text.matchAll(
      /(?:^|\n|;|\s)(?:import|export)\s(?:[^'"`;]*?\sfrom\s)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]/g,
    ),
  ].map((match) => match[1] ?? match[2] ?? '');
  return { path, text, imports };
}

const SOURCES = [...listSources('src'), ...listSources('commands')].map(readSource);

/** `src/adapters/ssh/x.ts` → `adapters/ssh`; `src/domain/a/b.ts` → `domain`; `commands/x.ts` → `commands`; `src/cli.ts` → `cli`. */
function roomOf(path: string): string {
  const parts = path.split('/');
  if (parts[0] === 'commands') return 'commands';
  if (parts[1] === 'adapters') return `adapters/${parts[2] ?? ''}`;
  if (parts.length === 2) return (parts[1] ?? '').replace(/\.ts$/, '');
  return parts[1] ?? '';
}

function importedRooms(file: SourceFile): readonly { readonly room: string; readonly path: string }[] {
  return file.imports
    .filter((name) => name.startsWith('.'))
    .map((name) => {
      const path = relative(ROOT, resolve(ROOT, dirname(file.path), name));
      return { room: roomOf(path), path };
    });
}

/** The table of the design, row by row. A room that is missing here is refused. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  domain: ['domain'],
  lxd: ['lxd', 'domain'],
  ports: ['ports', 'domain', 'chat'],
  chat: ['chat', 'domain'],
  report: ['report', 'domain'],
  probe: ['probe', 'domain', 'lxd', 'ports'],
  engine: ['engine', 'domain', 'lxd', 'ports', 'probe'],
  app: ['app', 'domain', 'lxd', 'ports', 'probe', 'engine', 'chat', 'report'],
  commands: ['commands', 'app', 'chat', 'domain'],
  rehearsal: ['rehearsal', 'ports', 'domain', 'lxd'],
  config: ['config', 'domain'],
};

const ADAPTERS_MAY = ['ports', 'domain', 'lxd', 'chat', 'app'];
const COMPOSITION = ['main', 'cli'];

function allowedFor(room: string): readonly string[] | 'everything' {
  if (COMPOSITION.includes(room)) return 'everything';
  if (room.startsWith('adapters/')) return [...ADAPTERS_MAY, room];
  return MAY_IMPORT[room] ?? [];
}

/** SDK → the folders that may import it. */
const SDK_ROOMS: Readonly<Record<string, readonly string[]>> = {
  '@slack/': ['adapters/slack'],
  'discord.js': ['adapters/discord'],
  'node-ssh': ['adapters/ssh'],
  ssh2: ['adapters/ssh', 'rehearsal'],
  'better-sqlite3': ['adapters/sqlite'],
  pino: ['adapters/system'],
  yaml: ['config'],
  'prom-client': ['adapters/system'],
  '@resvg/': ['adapters/picture'],
  'dejavu-fonts-ttf': ['adapters/picture'],
};

const NONDETERMINISM =
  /\bDate\.now\b|\bnew Date\(\s*\)|\bperformance\.now\b|\bsetTimeout\b|\bsetInterval\b|\bsetImmediate\b|\bAbortSignal\.timeout\b|\brandomUUID\b|\brandomBytes\b|\bMath\.random\b|\bprocess\.hrtime\b/;

describe('rules of direction', () => {
  test('every file of src and commands was read', () => {
    expect(SOURCES.length).toBeGreaterThan(30);
    for (const room of Object.keys(MAY_IMPORT)) {
      if (room === 'report' && !SOURCES.some((file) => roomOf(file.path) === 'report')) continue;
      expect(SOURCES.filter((file) => roomOf(file.path) === room).length, room).toBeGreaterThan(0);
    }
    expect(SOURCES.flatMap((file) => file.imports).length).toBeGreaterThan(SOURCES.length);
  });

  test('each room imports only from the rooms that it may', () => {
    const wrong = SOURCES.flatMap((file) => {
      const allowed = allowedFor(roomOf(file.path));
      if (allowed === 'everything') return [];
      return importedRooms(file)
        .filter(({ room }) => !allowed.includes(room))
        .map(({ path }) => `${file.path} imports ${path}`);
    });
    expect(wrong).toEqual([]);
  });

  test('ports see types of the message model only', () => {
    const wrong = SOURCES.filter((file) => roomOf(file.path) === 'ports').flatMap((file) =>
      importedRooms(file)
        .filter(({ room, path }) => room === 'chat' && path !== 'src/chat/message.ts')
        .map(({ path }) => `${file.path} imports ${path}`),
    );
    expect(wrong).toEqual([]);
  });

  test('a rehearsal shares neither diagnosis, planner nor parsers with what it tests', () => {
    const wrong = SOURCES.filter((file) => roomOf(file.path) === 'rehearsal').flatMap((file) =>
      importedRooms(file)
        .filter(({ path }) => /src\/(domain\/(diagnose|planner)|lxd\/parse)\b/.test(path))
        .map(({ path }) => `${file.path} imports ${path}`),
    );
    expect(wrong).toEqual([]);
  });

  test('each SDK is imported in one folder', () => {
    const wrong = SOURCES.flatMap((file) =>
      file.imports.flatMap((name) => {
        const sdk = Object.keys(SDK_ROOMS).find((key) =>
          key.endsWith('/') ? name.startsWith(key) : name === key || name.startsWith(`${key}/`),
        );
        if (sdk === undefined || SDK_ROOMS[sdk]?.includes(roomOf(file.path))) return [];
        return [`${file.path} imports ${name}`];
      }),
    );
    expect(wrong).toEqual([]);
  });

  test('domain knows no node module but crypto', () => {
    const wrong = SOURCES.filter((file) => roomOf(file.path) === 'domain').flatMap((file) =>
      file.imports
        .filter((name) => !name.startsWith('.') && name !== 'node:crypto')
        .map((name) => `${file.path} imports ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  test('domain is synchronous', () => {
    const wrong = SOURCES.filter(
      (file) =>
        roomOf(file.path) === 'domain' &&
        /\basync\s+function|\basync\s*\(|\bPromise\s*[<.(]|\bawait\s+[a-z]+[.(]/.test(file.text),
    );
    expect(wrong.map((file) => file.path)).toEqual([]);
  });

  test('the environment is read in config alone', () => {
    const wrong = SOURCES.filter((file) => roomOf(file.path) !== 'config' && /\bprocess\.env\b/.test(file.text));
    expect(wrong.map((file) => file.path)).toEqual([]);
  });

  test('clock, randomness and timers come from the ports', () => {
    const free = (room: string): boolean =>
      room.startsWith('adapters/') || room === 'rehearsal' || COMPOSITION.includes(room);
    const wrong = SOURCES.filter((file) => !free(roomOf(file.path)) && NONDETERMINISM.test(file.text));
    expect(wrong.map((file) => file.path)).toEqual([]);
  });

  test('only cli imports main', () => {
    const wrong = SOURCES.filter(
      (file) => roomOf(file.path) !== 'cli' && importedRooms(file).some(({ path }) => path === 'src/main.ts'),
    );
    expect(wrong.map((file) => file.path)).toEqual([]);
  });

  test('there are no cycles, types included', () => {
    expect(findCycle()).toBeNull();
  });

  test('no file is longer than 300 lines', () => {
    const long = SOURCES.filter((file) => readFileSync(join(ROOT, file.path), 'utf8').split('\n').length > 301);
    expect(long.map((file) => file.path)).toEqual([]);
  });
});

function findCycle(): readonly string[] | null {
  const edges = new Map(SOURCES.map((file) => [file.path, importedRooms(file).map(({ path }) => path)]));
  const done = new Set<string>();
  const walk = (path: string, trail: readonly string[]): readonly string[] | null => {
    const at = trail.indexOf(path);
    if (at >= 0) return [...trail.slice(at), path];
    if (done.has(path)) return null;
    for (const next of edges.get(path) ?? []) {
      const cycle = walk(next, [...trail, path]);
      if (cycle !== null) return cycle;
    }
    done.add(path);
    return null;
  };
  for (const path of edges.keys()) {
    const cycle = walk(path, []);
    if (cycle !== null) return cycle;
  }
  return null;
}
