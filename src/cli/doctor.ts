/** `lockstep doctor`: the same checks as the command of that name, before anything else works. */
import { createConsoleChat } from '../adapters/console/chat.ts';
import { createOutput } from '../adapters/console/output.ts';
import { CONSOLE_ADDRESS } from '../adapters/console/session.ts';
import { COLOURED, PLAIN } from '../adapters/console/style.ts';
import { createClock } from '../adapters/system/clock.ts';
import { examine } from '../app/doctor.ts';
import { doctorMessage } from '../chat/views/doctor.ts';
import { complain } from './complain.ts';
import { openLockstep, terminalWidth } from './console.ts';
import { openConfigured } from './open.ts';
import { parseOptionsAlone } from './options.ts';

const USAGE = 'lockstep doctor [--config FILE] [--data DIR]';

/** 1 when a check failed. */
export async function doctorCommand(args: readonly string[]): Promise<number> {
  const parsed = parseOptionsAlone(args, { config: 'string', data: 'string' } as const, USAGE);
  if (!parsed.ok) return complain(parsed.error);
  const opened = openConfigured(parsed.value);
  if (!opened.ok) return opened.exitCode;
  const output = createOutput(process.stdout, false);
  const style = process.stdout.isTTY && process.stdout.hasColors() ? COLOURED : PLAIN;
  const layout = { width: terminalWidth(), style };
  const chat = createConsoleChat({ output, clock: createClock(), json: false, layout: () => layout });
  const started = await openLockstep(opened.target, chat);
  if (!started.ok) return complain(started.error);
  try {
    const data = await examine(started.value.deps, opened.target.config.clusters);
    await chat.post(CONSOLE_ADDRESS, { message: doctorMessage(data), data }, 'doctor');
    return data.checks.some((check) => check.state === 'fail') ? 1 : 0;
  } finally {
    await started.value.stop();
  }
}
