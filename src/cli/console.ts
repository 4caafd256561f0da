/** `lockstep console`: Lockstep with a terminal or a pipe as its chat. */
import { join } from 'node:path';
import { createConsoleChat, type ConsoleChat } from '../adapters/console/chat.ts';
import { runInteractive } from '../adapters/console/interactive.ts';
import { createOutput, type TerminalOutput } from '../adapters/console/output.ts';
import { runPiped } from '../adapters/console/piped.ts';
import { createSession, isPersonName, type ConsoleSession } from '../adapters/console/session.ts';
import { COLOURED, PLAIN } from '../adapters/console/style.ts';
import { startWatch } from '../app/watch/start-watch.ts';
import { createClock } from '../adapters/system/clock.ts';
import { createTimers } from '../adapters/system/timers.ts';
import { createLog } from '../adapters/system/log.ts';
import { osUser } from '../adapters/system/os-user.ts';
import { COMMANDS } from '../../commands/index.ts';
import type { DoctorCheck } from '../app/deps.ts';
import type { RunState } from '../domain/run.ts';
import { createFailpoints, type Failpoints } from '../engine/failpoints.ts';
import { createLockstep, type Lockstep } from '../main.ts';
import type { Log } from '../ports/system.ts';
import { complain, tell } from './complain.ts';
import { checkConfigured } from './chats.ts';
import { helpNotes } from './help-notes.ts';
import { localChecks } from './local-checks.ts';
import { openTarget, type Target } from './open.ts';
import { parseOptions } from './options.ts';
import { onSignals } from './signals.ts';
import { readVersion } from './version.ts';

const USAGE = 'lockstep console [--config FILE] [--data DIR] [--as NAME] [--json] [--scenario NAME] [--fresh]';
const PIPE_WIDTH = 100;
/** Edits are cheap here, and in their order they tell the story. */
const MIN_EDIT_MS = 0;
const BAD_ENDS: ReadonlySet<RunState> = new Set(['failed', 'paused', 'stale']);

/** `failpoints`: the command line gives none; a test that runs this command as its own process may. */
export async function consoleCommand(args: readonly string[], failpoints = createFailpoints()): Promise<number> {
  const types = {
    config: 'string',
    data: 'string',
    as: 'string',
    json: 'boolean',
    scenario: 'string',
    fresh: 'boolean',
  } as const;
  const parsed = parseOptions(args, types, USAGE);
  if (!parsed.ok) return complain(parsed.error);
  const { values, rest } = parsed.value;
  if (rest.length > 0) {
    return complain({ text: `console takes no argument ${JSON.stringify(rest[0])}.`, next: `Usage: ${USAGE}` });
  }
  if (values.as !== undefined && !isPersonName(values.as)) {
    return complain({ text: `--as takes a name, not ${JSON.stringify(values.as)}.`, next: 'For example --as alice' });
  }
  const opened = await openTarget(values);
  if (!opened.ok) return opened.exitCode;
  return runConsole(opened.target, { json: values.json, name: values.as ?? osUser(), failpoints });
}

interface ConsoleOptions {
  readonly json: boolean;
  readonly name: string;
  readonly failpoints: Failpoints;
}

async function runConsole(target: Target, options: ConsoleOptions): Promise<number> {
  const interactive = process.stdin.isTTY && process.stdout.isTTY && !options.json;
  const output = createOutput(process.stdout, interactive);
  const chat = createConsoleChat({
    output,
    clock: createClock(),
    json: options.json,
    filesDirectory: join(target.dataDir, 'exports'),
    layout: () => ({
      width: terminalWidth(),
      style: process.stdout.isTTY && process.stdout.hasColors() ? COLOURED : PLAIN,
    }),
  });
  const started = await openLockstep(target, chat, options.failpoints);
  if (!started.ok) return complain(started.error);
  const lockstep = started.value;
  const session = createSession({
    backend: lockstep,
    chat,
    ids: lockstep.deps.ids,
    name: options.name,
    osUser: osUser(),
    waitsForRuns: !interactive,
  });
  greet(target, session, { output: interactive ? output : null, json: options.json });
  const watch = startWatch(lockstep.deps);
  try {
    return await converse({ lockstep, session, chat, output, interactive, target });
  } finally {
    await watch.stop();
    await lockstep.stop();
  }
}

/** Some terminals don't know their width and say 0. */
export function terminalWidth(): number {
  const { isTTY, columns } = process.stdout;
  return isTTY && columns > 0 ? Math.max(40, Math.min(columns, 160)) : PIPE_WIDTH;
}

