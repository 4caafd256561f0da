/**
 * The console as a process of its own that ends at a failpoint as `kill -9` ends it: no handler runs, nothing is flushed. Arms the
 * object that it hands to the console; the product itself has no switch for this.
 *
 * `child.ts die PLACE NTH ARGS…` ends at the NTH time that PLACE is reached; `child.ts count FILE ARGS…` writes how often each was.
 */
import { writeFileSync } from 'node:fs';
import { consoleCommand } from '../../src/cli/console.ts';
import { createFailpoints, FAILPOINTS, type Failpoints } from '../../src/engine/failpoints.ts';

async function main([mode, first = '', ...rest]: readonly string[]): Promise<number> {
  const failpoints = createFailpoints();
  if (mode === 'count') {
    countInto(first, failpoints);
    return consoleCommand(rest, failpoints);
  }
  const place = FAILPOINTS.find((name) => name === first);
  const [nth = '', ...args] = rest;
  if (mode !== 'die' || place === undefined)
    throw new Error(`child.ts die PLACE NTH, or count FILE; not ${String(mode)}`);
  let left = Number(nth);
  failpoints.arm(place, () => {
    left -= 1;
    if (left === 0) process.kill(process.pid, 'SIGKILL');
  });
  return consoleCommand(args, failpoints);
}

function countInto(file: string, failpoints: Failpoints): void {
  const counts: Record<string, number> = {};
  for (const place of FAILPOINTS) {
    failpoints.arm(place, () => {
      counts[place] = (counts[place] ?? 0) + 1;
      writeFileSync(file, JSON.stringify(counts));
    });
  }
}

const code = await main(process.argv.slice(2));
process.stdout.write('', () => process.exit(code));
