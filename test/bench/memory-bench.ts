/** Memory of the built console as the kernel counts it: idle, and with 128 members connected. Resident bytes of that one process. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Farm, startFarm } from './farm.ts';

const CLI = fileURLToPath(new URL('../../dist/src/cli.js', import.meta.url));
const IDLE_LIMIT_MB = 100;

function residentMb(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(line?.[1] ?? Number.NaN) / 1024;
}

function writeClusters(farm: Farm, members: number): string {
  const path = join(farm.world.directory, `clusters-${members}.yaml`);
  const lines = farm.hosts
    .slice(0, members)
    .map(({ name, server }) => `      - {name: ${name}, host: ${server.host}, port: ${server.port}}`);
  writeFileSync(
    path,
    `clusters:\n  bench:\n    members:\n${lines.join('\n')}\n    ssh:\n      user: ${farm.hosts[0]?.server.user ?? ''}\n      key: ${farm.world.keyPath}\n      knownHosts: ${farm.world.knownHostsPath}\n    roles:\n      viewers: ["*"]\n`,
  );
  return path;
}

function startConsole(farm: Farm, config: string, name: string): ChildProcess {
  const data = join(farm.world.directory, `data-${name}`);
  mkdirSync(data, { mode: 0o700 });
  return spawn(process.execPath, [CLI, 'console', '--json', '--as', 'bench', '--config', config, '--data', data], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
}

/** Resolves with the first JSON line that carries data of that kind. */
function waitForData(child: ChildProcess, kind: string): Promise<void> {
  let text = '';
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes(`"data":{"kind":"${kind}"`)) resolve();
    });
    child.once('exit', (code) => reject(new Error(`the console ended with ${code}`)));
  });
}

async function measure(farm: Farm, members: number, command: string, kind: string): Promise<number> {
  const child = startConsole(farm, writeClusters(farm, members), `${members}-${kind}`);
  const ended = new Promise((resolve) => child.once('close', resolve));
  const answered = waitForData(child, kind);
  child.stdin?.write(`${command}\n`);
  await answered;
  const mb = residentMb(child.pid ?? 0);
  child.removeAllListeners('exit');
  child.stdin?.end();
  await ended;
  return mb;
}

export async function benchMemory(): Promise<boolean> {
  const farm = await startFarm(128);
  try {
    const idle = await measure(farm, 3, 'help', 'help');
    const connected = await measure(farm, 128, 'status bench', 'status');
    const met = idle <= IDLE_LIMIT_MB;
    process.stdout.write(`\nMemory of the built console, resident\n`);
    process.stdout.write(
      `  idle                    ${idle.toFixed(0)} MB (at most ${IDLE_LIMIT_MB})${met ? '' : '   OVER'}\n`,
    );
    process.stdout.write(`  128 members connected   ${connected.toFixed(0)} MB\n`);
    return met;
  } finally {
    await farm.close();
  }
}
