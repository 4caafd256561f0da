/** The SDK's log lines through ours: static message, its words as a field, secrets scrubbed there. Its debug lines are left out. */
import { LogLevel, type Logger } from '@slack/bolt';
import type { Log } from '../../ports/system.ts';

const LONGEST = 500;

export function createLogger(log: Log): Logger {
  const words = (all: readonly unknown[]): { readonly words: string } => ({
    words: all
      .map((one) => (one instanceof Error ? one.message : String(one)))
      .join(' ')
      .slice(0, LONGEST),
  });
  return {
    debug: () => undefined,
    info: (...all: unknown[]) => log.debug('the Slack SDK says', words(all)),
    warn: (...all: unknown[]) => log.warn('the Slack SDK warns', words(all)),
    error: (...all: unknown[]) => log.warn('the Slack SDK reports an error', words(all)),
    setLevel: () => undefined,
    getLevel: () => LogLevel.INFO,
    setName: () => undefined,
  };
}
