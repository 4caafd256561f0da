/**
 * One incident's steps, taken by people on one platform each: the same line or the same button, as that platform lets people do it.
 * A step is over when the event was handled, no run is under way and every card is out.
 */
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { createConsoleChat } from '../../../src/adapters/console/chat.ts';
import { createSession } from '../../../src/adapters/console/session.ts';
import { PLAIN } from '../../../src/adapters/console/style.ts';
import { createLockstep, type Lockstep } from '../../../src/main.ts';
import type { DiscordServer } from '../../support/discord/server.ts';
import type { SlackServer } from '../../support/slack/server.ts';
import { createMemoryLog, realClock } from '../../support/ssh/system.ts';
import { makeTemporaryDirectory } from '../../support/temporary-directory.ts';
import {
  clustersFor,
  DISCORD,
  openDiscord,
  openService,
  openSlack,
  SLACK,
  type Cleanup,
  type Person,
} from './chat-world.ts';
import { createRecorder, finalOf, withButton, type Recorded, type Recorder } from './recorded.ts';
import { consoleVisible, discordVisible, slackVisible } from './visible.ts';

interface Typed {
  readonly command: string;
  readonly options: Readonly<Record<string, string>>;
}

export interface Side {
  readonly name: string;
  readonly messages: readonly Recorded[];
  type(person: Person, typed: Typed): Promise<void>;
  press(person: Person, label: string): Promise<void>;
  /** What a person reads of it now. */
  visible(message: Recorded): string;
  /** The buttons that it has there now. */
  buttons(message: Recorded): readonly string[];
  violations(): readonly unknown[];
}

async function settle({ runsIdle, outboxIdle }: Pick<Lockstep, 'runsIdle' | 'outboxIdle'>): Promise<void> {
  await runsIdle();
  await outboxIdle();
}

export async function slackSide(cleanup: Cleanup, configPath: string, mode: 'socket' | 'http'): Promise<Side> {
  const slack = await openSlack(cleanup, 'record');
  const slackPort = mode === 'http' ? await freePort() : undefined;
  const clusters = clustersFor(configPath, { slack: true, discord: false });
  const setup = slackPort === undefined ? { clusters, slack } : { clusters, slack, slackPort };
  if (slackPort !== undefined) slack.use({ kind: 'http', url: `http://127.0.0.1:${slackPort}/slack/events` });
  const { service, recorder } = await openService(cleanup, setup);
  return slackOver(slack, recorder, service.lockstep, mode);
}

export function slackOver(slack: SlackServer, recorder: Recorder, lockstep: Lockstep, mode: string): Side {
  const shown = ({ address, id }: Recorded) =>
    slack.message({ channel: address.channel, ts: id.replace(/^once:/, '') });
  const after = async (act: () => { readonly ack?: Promise<unknown> } | null): Promise<void> => {
    const before = recorder.handled();
    await act()?.ack;
    await recorder.untilHandled(before + 1);
    await settle(lockstep);
  };
  return {
    name: `slack ${mode}`,
    messages: recorder.messages,
    type: (person, typed) => after(() => slack.command(SLACK[person], SLACK.channel, lineOf(typed))),
    press: (person, label) => {
      const card = withButton(recorder.messages, label);
      return after(() => slack.click(SLACK[person], { channel: card.address.channel, ts: card.id }, label).delivery);
    },
    visible(message) {
      const found = shown(message);
      return found === undefined ? '' : slackVisible(found);
    },
    buttons: (message) => buttonLabels(shown(message)?.blocks ?? []),
    violations: () => slack.violations,
  };
}

export async function discordSide(cleanup: Cleanup, configPath: string): Promise<Side> {
  const discord = await openDiscord(cleanup);
  const clusters = clustersFor(configPath, { slack: false, discord: true });
  const { service, recorder } = await openService(cleanup, { clusters, discord });
  return discordOver(discord, recorder, service.lockstep);
}

