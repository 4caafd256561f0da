/**
 * `npm run faults [-- NAME…]`: everything that can go wrong around a recovery, on real LXD daemons over real SSH. Prints what the
 * card said and how it ended; exits 1 when a run was called a success that was none, or ended as it must not. Needs root.
 */
import { setup } from '../lab/support/build.ts';
import { removeDirectories } from '../lab/support/cluster.ts';
import { FAULTS } from './cases.ts';
import { type FaultReport, runFault } from './run-case.ts';
import { openWorld } from './world.ts';

const LONGEST_CARD = 600;

process.exitCode = await main(process.argv.slice(2));

async function main(words: readonly string[]): Promise<number> {
  if (process.getuid?.() !== 0) {
    process.stderr.write('faults: needs root on Debian, as the lab does\n');
    return 2;
  }
  const chosen = FAULTS.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)));
  if (chosen.length === 0) {
    process.stderr.write(
      `faults: none of them has that in its name:\n${FAULTS.map(({ name }) => `  ${name}`).join('\n')}\n`,
    );
    return 2;
  }
  await setup();
  const world = await openWorld();
  const reports: FaultReport[] = [];
  const interrupted = (): void => {
    void world.close().finally(() => process.exit(130));
  };
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  try {
    for (const one of chosen) {
      const report = await runFault(world, one).catch((error: unknown) => broken(one.name, error));
      reports.push(report);
      print(report);
    }
  } finally {
    await world.close();
    removeDirectories();
  }
  const bad = reports.filter(({ wrong }) => wrong.length > 0).length;
  process.stdout.write(`\n${reports.length - bad} of ${reports.length} faults ended as they may\n`);
  return bad === 0 ? 0 : 1;
}

/** What goes wrong around a case is a wrong end of it. */
function broken(name: string, error: unknown): FaultReport {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { name, states: [], card: '', wrong: [text], tookMs: 0 };
}

function print({ name, states, card, wrong, tookMs }: FaultReport): void {
  const lines = [
    `${wrong.length === 0 ? 'ok ' : 'BAD'} ${name}: ${states.join(', then ')} (${(tookMs / 1000).toFixed(0)} s)`,
    `      card: ${card.slice(0, LONGEST_CARD)}`,
    ...wrong.map((text) => `      WRONG: ${text}`),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}
