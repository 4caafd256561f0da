/** The peers: ClusterShell's `clush`, and OpenSSH's own client over connections that are open already. Argument arrays only. */
import { spawn } from 'node:child_process';
import type { Farm } from './farm.ts';

interface Ran {
  readonly code: number | null;
  readonly stdout: Buffer;
}

async function runProcess(command: string, args: readonly string[]): Promise<Ran> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks: Buffer[] = [];
  const errors: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve({ code, stdout: Buffer.concat(chunks) });
      else reject(new Error(`${command} ended with ${code}: ${Buffer.concat(errors).toString().slice(0, 500)}`));
    });
  });
}

/** One `clush` over the whole farm. */
export async function clush(farm: Farm, config: string, remote: string): Promise<void> {
  await runProcess('clush', [
    '-S',
    '-q',
    '-f',
    '64',
    '-O',
    `ssh_options=-F ${config}`,
    '-w',
    farm.names.join(','),
    remote,
  ]);
}

/** The floor: one `ssh` per host over its open control connection, all side by side. */
export async function openConnections(farm: Farm, remote: string): Promise<void> {
  await Promise.all(farm.names.map((name) => runProcess('ssh', ['-n', '-F', farm.keptConfig, name, remote])));
}

/** Ends the control connections that the farm's configuration keeps. */
export async function endKept(farm: Farm): Promise<void> {
  await Promise.all(
    farm.names.map((name) => runProcess('ssh', ['-F', farm.keptConfig, '-O', 'exit', name]).catch(() => null)),
  );
}
