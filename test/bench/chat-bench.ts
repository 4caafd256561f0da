/**
 * One Lockstep on the strict Slack (Socket Mode) and the strict Discord while three members are black holes and every event comes twice:
 * fifty commands at once on each platform, then sockets that fall twenty times under a run. Exits 1 unless first answers are there in
 * time, every command has exactly one answer, and every card shows what the store says.
 */
import { availableParallelism, loadavg } from 'node:os';
import { closeAll, type Cleanup } from '../e2e/support/chat-world.ts';
import { discordAnswers, judgeAnswers, MIX, slackAnswers, type Typed } from './chat/answers.ts';
import { burst } from './chat/burst.ts';
import { judgeCards } from './chat/cards.ts';
import { dropSockets } from './chat/drops.ts';
import { CHANNELS, discordChannel, openStage, slackChannel, type Stage } from './chat/stage.ts';
import { quantile } from './stats.ts';

/** Both platforms allow 3 s. */
const FIRST_ANSWER_LIMIT_MS = 1_000;
/** The channel where people type while sockets fall. */
const DROPS_IN = 0;
const MOST_SHOWN = 10;

export async function benchChat(): Promise<boolean> {
  const cleanup: Cleanup = [];
  try {
    return await measure(await openStage(cleanup));
  } finally {
    await closeAll(cleanup);
  }
}

async function measure(stage: Stage): Promise<boolean> {
  const { lockstep } = stage;
  const first = await burst(stage);
  say(
    `\nChat: ${first.commands} commands at once on each platform, each delivered twice; three members are black holes`,
  );
  const inTime = [describeAnswers('Slack', first.slack), describeAnswers('Discord', first.discord)].every(Boolean);
  say(`  load average ${(loadavg()[0] ?? 0).toFixed(1)} on ${availableParallelism()} cores`);
  const answered = tell('one answer to each', [...first.lost, ...judgeChannels(stage, MIX, [])]);
  const drops = await dropSockets(stage, DROPS_IN);
  say(`  sockets cut: Slack came back ${drops.slackDrops} times, Discord resumed ${drops.resumes} times`);
  const kept = tell('no command lost, none answered twice', [...drops.lost, ...judgeChannels(stage, MIX, drops.typed)]);
  await lockstep.stop();
  const cards = await judgeCards(stage);
  const once = cards.runs.join() === 'succeeded' && cards.approvals === 1;
  say(`  runs ${cards.runs.join(', ')}, approved ${cards.approvals} time${once ? '' : 's   WRONG'}`);
  const shown = tell(`${cards.cards} cards, each as the store has it`, cards.wrong);
  const rules = tell('rules of the platforms', violationsOf(stage));
  return inTime && answered && kept && once && shown && rules;
}

function describeAnswers(platform: string, ms: readonly number[]): boolean {
  if (ms.length === 0) return tell(`${platform}: first answer`, ['none']);
  const p99 = quantile(ms, 0.99);
  const met = p99 <= FIRST_ANSWER_LIMIT_MS;
  const figure = (value: number): string => `${value.toFixed(0)} ms`.padStart(8);
  say(
    `  ${`${platform}: first answer`.padEnd(42)} p50 ${figure(quantile(ms, 0.5))}   p99 ${figure(p99)}   (at most ${FIRST_ANSWER_LIMIT_MS} ms)${met ? '' : '   OVER'}`,
  );
  return met;
}

function judgeChannels(
  { slack, discord }: Stage,
  typed: readonly Typed[],
  dropped: readonly Typed[],
): readonly string[] {
  return Array.from({ length: CHANNELS }, (_, n) => {
    const expected = n === DROPS_IN ? [...typed, ...dropped] : typed;
    return [
      ...judgeAnswers(`Slack, channel ${n}`, expected, slackAnswers(slack, slackChannel(n))),
      ...judgeAnswers(`Discord, channel ${n}`, expected, discordAnswers(discord, discordChannel(n))),
    ];
  }).flat();
}

function violationsOf({ slack, discord }: Stage): readonly string[] {
  return [...slack.violations, ...discord.violations].map(
    ({ kind, where, detail }) => `${kind} at ${where}: ${detail}`,
  );
}

/** True when nothing is wrong. */
function tell(what: string, wrong: readonly string[]): boolean {
  say(`  ${what.padEnd(42)} ${wrong.length === 0 ? 'yes' : `${wrong.length} WRONG`}`);
  for (const line of wrong.slice(0, MOST_SHOWN)) say(`      ${line}`);
  return wrong.length === 0;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
