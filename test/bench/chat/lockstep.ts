/** Lockstep as a process of its own, with the real SDKs: told over the parent's channel where its servers are; tells what it handled. */
import { COMMANDS } from '../../../commands/index.ts';
import { createLog } from '../../../src/adapters/system/log.ts';
import type { ChatAdapter } from '../../../src/app/surface.ts';
import { startService, type Service } from '../../../src/cli/service.ts';
import type { FromLockstep, Setup, ToLockstep } from './messages.ts';

function tell(message: FromLockstep): void {
  // A benchmark that was ended listens no more.
  if (process.connected) process.send?.(message);
}

/** Each event with what became of it: a second delivery is a `duplicate`, or never comes here. */
function counted(chat: ChatAdapter): ChatAdapter {
  return {
    ...chat,
    start: (surface) =>
      chat.start({
        ...surface,
        async handle(inbound) {
          const outcome = await surface.handle(inbound);
          tell({ kind: 'handled', platform: inbound.person.platform, outcome: outcome.kind });
          return outcome;
        },
      }),
  };
}

async function start({ clusters, dataDir, slack, discord, level }: Setup): Promise<Service> {
  const started = await startService({
    config: {
      clusters,
      slack: { botToken: slack.botToken, receive: { kind: 'socket', appToken: slack.appToken } },
      discord: { token: discord.token, guildId: discord.guildId },
      agentSocket: null,
    },
    dataDir,
    codeVersion: '0.0.0',
    command: 'bench',
    log: createLog({ level }),
    helpNotes: [],
    localChecks: () => Promise.resolve([]),
    say: (line) => tell({ kind: 'said', line }),
    endpoints: { slackApiUrl: slack.apiUrl, discordRest: { api: discord.apiUrl, version: '10' } },
    around: counted,
  });
  if (!started.ok) throw new Error(started.error.text);
  await started.value.greeted;
  return started.value;
}

let service: Service | null = null;

async function obey(message: ToLockstep): Promise<void> {
  if (message.kind === 'start') {
    service = await start(message.setup);
    tell({ kind: 'ready', commands: COMMANDS.map(({ name }) => name) });
  } else if (message.kind === 'settle') {
    await service?.lockstep.runsIdle();
    await service?.lockstep.outboxIdle();
    tell({ kind: 'settled' });
  } else {
    await service?.stop();
    process.disconnect();
  }
}

process.on('message', (message) => {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the parent is this benchmark
  obey(message as ToLockstep).catch((cause: unknown) => {
    process.stderr.write(`bench: ${String(cause)}\n`);
    process.exit(1);
  });
});