export function openLockstep(
  target: Target,
  chat: ConsoleChat,
  failpoints = createFailpoints(),
): ReturnType<typeof createLockstep> {
  const { config, dataDir } = target;
  // A person at a terminal reads answers, not the log; warnings and errors stay.
  const log = createLog({ level: config.logLevel === 'info' ? 'warn' : config.logLevel });
  for (const secret of config.secrets) log.registerSecret(secret);
  return createLockstep({
    clusters: config.clusters,
    dataDir,
    agentSocket: config.agentSocket,
    log,
    codeVersion: readVersion(),
    command: ['lockstep', ...process.argv.slice(2)].join(' '),
    chats: [chat],
    minEditMs: MIN_EDIT_MS,
    helpNotes: helpNotes(target),
    localChecks: async (store) => [...(await localChecks(target, store)), ...(await checkTokens(target, log))],
    failpoints,
  });
}

/** The console speaks to no platform; the doctor looks at those that have a token. A rehearsal leaves them alone. */
function checkTokens({ config, rehearsal }: Target, log: Log): Promise<readonly DoctorCheck[]> {
  if (rehearsal !== null || (config.slack === null && config.discord === null)) return Promise.resolve([]);
  const system = { clock: createClock(), timers: createTimers(), log };
  return checkConfigured({ tokens: config, clusters: config.clusters, ...system });
}

interface Conversation {
  readonly lockstep: Lockstep;
  readonly session: ConsoleSession;
  readonly chat: ConsoleChat;
  readonly output: TerminalOutput;
  readonly interactive: boolean;
  readonly target: Target;
}

async function converse(conversation: Conversation): Promise<number> {
  const { lockstep, session, chat, output, interactive, target } = conversation;
  const stop = onSignals({ interrupts: !interactive });
  const reconciled = lockstep.reconcile();
  reconciled.catch(() => undefined);
  if (interactive) {
    const clusters = target.config.clusters.map((cluster) => cluster.name);
    const completion = { commands: COMMANDS, clusters };
    await runInteractive({ input: process.stdin, stdout: process.stdout, output, session, chat, completion, stop });
  } else {
    await Promise.race([reconciled, aborted(stop)]);
    await runPiped(process.stdin, session, stop);
  }
  if (stop.aborted) {
    tell('lockstep: asked to end; what is under way finishes its step, and goes on at the next start.');
    return 130;
  }
  const code = await exitCodeOf(lockstep, session, await reconciled);
  return lostAnswers(output) ? 1 : code;
}

/** What was done is on record, but a program that reads nothing must not take that for an answer. */
function lostAnswers(output: TerminalOutput): boolean {
  const reason = output.failure();
  if (reason === null) return false;
  tell(`lockstep: answers could not be written to standard output (${reason}).`);
  tell('Next: make room there, then type "status" and "runs" again.');
  return true;
}

/** 1 when a run that was handled here ended badly, or a throw reached the boundary. */
async function exitCodeOf(
  lockstep: Lockstep,
  session: ConsoleSession,
  reconciled: Awaited<ReturnType<Lockstep['reconcile']>>,
): Promise<number> {
  if (session.threw) return 1;
  const handled = new Set([...session.runs, ...reconciled.map((run) => run.id)]);
  for (const id of handled) {
    const run = await lockstep.store.findRun(id);
    if (run !== null && BAD_ENDS.has(run.state)) return 1;
  }
  return 0;
}

interface Greeting {
  /** Null when standard output belongs to a program. */
  readonly output: TerminalOutput | null;
  readonly json: boolean;
}

function greet(target: Target, session: ConsoleSession, { output, json }: Greeting): void {
  const { rehearsal, config } = target;
  const names = config.clusters.map((cluster) => cluster.name).join(', ');
  const where =
    rehearsal === null
      ? `Lockstep ${readVersion()}, clusters: ${names}.`
      : `Lockstep ${readVersion()}, REHEARSAL "${rehearsal.scenario}": cluster ${names} is simulated on this machine, NOT production.`;
  const roles = rehearsal === null ? '' : ' Try "status"; "/as alice" may operate, "/as bob" may approve.';
  const line = `${where} You are ${session.name}.${roles}`;
  if (output !== null) output.print(`${line} "help" lists the commands.`);
  else if (rehearsal !== null || !json) tell(line);
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
