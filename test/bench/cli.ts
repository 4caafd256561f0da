/**
 * `npm run bench [-- NAME… [--rounds N]]`: figures that are measured, never believed. Without a name, what it takes to reach members. Exits 1
 * when a figure is over its limit, 2 when something that it needs is missing.
 */
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { findSshd } from '../support/ssh/sshd.ts';

interface Need {
  readonly what: string;
  readonly there: () => boolean;
  readonly from: string;
}

interface Bench {
  readonly needs: readonly Need[];
  /** False when a limit was not met. */
  readonly run: (rounds: number | null) => Promise<boolean>;
}

const SSHD: Need = { what: 'sshd', there: () => findSshd() !== null, from: 'openssh-server' };
const CLUSH: Need = { what: 'clush', there: () => existsSync('/usr/bin/clush'), from: 'clustershell' };
const ROOT: Need = { what: 'root', there: () => process.getuid?.() === 0, from: '' };
const LXD: Need = { what: 'lxd', there: () => existsSync('/usr/bin/lxd'), from: 'lxd' };

const BENCHES: Readonly<Record<string, Bench>> = {
  probe: {
    needs: [SSHD, CLUSH],
    run: async (rounds) => (await import('./probe-bench.ts')).benchProbe(16, rounds ?? 7),
  },
  memory: { needs: [SSHD], run: async () => (await import('./memory-bench.ts')).benchMemory() },
  store: { needs: [], run: async () => (await import('./store-bench.ts')).benchStore() },
  watch: { needs: [], run: async (rounds) => (await import('./watch-bench.ts')).benchWatch(rounds ?? 30) },
  report: { needs: [], run: async () => (await import('./report-bench.ts')).benchReport() },
  chat: { needs: [], run: async () => (await import('./chat-bench.ts')).benchChat() },
  recovery: {
    needs: [ROOT, SSHD, LXD],
    run: async (rounds) => (await import('./recovery-bench.ts')).benchRecovery(rounds ?? 5),
  },
};
const DEFAULT = ['probe', 'memory'];

process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  const { positionals, values } = parseArgs({ args, options: { rounds: { type: 'string' } }, allowPositionals: true });
  const rounds = values.rounds === undefined ? null : Number(values.rounds);
  if (rounds !== null && !(Number.isInteger(rounds) && rounds > 0))
    return complain('--rounds is a whole number from 1');
  const names = positionals.length === 0 ? DEFAULT : positionals;
  const unknown = names.filter((name) => !Object.hasOwn(BENCHES, name));
  if (unknown.length > 0)
    return complain(`no benchmark ${unknown.join(', ')}; there are ${Object.keys(BENCHES).join(', ')}`);
  const chosen = names.flatMap((name) => BENCHES[name] ?? []);
  const missing = new Set(chosen.flatMap(({ needs }) => needs.filter(({ there }) => !there())));
  if (missing.has(ROOT)) return complain('recovery needs root on Debian, as the lab does');
  if (missing.size > 0) {
    const what = [...missing].map((need) => need.what).join(' and ');
    return complain(`needs ${what}: apt-get install ${[...missing].map(({ from }) => from).join(' ')}`);
  }
  let met = true;
  for (const bench of chosen) met = (await bench.run(rounds)) && met;
  return met ? 0 : 1;
}

function complain(text: string): number {
  process.stderr.write(`bench: ${text}\n`);
  return 2;
}