export function discordOver(discord: DiscordServer, recorder: Recorder, lockstep: Lockstep): Side {
  const shown = ({ id }: Recorded) => discord.world.messages.find((one) => one.id === id && !one.deleted);
  const after = async (act: () => { readonly response: Promise<unknown> }): Promise<void> => {
    const before = recorder.handled();
    await act().response;
    await recorder.untilHandled(before + 1);
    await settle(lockstep);
  };
  return {
    name: 'discord',
    messages: recorder.messages,
    type: (person, { command, options }) =>
      after(() => discord.slash(DISCORD[person], DISCORD.channel, command, options)),
    async press(person, label) {
      const card = shown(withButton(recorder.messages, label));
      if (card === undefined) throw new Error(`the card with ${label} is gone`);
      const ref = { channel: card.channel, id: card.id };
      // A dangerous button asks first, and only this person sees the question.
      const before = discord.world.messages.length;
      const isAsked = finalOf(withButton(recorder.messages, label)).message.actions.some(
        (action) => action.label === label && action.confirm !== null,
      );
      if (!isAsked) return after(() => discord.click(DISCORD[person], ref, label));
      await discord.click(DISCORD[person], ref, label).response;
      const question = discord.world.messages
        .slice(before)
        .findLast(({ ephemeralTo }) => ephemeralTo === DISCORD[person]);
      if (question === undefined) throw new Error(`${label} asked nothing`);
      const [yes] = buttonLabels(question.components);
      await after(() => discord.click(DISCORD[person], { channel: question.channel, id: question.id }, yes ?? label));
    },
    visible(message) {
      const found = shown(message);
      return found === undefined ? '' : discordVisible(found);
    },
    buttons: (message) => buttonLabels(shown(message)?.components ?? []),
    violations: () => discord.violations,
  };
}

export async function consoleSide(cleanup: Cleanup, configPath: string): Promise<Side> {
  const folder = makeTemporaryDirectory();
  cleanup.push(async () => folder.remove());
  const recorder = createRecorder();
  const output = { print: () => undefined, progress: () => undefined };
  const layout = { width: 100, style: PLAIN };
  const chat = recorder.port(createConsoleChat({ output, clock: realClock, json: false, layout: () => layout }));
  const opened = await createLockstep({
    clusters: clustersFor(configPath, { slack: false, discord: false }),
    dataDir: folder.path,
    agentSocket: null,
    log: createMemoryLog(),
    codeVersion: '0.0.0',
    command: 'test',
    chats: [chat],
    minEditMs: 0,
    helpNotes: [],
    localChecks: () => Promise.resolve([]),
  });
  if (!opened.ok) throw new Error(opened.error.text);
  const lockstep = opened.value;
  cleanup.push(() => lockstep.stop());
  const { ids } = lockstep.deps;
  const session = createSession({ backend: lockstep, chat, ids, name: 'ada', osUser: 'tester', waitsForRuns: true });
  const { signal } = new AbortController();
  const say = async (person: Person, line: string): Promise<void> => {
    await session.line(`/as ${person}`, signal);
    await session.line(line, signal);
  };
  return {
    name: 'console',
    messages: recorder.messages,
    type: (person, typed) => say(person, lineOf(typed)),
    press(person, label) {
      const { actions } = finalOf(withButton(recorder.messages, label)).message;
      return say(person, String(actions.findIndex((action) => action.label === label) + 1));
    },
    visible: (message) => consoleVisible(finalOf(message).message),
    buttons: (message) => finalOf(message).message.actions.map(({ label }) => label),
    violations: () => [],
  };
}

function lineOf({ command, options }: Typed): string {
  return [command, ...Object.values(options)].join(' ');
}

type Holder = Readonly<Record<string, unknown>>;

/** Slack's `actions` blocks and Discord's rows alike: elements with the words that a person reads. */
function buttonLabels(holders: readonly Holder[]): readonly string[] {
  return holders.flatMap((holder) => {
    const elements = (holder['elements'] ?? holder['components'] ?? []) as readonly Holder[];
    return elements
      .filter(({ type }) => type === 'button' || type === 2)
      .map(({ text, label }) => String((text as Holder | undefined)?.['text'] ?? label));
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return port;
}
