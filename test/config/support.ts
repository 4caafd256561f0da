/** Loading a configuration whose files are texts in memory; nothing of this machine is read. */
import type { ConfigFiles } from '../../src/config/files.ts';
import { type Config, loadConfig, type LoadOptions } from '../../src/config/load.ts';
import type { ConfigProblem } from '../../src/config/problem.ts';
import type { Result } from '../../src/domain/result.ts';

interface FakeFile {
  readonly text: string;
  readonly mode?: number;
  readonly readable?: boolean;
}

export const PRIVATE_KEY = '-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\n';

/** What a good configuration finds: a key that is ours alone, and a known_hosts file. */
const MACHINE: Readonly<Record<string, FakeFile>> = {
  '/home/op/.ssh/lockstep': { text: PRIVATE_KEY },
  '/home/op/.ssh/known_hosts': { text: '', mode: 0o644 },
};

function filesOf(files: Readonly<Record<string, FakeFile>>): ConfigFiles {
  return {
    read: (path) => {
      const file = files[path];
      return file === undefined ? { kind: 'missing' } : { kind: 'text', text: file.text };
    },
    look: (path) => {
      const file = files[path];
      if (file === undefined) return { kind: 'missing' };
      return { kind: 'file', mode: file.mode ?? 0o600, readable: file.readable ?? true };
    },
  };
}

export interface Loaded {
  readonly yaml?: string;
  readonly dotEnv?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, FakeFile>>;
  readonly options?: Partial<LoadOptions>;
}

export function load({ yaml, dotEnv, env, files, options }: Loaded): Result<Config, readonly ConfigProblem[]> {
  const texts: Record<string, FakeFile> = { ...MACHINE, ...files };
  if (yaml !== undefined) texts['/etc/lockstep/clusters.yaml'] = { text: yaml };
  if (dotEnv !== undefined) texts['/etc/lockstep/.env'] = { text: dotEnv };
  return loadConfig({
    env: { HOME: '/home/op', ...env },
    cwd: '/etc/lockstep',
    clusters: yaml === undefined ? 'none' : 'required',
    files: filesOf(texts),
    ...options,
  });
}

export function requireConfig(loaded: Loaded): Config {
  const result = load(loaded);
  if (!result.ok) throw new Error(JSON.stringify(result.error, null, 2));
  return result.value;
}

/** The errors as `line where: text`, or nothing when it loads. */
export function errorsOf(loaded: Loaded): readonly string[] {
  const result = load(loaded);
  if (result.ok) return [];
  return result.error
    .filter((problem) => problem.severity === 'error')
    .map((problem) => `${problem.line ?? '-'} ${problem.where}: ${problem.text}`);
}

/** A good file; `lines` replaces lines by number (1-based), an empty text takes the line out but keeps the numbers. */
export function goodYaml(lines: Readonly<Record<number, string>> = {}): string {
  const good = [
    'clusters:', // 1
    '  prod:', // 2
    '    members:', // 3
    '      - {name: m1, host: 10.0.0.1}', // 4
    '      - {name: m2, host: 10.0.0.2}', // 5
    '    ssh:', // 6
    '      user: ubuntu', // 7
    '      key: ~/.ssh/lockstep', // 8
    '      knownHosts: ~/.ssh/known_hosts', // 9
    '      timeout: 10s', // 10
    '    roles:', // 11
    '      operators: [console:alice]', // 12
    '      approvers: [console:bob]', // 13
    '    approvals:', // 14
    '      required: 1', // 15
    '    watch: {every: 60s}', // 16
  ];
  return `${good.map((line, index) => lines[index + 1] ?? line).join('\n')}\n`;
}
