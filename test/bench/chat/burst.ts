/** Fifty commands at once on each platform, each delivered twice: how soon the first answer is there, as the servers measure it. */
import { MIX } from './answers.ts';
import { within } from './drops.ts';
import { CHANNELS, discordChannel, slackChannel, VIEWER, type Stage } from './stage.ts';

export interface Burst {
  readonly commands: number;
  /** From the delivery to the acknowledgement, in ms. */
  readonly slack: readonly number[];
  readonly discord: readonly number[];
  /** Commands that had no first answer. */
  readonly lost: readonly string[];
}

const FIRST_ANSWER_MS = 15_000;
const ANSWERS_MS = 60_000;

export async function burst({ slack, discord, lockstep }: Stage): Promise<Burst> {
  const channels = Array.from({ length: CHANNELS }, (_, n) => n);
  const all = channels.flatMap((n) => MIX.map((typed) => ({ n, typed })));
  const lost: string[] = [];
  const asked = all.map(({ n, typed }) => ({
    slack: slack.command(VIEWER.slack, slackChannel(n), typed.line).ack,
    discord: discord.slash(VIEWER.discord, discordChannel(n), typed.command, typed.options).response,
  }));
  const inSlack = asked.map(async (one) => {
    const ack = await within(one.slack, FIRST_ANSWER_MS, 'a first answer in Slack');
    if (ack.kind === 'failed') throw new Error(`Slack: ${ack.reason}`);
    return ack.afterMs;
  });
  const inDiscord = asked.map(
    async (one) => (await within(one.discord, FIRST_ANSWER_MS, 'a first answer in Discord')).afterMs,
  );
  const measured = async (answers: readonly Promise<number>[]): Promise<readonly number[]> =>
    (await Promise.allSettled(answers)).flatMap((answer) => {
      if (answer.status === 'fulfilled') return [answer.value];
      lost.push(String(answer.reason));
      return [];
    });
  const [slackMs, discordMs] = await Promise.all([measured(inSlack), measured(inDiscord)]);
  const handled = (): boolean =>
    (['slack', 'discord'] as const).every((platform) => lockstep.count(platform, 'handled') >= all.length);
  await lockstep.until(handled, 'all answers', ANSWERS_MS);
  await lockstep.settle(ANSWERS_MS);
  return { commands: all.length, slack: slackMs, discord: discordMs, lost };
}
