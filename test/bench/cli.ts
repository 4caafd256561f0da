/** `npm run bench`: figures that are measured, never believed. Exits 1 when a ratio is over its limit. */
import { existsSync } from 'node:fs';
import { findSshd } from '../support/ssh/sshd.ts';
import { benchMemory } from './memory-bench.ts';
import { benchProbe } from './probe-bench.ts';

const ROUNDS = 7;
const needed = [
  { what: 'sshd', there: findSshd() !== null, from: 'openssh-server' },
  { what: 'clush', there: existsSync('/usr/bin/clush'), from: 'clustershell' },
];
const missing = needed.filter(({ there }) => !there);
if (missing.length > 0) {
  process.stderr.write(
    `bench needs ${missing.map(({ what }) => what).join(' and ')}: apt-get install ${missing.map(({ from }) => from).join(' ')}\n`,
  );
  process.exit(2);
}
const met = await benchProbe(16, ROUNDS);
const small = await benchMemory();
process.exit(met && small ? 0 : 1);
