/**
 * Lockstep as a process of its own that does what no command line does: end at a failpoint as `kill -9` ends it, with no handler run
 * and nothing flushed; or take a button's token, as a chat platform does. The product itself has no switch for either.
 *
 * `child.js die PLACE NTH ARGS…` is the console, and ends at the NTH time that PLACE is reached. `child.js press RUN LABEL ARGS…` takes
 * up what is left, as every start does, and hands in the token of that button of the run's card; 3 when the card has none.
 */
import { randomUUID } from 'node:crypto';
import { createConsoleChat } from '../../src/adapters/console/chat.ts';
import { createOutput } from '../../src/adapters/console/output.ts';
import { CONSOLE_ADDRESS } from '../../src/adapters/console/session.ts';
import { PLAIN } from '../../src/adapters/console/style.ts';
import { createClock } from '../../src/adapters/system/clock.ts';
import { createPresent } from '../../src/app/present.ts';
import { consoleCommand, openLockstep } from '../../src/cli/console.ts';
import { openTarget } from '../../src/cli/open.ts';
import { parseOptions } from '../../src/cli/options.ts';
import { requireRunId } from '../../src/domain/ids.ts';
import { createFailpoints, FAILPOINTS } from '../../src/engine/failpoints.ts';
import type { Lockstep } from '../../src/main.ts';

const NO_BUTTON = 3;
const OPTIONS = { config: 'string', data: 'string', as: 'string', json: 'boolean' } as const;

async function main([mode, ...rest]: readonly string[]): Promise<number> {
  if (mode === 'die') return die(rest);
  if (mode === 'press') return press(rest);
  throw new Error(`child.js die PLACE NTH, or press RUN LABEL; not ${String(mode)}`);
}

function die([first, nth, ...args]: readonly string[]): Promise<number> {
  const place = FAILPOINTS.find((name) => name === first);
  if (place === undefined) throw new Error(`no failpoint ${String(first)}`);
  const failpoints = createFailpoints();
  let left = Number(nth);
  failpoints.arm(place, () => {
    left -= 1;
    if (left === 0) process.kill(process.pid, 'SIGKILL');
  });
  return consoleCommand(args, failpoints);
}

async function press([run = '', label = '', ...args]: readonly string[]): Promise<number> {
  const parsed = parseOptions(args, OPTIONS, 'press RUN LABEL');
  if (!parsed.ok) throw new Error(parsed.error.text);
  const { config, data, as = '' } = parsed.value.values;
  const opened = await openTarget({ config, data, scenario: undefined, fresh: false });
  if (!opened.ok) return opened.exitCode;
  const layout = () => ({ width: 100, style: PLAIN });
  const chat = createConsoleChat({
    output: createOutput(process.stdout, false),
    clock: createClock(),
    json: true,
    layout,
  });
  const started = await openLockstep(opened.target, chat);
  if (!started.ok) throw new Error(started.error.text);
  await started.value.reconcile();
  const token = await findToken(started.value, run, label);
  if (token !== null) await handIn(started.value, token, as);
  await started.value.stop();
  return token === null ? NO_BUTTON : 0;
}

/** As it stands on the card. */
async function findToken({ deps }: Lockstep, run: string, label: string): Promise<string | null> {
  const card = await createPresent(deps).render({ kind: 'run', run: requireRunId(run) });
  return card?.message.actions.find((action) => action.label === label)?.token ?? null;
}

async function handIn(lockstep: Lockstep, token: string, as: string): Promise<void> {
  await lockstep.handle({
    deliveryId: randomUUID(),
    person: { platform: 'console', id: as, displayName: as, groups: [], osUser: 'matrix' },
    address: CONSOLE_ADDRESS,
    body: { kind: 'press', token },
    detached: new AbortController().signal,
  });
  await lockstep.runsIdle();
  await lockstep.outboxIdle();
}

const code = await main(process.argv.slice(2));
process.stdout.write('', () => process.exit(code));
