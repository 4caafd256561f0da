/**
 * From the command line to clusters and a data directory: the named configuration, or a rehearsal when none is named. Prints every
 * problem of the configuration at once; whoever calls ends with exit code 2 then.
 */
import { join } from 'node:path';
import { formatConfigProblems } from '../config/problem.ts';
import { loadConfig, type Config } from '../config/load.ts';
import { suggest } from '../app/suggest.ts';
import { complain, tell, USAGE_EXIT } from './complain.ts';
import { makeDirectory } from './directory.ts';

export interface Target {
  readonly config: Config;
  /** Where this process keeps its data. */
  readonly dataDir: string;
  readonly rehearsal: { readonly scenario: string; readonly dir: string } | null;
}

export interface TargetOptions {
  readonly config: string | undefined;
  readonly data: string | undefined;
  readonly scenario: string | undefined;
  /** Begin the rehearsal anew instead of going on with what was saved. */
  readonly fresh: boolean;
}

export type Opened = { readonly ok: true; readonly target: Target } | { readonly ok: false; readonly exitCode: number };

/** With `--config` that configuration, else the rehearsal. */
export async function openTarget(options: TargetOptions): Promise<Opened> {
  if (options.config !== undefined && options.scenario !== undefined) {
    const next = 'Leave out --config to open the rehearsal, or --scenario to open your clusters.';
    return failed(complain({ text: '--scenario belongs to the rehearsal, --config to real clusters.', next }));
  }
  if (options.config === undefined) return openRehearsal(options);
  return openConfigured(options);
}

/** The configured clusters: `--config`, else LOCKSTEP_CONFIG, else clusters.yaml here. Makes the data directory. */
export function openConfigured(options: Pick<TargetOptions, 'config' | 'data'>): Opened {
  const opened = readConfigured(options);
  if (!opened.ok) return opened;
  const made = makeDirectory(opened.target.dataDir);
  return made.ok ? opened : failed(complain(made.error));
}

/** The same for what keeps no data. */
export function readConfigured({ config, data }: Pick<TargetOptions, 'config' | 'data'>): Opened {
  const loaded = loadConfig({
    cwd: process.cwd(),
    clusters: 'required',
    ...(config === undefined ? {} : { clustersPath: config }),
    ...(data === undefined ? {} : { dataDir: data }),
  });
  if (!loaded.ok) return failed(explain(loaded.error));
  if (loaded.value.warnings.length > 0) process.stderr.write(formatConfigProblems(loaded.value.warnings));
  return { ok: true, target: { config: loaded.value, dataDir: loaded.value.dataDir, rehearsal: null } };
}

/** Configuration without clusters: for what needs the data directory alone. */
export function openWithoutClusters(data: string | undefined): Opened {
  const loaded = loadConfig({
    cwd: process.cwd(),
    clusters: 'none',
    ...(data === undefined ? {} : { dataDir: data }),
  });
  if (!loaded.ok) return failed(explain(loaded.error));
  return { ok: true, target: { config: loaded.value, dataDir: loaded.value.dataDir, rehearsal: null } };
}

async function openRehearsal({ data, scenario, fresh }: TargetOptions): Promise<Opened> {
  const base = openWithoutClusters(data);
  if (!base.ok) return base;
  const { SCENARIOS, DEFAULT_SCENARIO } = await import('../rehearsal/scenarios.ts');
  const name = scenario ?? DEFAULT_SCENARIO;
  const names = SCENARIOS.map((each) => each.name);
  if (!names.includes(name)) return failed(unknownScenario(name, names));
  const home = data === undefined ? join(base.target.dataDir, 'rehearsal') : base.target.dataDir;
  const dir = join(home, data === undefined ? name : 'rehearsal');
  // Where the directory was named, what runs or was saved there goes on.
  const made = makeDirectory(dir);
  if (!made.ok) return failed(complain(made.error));
  const ready = await startRehearsal({ dir, scenario: scenario ?? (data === undefined ? name : null), fresh });
  if (!ready.ok) return ready;
  const loaded = loadConfig({
    cwd: process.cwd(),
    clusters: 'required',
    clustersPath: ready.config,
    dataDir: data === undefined ? join(dir, 'data') : home,
  });
  if (!loaded.ok) return failed(explain(loaded.error));
  const { dataDir } = loaded.value;
  return { ok: true, target: { config: loaded.value, dataDir, rehearsal: { scenario: ready.scenario, dir } } };
}

type Ready =
  | { readonly ok: true; readonly config: string; readonly scenario: string }
  | { readonly ok: false; readonly exitCode: number };

interface Start {
  readonly dir: string;
  readonly scenario: string | null;
  readonly fresh: boolean;
}

async function startRehearsal({ dir, scenario, fresh }: Start): Promise<Ready> {
  try {
    const { ensureRehearsal, stopRehearsal } = await import('../rehearsal/ensure.ts');
    if (fresh) await stopRehearsal(dir);
    const info = await ensureRehearsal({ dir, scenario, fresh });
    return { ok: true, config: info.config, scenario: info.scenario };
  } catch (error) {
    const text = `The rehearsal can’t be started: ${error instanceof Error ? error.message : String(error)}.`;
    return failed(complain({ text, next: 'Name your own clusters: lockstep console --config clusters.yaml' }));
  }
}

export function unknownScenario(name: string, names: readonly string[]): number {
  const near = suggest(name, names);
  const text = `There is no rehearsal scenario ${JSON.stringify(name)}.${near === null ? '' : ` Did you mean ${near}?`}`;
  return complain({ text, next: '"lockstep help" lists them.' });
}

function explain(problems: Parameters<typeof formatConfigProblems>[0]): number {
  process.stderr.write(formatConfigProblems(problems));
  const errors = problems.filter((problem) => problem.severity === 'error').length;
  tell(`lockstep: ${errors === 1 ? 'this has' : `these ${errors} have`} to be put right first; nothing was connected.`);
  return USAGE_EXIT;
}

function failed(exitCode: number): { readonly ok: false; readonly exitCode: number } {
  return { ok: false, exitCode };
}
