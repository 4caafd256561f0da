/** What stands in a channel for each command that was typed there: one answer each, counted by its words. */
import type { DiscordServer } from '../../support/discord/server.ts';
import type { SlackServer } from '../../support/slack/server.ts';

export interface Typed {
  /** As in Slack. */
  readonly line: string;
  readonly command: string;
  readonly options: Readonly<Record<string, string>>;
  /** Of the summary of its one answer. */
  readonly answer: RegExp;
}

/** One of each in every channel. */
export const MIX: readonly Typed[] = [
  { line: 'status dark', command: 'status', options: { cluster: 'dark' }, answer: /dark: needs attention/ },
  { line: 'help', command: 'help', options: {}, answer: /What Lockstep can do/ },
  helpFor('recover'),
  { line: 'runs', command: 'runs', options: {}, answer: /No runs yet/ },
  { line: 'recover dark', command: 'recover', options: { cluster: 'dark' }, answer: /Not doing recover on dark/ },
];

export function helpFor(command: string): Typed {
  return { line: `help ${command}`, command: 'help', options: { command }, answer: new RegExp(` ${command}: `) };
}

/** Summaries of what stands there for everybody outside threads, and of what was said to one person. */
export function slackAnswers(slack: SlackServer, channel: string): readonly string[] {
  return slack.messages(channel, { thread: null }).flatMap(({ own, text }) => (own ? [text] : []));
}

export function discordAnswers(discord: DiscordServer, channel: string): readonly string[] {
  // Our messages always begin with a line; one without is the platform's own "thinking …", which goes again.
  return discord.messages(channel).flatMap(({ own, content }) => (own && content !== '' ? [content] : []));
}

/** In words, what is wrong; empty when every command has its one answer and nothing else was said. */
export function judgeAnswers(where: string, typed: readonly Typed[], answers: readonly string[]): readonly string[] {
  const left = [...answers];
  const missing = typed.filter(({ answer }) => {
    const at = left.findIndex((text) => answer.test(text));
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  return [
    ...missing.map(({ line }) => `${where}: no answer to "${line}"`),
    ...left.map((text) => `${where}: one answer too many, "${text.slice(0, 80)}"`),
  ];
}
