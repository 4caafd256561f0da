/**
 * The way from TypeScript to lab.sh: child processes by argument vectors, never through a shell string of ours.
 * Owns the lab's environment variables; knows nothing of members or scenarios.
 */
import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('lab.sh', import.meta.url));
const MAX_OUTPUT = 16 * 1024 * 1024;

/** Where a lab lives and what its links and addresses are called. Two labs must differ in all three. */
export interface LabPlace {
  readonly dir: string;
  /** The first three bytes of the /24 that the members live in, such as `10.77.0`. */
  readonly net: string;
  /** At most 8 characters, part of the name of every link. */
  readonly tag: string;
}

export interface ShellResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The place that the environment names, or the one that lab.sh takes by itself. */
export function defaultPlace(): LabPlace {
  return {
    dir: process.env['LOCKSTEP_LAB_DIR'] ?? join(tmpdir(), 'lockstep-lab'),
    net: process.env['LOCKSTEP_LAB_NET'] ?? '10.77.0',
    tag: process.env['LOCKSTEP_LAB_TAG'] ?? 'lab',
  };
}

export interface ScriptOptions {
  /** Standard input. */
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Run lab.sh with these arguments. Resolves for every exit code; rejects only if it could not be run at all. */
export function labScript(
  place: LabPlace,
  args: readonly string[],
  { input = '', env: more = {} }: ScriptOptions = {},
): Promise<ShellResult> {
  const env = {
    ...process.env,
    ...more,
    LOCKSTEP_LAB_DIR: place.dir,
    LOCKSTEP_LAB_NET: place.net,
    LOCKSTEP_LAB_TAG: place.tag,
  };
  return new Promise((resolve, reject) => {
    const child = execFile('bash', [SCRIPT, ...args], { env, maxBuffer: MAX_OUTPUT }, (error, stdout, stderr) => {
      if (error !== null && typeof error.code !== 'number') {
        reject(error);
        return;
      }
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
    child.stdin?.on('error', () => undefined); // a script that reads no input may be gone before it is written
    child.stdin?.end(input);
  });
}

/** As `labScript`, but a failure of the script is an error that carries what it said. */
export async function requireLabScript(
  place: LabPlace,
  args: readonly string[],
  options: ScriptOptions = {},
): Promise<string> {
  const result = await labScript(place, args, options);
  if (result.code !== 0) {
    throw new Error(
      `lab.sh ${args.join(' ')} ended with ${result.code}: ${result.stderr.trim() || result.stdout.trim()}`,
    );
  }
  return result.stdout;
}
