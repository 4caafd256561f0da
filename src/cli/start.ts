/** `lockstep start`: the service. Connects to the chats whose tokens are configured; without any there is nobody to talk to. */
import { createLog } from '../adapters/system/log.ts';
import { complain, tell } from './complain.ts';
import { helpNotes } from './help-notes.ts';
import { localChecks } from './local-checks.ts';
import { openConfigured, type Target } from './open.ts';
import { parseOptionsAlone } from './options.ts';
import { startService, type Service } from './service.ts';
import { onSignals } from './signals.ts';
import { surviveStrayFailures } from './stray-failures.ts';
import { readVersion } from './version.ts';

const USAGE = 'lockstep start [--config FILE] [--data DIR]';

/** 0 when it was told to end and drained; 1 when something in Lockstep itself went wrong. */
export async function startCommand(args: readonly string[]): Promise<number> {
  const parsed = parseOptionsAlone(args, { config: 'string', data: 'string' } as const, USAGE);
  if (!parsed.ok) return complain(parsed.error);
  const opened = openConfigured(parsed.value);
  if (!opened.ok) return opened.exitCode;
  const { slack, discord } = opened.target.config;
  if (slack !== null || discord !== null) return serve(opened.target);
  return complain({
    text: 'No chat is configured: there is no token in the environment or in .env.',
    next: 'Set SLACK_BOT_TOKEN and SLACK_APP_TOKEN, or DISCORD_BOT_TOKEN; or use "lockstep console".',
  });
}

async function serve(target: Target): Promise<number> {
  const { config, dataDir } = target;
  const log = createLog({ level: config.logLevel });
  for (const secret of config.secrets) log.registerSecret(secret);
  const stop = onSignals({ interrupts: true });
  surviveStrayFailures(log);
  say(`Lockstep ${readVersion()}; clusters: ${config.clusters.map(({ name }) => name).join(', ')}; data: ${dataDir}`);
  const started = await startService({
    config,
    dataDir,
    log,
    codeVersion: readVersion(),
    command: ['lockstep', ...process.argv.slice(2)].join(' '),
    helpNotes: helpNotes(target),
    localChecks: (store) => localChecks(target, store),
    say,
  });
  if (!started.ok) return complain(started.error);
  return untilStopped(started.value, stop);
}

async function untilStopped(service: Service, stop: AbortSignal): Promise<number> {
  try {
    const broken = await Promise.race([aborted(stop).then(() => null), failureOf(service.reconciled)]);
    if (broken !== null) {
      tell(`lockstep: what an earlier process left could not be taken up: ${broken}`);
      tell('Next: lockstep doctor');
    }
    say('Ending: nothing new is taken, and what is under way finishes its step. A second signal ends at once.');
    return broken === null ? 0 : 1;
  } finally {
    await service.stop();
    say('Ended.');
  }
}

/** Resolves only when it fails. */
function failureOf(work: Promise<unknown>): Promise<string> {
  return new Promise((resolve) => {
    work.catch((cause: unknown) => resolve(cause instanceof Error ? cause.message : String(cause)));
  });
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
