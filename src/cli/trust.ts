/** `lockstep trust <cluster>`: host keys shown, and written down after a person's yes. */
import { createInterface } from 'node:readline/promises';
import { scanHostKeys } from '../adapters/ssh/host-keys.ts';
import { trustCluster } from '../adapters/ssh/trust.ts';
import { createTimers } from '../adapters/system/timers.ts';
import { suggest } from '../app/suggest.ts';
import { visibleLine } from '../chat/visible.ts';
import { complain } from './complain.ts';
import { readConfigured } from './open.ts';
import { parseOptions } from './options.ts';

const USAGE = 'lockstep trust <cluster> [--config FILE]';

/** 1 when a host contradicts what is known, did not answer, or the answer was no. */
export async function trustCommand(args: readonly string[]): Promise<number> {
  const parsed = parseOptions(args, { config: 'string' } as const, USAGE);
  if (!parsed.ok) return complain(parsed.error);
  const [name, ...more] = parsed.value.rest;
  if (name === undefined || more.length > 0) {
    return complain({ text: 'trust takes the name of one cluster.', next: `Usage: ${USAGE}` });
  }
  const opened = readConfigured({ config: parsed.value.values.config, data: undefined });
  if (!opened.ok) return opened.exitCode;
  const { clusters, agentSocket } = opened.target.config;
  const cluster = clusters.find((each) => each.name === name);
  if (cluster === undefined) {
    const names = clusters.map((each) => each.name);
    const near = suggest(name, names);
    return complain({
      text: `There is no cluster ${JSON.stringify(name)}.${near === null ? '' : ` Did you mean ${near}?`}`,
      next: `lockstep trust ${near ?? names[0] ?? '<cluster>'}`,
    });
  }
  const timers = createTimers();
  const summary = await trustCluster({
    cluster,
    scan: (target) => scanHostKeys(target, { timers, agentSocket }),
    ask,
    print: (line) => process.stdout.write(`${visibleLine(line)}\n`),
  });
  return summary.problems > 0 || summary.declined ? 1 : 0;
}

/** Anything but an explicit yes, the end of input included, is a no. */
async function ask(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const closed = new Promise<string>((resolve) => {
    terminal.once('close', () => resolve(''));
  });
  try {
    const answer = await Promise.race([terminal.question(`${visibleLine(question)} `), closed]);
    return /^\s*y(?:es)?\s*$/i.test(answer);
  } finally {
    terminal.close();
  }
}
