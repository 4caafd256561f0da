/**
 * A payload of the Slack adapter → HTML that looks like Slack: `mrkdwn` and blocks as the client shows them, code blocks broken where
 * they are too wide, buttons with what they ask. Reads the JSON alone, as Slack does.
 */
import { renderMessage } from '../../src/adapters/slack/render.ts';
import { asJson, asList, asText, type Json } from '../support/chat-wire.ts';
import { element, escapeHtml, replacePieces } from './html.ts';
import { nameOf } from './people.ts';
import type { Picture } from './picture.ts';

const PIECES = /```\n?([\s\S]*?)\n?```|`([^`\n]+)`|<([^<>]+)>|\*([^*\n]+)\*/g;

export function slackBody(picture: Picture): string {
  const { message, data } = picture.rendered;
  const { blocks } = renderMessage(message, data);
  return blocks.map((block) => blockHtml(asJson(block))).join('');
}

/** What a phone's lock screen shows. */
export function slackSummary(picture: Picture): string {
  const { message, data } = picture.rendered;
  return mrkdwnHtml(renderMessage(message, data).text);
}

/** What the buttons of the card ask before they count; it is not to be seen in the card itself. */
export function slackQuestions(picture: Picture): readonly string[] {
  const { message, data } = picture.rendered;
  return renderMessage(message, data)
    .blocks.filter(({ type }) => type === 'actions')
    .flatMap(({ elements }) => asList(elements))
    .map(asJson)
    .flatMap((button) => questionOf(button));
}

function questionOf(button: Json): readonly string[] {
  const label = wordsOf(button['text']);
  const confirm = asJson(button['confirm']);
  if (button['confirm'] !== undefined) {
    return [
      `${label} → “${wordsOf(confirm['title'])} ${wordsOf(confirm['text'])}” [${wordsOf(confirm['confirm'])}] [${wordsOf(confirm['deny'])}]`,
    ];
  }
  if (typeof button['value'] !== 'string') return [];
  const ask = asJson(JSON.parse(button['value']));
  return [`${label} → a form “${asText(ask['title'])}”: ${asText(ask['label'])}`];
}

function wordsOf(text: unknown): string {
  return escapeHtml(asText(asJson(text)['text']));
}

function blockHtml(block: Json): string {
  switch (block['type']) {
    case 'header':
      return element('div', 'header', wordsOf(block['text']));
    case 'section':
      return block['fields'] === undefined
        ? element('div', 'section', textHtml(block['text']))
        : element(
            'div',
            'fields',
            asList(block['fields'])
              .map((field) => element('div', '', textHtml(field)))
              .join(''),
          );
    case 'context':
      return element('div', 'context', asList(block['elements']).map(textHtml).join(' '));
    case 'divider':
      return '<hr>';
    case 'actions':
      return element(
        'div',
        'actions',
        asList(block['elements'])
          .map((button) => buttonHtml(asJson(button)))
          .join(''),
      );
    default:
      throw new Error(`no picture of a block ${String(block['type'])}`);
  }
}

function buttonHtml(button: Json): string {
  return element('span', `button ${asText(button['style'] ?? '')}`.trim(), wordsOf(button['text']));
}

function textHtml(text: unknown): string {
  const { type, text: words } = asJson(text);
  return type === 'mrkdwn' ? mrkdwnHtml(asText(words)) : escapeHtml(asText(words));
}

function mrkdwnHtml(text: string): string {
  return replacePieces(
    text,
    PIECES,
    ([, fence, code, construct, bold]) => {
      if (fence !== undefined) return element('pre', '', fence);
      if (code !== undefined) return element('code', '', code);
      if (construct !== undefined) return constructHtml(construct);
      return element('b', '', constructsHtml(bold ?? ''));
    },
    (plain) => plain.replaceAll('\n', '<br>'),
  )
    .replaceAll('</pre><br>', '</pre>')
    .replaceAll('<br><pre>', '<pre>');
}

function constructsHtml(text: string): string {
  return replacePieces(
    text,
    /<([^<>]+)>/g,
    ([, inner]) => constructHtml(inner ?? ''),
    (plain) => plain,
  );
}

function constructHtml(inner: string): string {
  if (inner.startsWith('@')) return element('span', 'mention', `@${nameOf(inner.slice(1)) ?? inner.slice(1)}`);
  const date = /^!date\^(\d+)\^/.exec(inner)?.[1];
  if (date !== undefined) return localTime(Number(date) * 1000);
  const [url = '', words] = inner.split('|');
  return element('span', 'link', words ?? url);
}

/** `{date_num} {time_secs}` as an English client shows it, in UTC here. */
function localTime(at: number): string {
  const [day = '', time = ''] = new Date(at).toISOString().split('T');
  const hour = Number(time.slice(0, 2));
  return `${day} ${((hour + 11) % 12) + 1}${time.slice(2, 8)} ${hour < 12 ? 'AM' : 'PM'}`;
}
