/** `lockstep start`: the service. Connects to the chats whose tokens are configured; without any there is nobody to talk to. */
import { complain } from './complain.ts';
import { openConfigured } from './open.ts';
import { parseOptionsAlone } from './options.ts';

const USAGE = 'lockstep start [--config FILE] [--data DIR]';

export function startCommand(args: readonly string[]): Promise<number> {
  return Promise.resolve(start(args));
}

function start(args: readonly string[]): number {
  const parsed = parseOptionsAlone(args, { config: 'string', data: 'string' } as const, USAGE);
  if (!parsed.ok) return complain(parsed.error);
  const opened = openConfigured(parsed.value);
  if (!opened.ok) return opened.exitCode;
  const { slack, discord } = opened.target.config;
  if (slack === null && discord === null) {
    return complain({
      text: 'No chat is configured: there is no token in the environment or in .env.',
      next: 'Set SLACK_BOT_TOKEN and SLACK_APP_TOKEN, or DISCORD_BOT_TOKEN; or use "lockstep console".',
    });
  }
  return complain({
    text: 'This version of Lockstep has no adapter for Slack or Discord yet.',
    next: 'Use "lockstep console --config clusters.yaml".',
  });
}
