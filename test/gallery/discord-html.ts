/**
 * A payload of the Discord adapter → HTML that looks like Discord: content, embeds with their colour, rows of buttons. Reads the
 * payload alone, as Discord does.
 */
import { readStep } from '../../src/adapters/discord/buttons.ts';
import { renderPayload, type Payload } from '../../src/adapters/discord/render.ts';
import { PICTURED_AT } from './looking.ts';
import { element, escapeHtml, replacePieces } from './html.ts';
import { nameOf } from './people.ts';
import type { Picture } from './picture.ts';

const PIECES =
  /```\n?([\s\S]*?)\n?```|`([^`\n]+)`|\\([^0-9A-Za-z\s])|<t:(\d+):R>|<@(\d+)>|\[((?:\\.|[^\]\n])*)\]\(<([^>\s]*)>\)|\*\*((?:\\.|[^*\n])+)\*\*/g;
const STYLES: Readonly<Record<number, string>> = { 1: 'primary', 2: 'secondary', 4: 'danger' };

export function discordBody(picture: Picture): string {
  const payload = renderPayload(picture.rendered);
  const content = element('div', 'content', markdownHtml(payload.content));
  return content + payload.embeds.map(embedHtml).join('') + payload.components.map(rowHtml).join('');
}

/** What a click on a button asks first. */
export function discordQuestions(picture: Picture): readonly string[] {
  return picture.rendered.message.actions.flatMap(({ label, confirm, ask, token }) => {
    const shown = buttonsOf(renderPayload(picture.rendered)).find(({ id }) => readStep(id).token === token);
    if (shown === undefined || shown.id === token) return [];
    if (confirm !== null) return [escapeHtml(`${label} → only to you: “${confirm.title} ${confirm.text}”`)];
    return ask === undefined ? [] : [escapeHtml(`${label} → a form “${ask.title}”: ${ask.label}`)];
  });
}

function buttonsOf(payload: Payload): readonly { readonly id: string }[] {
  return payload.components.flatMap(({ components }) =>
    components.flatMap((button) => ('custom_id' in button ? [{ id: button.custom_id }] : [])),
  );
}

function embedHtml({ color, title, description }: Payload['embeds'][number]): string {
  const edge = `#${(color ?? 0).toString(16).padStart(6, '0')}`;
  const head = title === undefined ? '' : element('div', 'title', markdownHtml(title));
  const body = description === undefined ? '' : element('div', 'description', linesHtml(description));
  return `<div class="embed" style="border-left-color:${edge}">${head}${body}</div>`;
}

function rowHtml({ components }: Payload['components'][number]): string {
  const buttons = components.map((button) => {
    const label = 'label' in button ? (button.label ?? '') : '';
    return element('span', `button ${STYLES[button.style] ?? ''}`, escapeHtml(label));
  });
  return element('div', 'row', buttons.join(''));
}

/** Fences stand over lines; small print is a matter of one line. */
function linesHtml(text: string): string {
  return replacePieces(
    text,
    /```\n?([\s\S]*?)\n?```\n?/g,
    ([, fence]) => element('pre', '', escapeHtml(fence ?? '')),
    (plain) => plain.replace(/\n$/, '').split('\n').map(lineHtml).join(''),
  );
}

function lineHtml(line: string): string {
  if (line === '') return element('div', 'line', '&nbsp;');
  return line.startsWith('-# ')
    ? element('div', 'line small', markdownHtml(line.slice(3)))
    : element('div', 'line', markdownHtml(line));
}

function markdownHtml(text: string): string {
  return replacePieces(
    text,
    PIECES,
    ([, fence, code, sign, time, user, words, url, bold]) => {
      if (fence !== undefined) return element('pre', '', escapeHtml(fence));
      if (code !== undefined) return element('code', '', escapeHtml(code));
      if (sign !== undefined) return escapeHtml(sign);
      if (time !== undefined) return element('span', 'time', ago(Number(time) * 1000));
      if (user !== undefined) return element('span', 'mention', `@${nameOf(user) ?? user}`);
      if (url !== undefined) return element('span', 'link', markdownHtml(words ?? ''));
      return element('b', '', markdownHtml(bold ?? ''));
    },
    escapeHtml,
  );
}

function ago(at: number): string {
  const minutes = Math.round((at - PICTURED_AT) / 60_000);
  if (minutes === 0) return 'a few seconds ago';
  return minutes > 0 ? `in ${minutes} minutes` : `${-minutes} minutes ago`;
}
