/**
 * The whole configuration in one pass: environment, `.env`, `clusters.yaml`, each problem with its place, before anything
 * connects. The only place where the process's environment is read; everything else gets values.
 */
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import type { ClusterConfig } from '../domain/cluster.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { parseEnvFile } from './env-file.ts';
import { type ConfigFiles, nodeFiles } from './files.ts';
import { defaultDataDir, expandPath } from './paths.ts';
import { type ConfigProblem, sortProblems } from './problem.ts';
import { type ReadClusters, readClusters } from './read-clusters.ts';
import { readTokens, type Tokens } from './tokens.ts';
import {
  checkVariable,
  collectVariables,
  type ConfiguredLogLevel,
  type Environment,
  type EnvSource,
  findUnknownVariables,
  parseLogLevel,
  type Variables,
} from './variables.ts';

export interface LoadOptions {
  /** The process's own when left out. */
  readonly env?: Environment;
  /** Folder that relative paths on the command line belong to. */
  readonly cwd: string;
  /** Named on the command line, so it has to be there; else `.env` in `cwd`, which may be missing. */
  readonly envFile?: string;
  /** From the command line; else LOCKSTEP_CONFIG, else `clusters.yaml` in `cwd`. */
  readonly clustersPath?: string;
  /** From the command line; else LOCKSTEP_DATA, else the user's state directory. */
  readonly dataDir?: string;
  /** `none` reads no clusters.yaml: for the rehearsal and for commands without clusters. */
  readonly clusters: 'required' | 'none';
  readonly files?: ConfigFiles;
}

export interface Config extends Tokens {
  readonly clusters: readonly ClusterConfig[];
  /** Absolute, null when none was read. */
  readonly clustersPath: string | null;
  /** Absolute. */
  readonly dataDir: string;
  readonly logLevel: ConfiguredLogLevel;
  /** SSH_AUTH_SOCK, or null. */
  readonly agentSocket: string | null;
  /** To be told at the start; none of them is an error. */
  readonly warnings: readonly ConfigProblem[];
}

export function loadConfig(options: LoadOptions): Result<Config, readonly ConfigProblem[]> {
  const env = options.env ?? process.env;
  const files = options.files ?? nodeFiles;
  const home = textOr(env['HOME'], homedir());
  const problems: ConfigProblem[] = [];
  const source = readEnvSource(options, files, problems);
  problems.push(...findUnknownVariables(source));
  const variables = collectVariables(env, source);
  const agentSocket = textOr(env['SSH_AUTH_SOCK'], '') === '' ? null : textOr(env['SSH_AUTH_SOCK'], '');
  const clustersPath = options.clusters === 'none' ? null : findClustersPath(options, variables, home, problems);
  const { clusters, problems: found } = loadClusters(clustersPath, { files, home, agentSocket });
  problems.push(...found);
  const tokens = readTokens(variables, clusters, problems);
  const dataDir = findDataDir({ options, variables, home, xdg: env['XDG_STATE_HOME'] }, problems);
  const logLevel = checkVariable(variables, 'LOCKSTEP_LOG_LEVEL', parseLogLevel, problems) ?? 'info';
  if (problems.some((problem) => problem.severity === 'error')) return err(sortProblems(problems));
  const warnings = sortProblems(problems);
  return ok({
    clusters,
    clustersPath: clustersPath?.path ?? null,
    dataDir,
    logLevel,
    agentSocket,
    ...tokens,
    warnings,
  });
}

function textOr(value: string | undefined, fallback: string): string {
  return value === undefined || value === '' ? fallback : value;
}

function readEnvSource(options: LoadOptions, files: ConfigFiles, problems: ConfigProblem[]): EnvSource {
  const file = options.envFile ?? '.env';
  const path = resolve(options.cwd, file);
  const read = files.read(path);
  if (read.kind === 'text') {
    const parsed = parseEnvFile(file, read.text);
    problems.push(...parsed.problems);
    const facts = files.look(path);
    if (facts.kind === 'file' && (facts.mode & 0o077) !== 0 && parsed.values.size > 0) {
      const text = 'Others on this machine may read the tokens in this file.';
      problems.push({ severity: 'warning', file, line: null, where: '', text, next: `Run chmod 600 ${path}` });
    }
    return { file, parsed };
  }
  if (read.kind === 'unreadable' || options.envFile !== undefined) {
    const text = read.kind === 'missing' ? 'There is no such file.' : `It can't be read (${read.reason}).`;
    const next = 'Copy .env.example to it, or correct the path.';
    problems.push({ severity: 'error', file, line: null, where: '', text, next });
  }
  return { file, parsed: null };
}

interface NamedPath {
  /** As it was named. */
  readonly file: string;
  readonly path: string;
}

function findClustersPath(
  options: LoadOptions,
  variables: Variables,
  home: string,
  problems: ConfigProblem[],
): NamedPath | null {
  if (options.clustersPath !== undefined) {
    return { file: options.clustersPath, path: resolve(options.cwd, options.clustersPath) };
  }
  const variable = variables.get('LOCKSTEP_CONFIG');
  if (variable === undefined) return { file: 'clusters.yaml', path: resolve(options.cwd, 'clusters.yaml') };
  const path = expandPath(variable.value, options.cwd, home);
  if (path.ok) return { file: variable.value, path: path.value };
  const { file, line } = variable;
  const text = `The path ${JSON.stringify(variable.value)} ${path.error}.`;
  problems.push({ severity: 'error', file, line, where: 'LOCKSTEP_CONFIG', text, next: 'Write an absolute path.' });
  return null;
}

type Machine = Parameters<typeof readClusters>[1];

function loadClusters(named: NamedPath | null, machine: Machine): ReadClusters {
  if (named === null) return { clusters: [], problems: [] };
  const read = machine.files.read(named.path);
  if (read.kind === 'text') return readClusters({ ...named, text: read.text }, machine);
  const text = read.kind === 'missing' ? 'There is no such file.' : `It can't be read (${read.reason}).`;
  const next =
    'Copy deploy/clusters.example.yaml there and fill it in, or name yours with --config or LOCKSTEP_CONFIG.';
  return { clusters: [], problems: [{ severity: 'error', file: named.file, line: null, where: '', text, next }] };
}

interface DataDirSources {
  readonly options: LoadOptions;
  readonly variables: Variables;
  readonly home: string;
  readonly xdg: string | undefined;
}

function findDataDir({ options, variables, home, xdg }: DataDirSources, problems: ConfigProblem[]): string {
  if (options.dataDir !== undefined) return resolve(options.cwd, options.dataDir);
  const variable = variables.get('LOCKSTEP_DATA');
  const fallback = defaultDataDir(xdg, home);
  if (variable === undefined) return fallback;
  const path = expandPath(variable.value, options.cwd, home);
  if (path.ok) return path.value;
  const { file, line } = variable;
  const text = `The path ${JSON.stringify(variable.value)} ${path.error}.`;
  problems.push({ severity: 'error', file, line, where: 'LOCKSTEP_DATA', text, next: 'Write an absolute path.' });
  return fallback;
}
