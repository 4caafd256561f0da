/** What a person reads of a message on each platform: escapes undone, marks of style taken away, lines as they stand. */
import { renderMessage } from '../../../src/adapters/console/render.ts';
import { PLAIN } from '../../../src/adapters/console/style.ts';
import type { Message } from '../../../src/chat/message.ts';
import { asJson, asList, asText } from '../../support/chat-wire.ts';
import type { DiscordMessage } from '../../support/discord/types.ts';
import { readMrkdwn } from '../../support/slack/mrkdwn.ts';
import type { SlackMessage } from '../../support/slack/types.ts';

/** The look-alikes that Slack's escaper puts in the place of marks that can't be escaped there. */
const LOOK_ALIKES: Readonly<Record<string, string>> = { '∗': '*', '∼': '~', ˋ: '`', ˍ: '_', '∶': ':', '›': '>' };

const TONE_SIGN = /^\p{Extended_Pictographic}\s*/u;

export function slackVisible({ text, blocks }: Pick<SlackMessage, 'text' | 'blocks'>): string {
  const lines = blocks.flatMap((block) => {
    const parts = [block['text'], ...asList(block['fields']), ...asList(block['elements'])].map(asJson);
    return parts.filter(({ type }) => type === 'mrkdwn' || type === 'plain_text').map(slackText);
  });
  return (lines.length === 0 ? [readMrkdwn(text)] : lines).join('\n');
}

function slackText(part: Readonly<Record<string, unknown>>): string {
  const text = asText(part['text']);
  if (part['type'] === 'plain_text') return text.replace(TONE_SIGN, '');
  // A mention is the person who is meant, by whatever name the client shows.
  const bare = readMrkdwn(text.replace(/<@(U\w+)>/g, 'slack:$1'))
    .replaceAll('```', '\n')
    .replace(/[`*]/g, '');
  return bare.replace(/[∗∼ˋˍ∶›]/g, (sign) => LOOK_ALIKES[sign] ?? sign);
}

export function discordVisible({ content, embeds }: Pick<DiscordMessage, 'content' | 'embeds'>): string {
  const parts = embeds.flatMap((embed) => [asText(embed['title']), asText(embed['description'])]);
  return [content.replace(TONE_SIGN, ''), ...parts].map(discordText).join('\n');
}

function discordText(text: string): string {
  return text
    .replace(/```\n?([\s\S]*?)```|\\([^0-9A-Za-z\s])|\*\*|`|^-# /gm, (whole, fenced?: string, sign?: string) => {
      if (fenced !== undefined) return `\n${fenced}\n`;
      return sign ?? (whole === '' ? whole : '');
    })
    .replace(/<@(\d+)>/g, 'discord:$1')
    .replace(/ ?\(<t:\d+:R>\)/g, '')
    .replaceAll('ˋ', '`');
}

export function consoleVisible(message: Message): string {
  return renderMessage({ ...message, actions: [] }, { width: 100, style: PLAIN }).join('\n');
}
