/**
 * Both sockets are cut again and again while people type and a run is under way. In Slack the command is typed while there is a socket,
 * since Slack itself tells the person otherwise; in Discord it is typed while there is none, and comes with the resumed session.
 */
import { DISCORD, SLACK } from '../../e2e/support/chat-world.ts';
import { helpFor, type Typed } from './answers.ts';
import { discordChannel, slackChannel, VIEWER, type Stage } from './stage.ts';

const DROPS = 20;
const BACK_MS = 15_000;
const COMMANDS = ['status', 'explain', 'recover', 'approve', 'reject'];

export interface Dropped {
  readonly slackDrops: number;
  readonly resumes: number;
  readonly typed: readonly Typed[];
  /** Commands that were never acknowledged. */
  readonly lost: readonly string[];
}

export async function dropSockets(stage: Stage, channel: number): Promise<Dropped> {
  const { slack, discord, lockstep } = stage;
  await beginRun(stage);
  const sockets = slack.sockets.total();
  const resumed = discord.gateway.resumes();
  const typed: Typed[] = [];
  const lost: string[] = [];
  const pending: Promise<unknown>[] = [];
  for (let n = 0; n < DROPS; n += 1) {
    const one = helpFor(COMMANDS[n % COMMANDS.length] ?? 'status');
    typed.push(one);
    await within(slack.sockets.connected(1), BACK_MS, 'the Slack socket');
    await within(discord.gateway.connected(1), BACK_MS, 'the Discord session');
    const ack = await slack.command(VIEWER.slack, slackChannel(channel), one.line).ack;
    if (ack.kind === 'failed') lost.push(`Slack "${one.line}": ${ack.reason}`);
    slack.sockets.drop();
    discord.gateway.drop();
    pending.push(discord.slash(VIEWER.discord, discordChannel(channel), one.command, one.options).response);
  }
  await within(Promise.all(pending), BACK_MS, 'an answer to a Discord command').catch((error: unknown) =>
    lost.push(String(error)),
  );
  await within(slack.sockets.connected(1), BACK_MS, 'the Slack socket');
  await lockstep.settle(60_000);
  return { slackDrops: slack.sockets.total() - sockets, resumes: discord.gateway.resumes() - resumed, typed, lost };
}

/** Asked for in Slack, approved in Discord; it is under way while the sockets fall. */
async function beginRun({ slack, discord, lockstep }: Stage): Promise<void> {
  const before = lockstep.count('slack', 'handled');
  slack.command(SLACK.ada, SLACK.channel, 'recover rehearsal');
  await lockstep.until(() => lockstep.count('slack', 'handled') > before, 'the plan', 40_000);
  await within(discord.slash(DISCORD.ben, DISCORD.channel, 'approve', {}).response, BACK_MS, 'the approval');
}

export async function within<T>(work: Promise<T>, ms: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: not within ${ms / 1000} s`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
