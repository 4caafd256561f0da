/**
 * The one escaper of Slack: whatever somebody else wrote comes out as text that mentions nobody, links nowhere, formats nothing and
 * closes no fence. Pure. Control sequences go through `&`, `<` and `>` alone
 * (https://docs.slack.dev/messaging/formatting-message-text#escaping); `mrkdwn` has no escape for its own marks, so that those are
 * shown by characters that look the same. Inside code nothing but the backtick has to give way.
 */
import { visibleLine, visibleLines } from '../../chat/visible.ts';

/** Mark → the character that is shown in its place. */
export const LOOK_ALIKE = { '*': '∗', '~': '∼', '`': 'ˋ', _: 'ˍ', ':': '∶', '>': '›' } as const;

const EDGE_UNDERSCORE = /(?<![\p{L}\p{N}_])_+|_+(?![\p{L}\p{N}_])/gu;
const EMOJI = /:(?=[\p{L}\p{N}_+'-]{0,100}:)(?![\p{N}-]*:)/gu;

/** Text for a `plain_text` object: nothing in it is parsed. */
export function plainText(text: string, most: number): string {
  return cut(visibleLine(text), most);
}

/** Text for `mrkdwn`, on one line. */
export function escapeText(text: string): string {
  return escapeControl(
    visibleLine(text)
      .replaceAll('*', LOOK_ALIKE['*'])
      .replaceAll('~', LOOK_ALIKE['~'])
      .replaceAll('`', LOOK_ALIKE['`'])
      .replace(EDGE_UNDERSCORE, (run) => LOOK_ALIKE._.repeat(run.length))
      .replace(EMOJI, LOOK_ALIKE[':']),
  );
}

/** A line of `mrkdwn` that would begin a quotation does not. */
export function guardLine(line: string): string {
  return line.replace(
    /^(\s*)((?:&gt;)+)/,
    (_, blanks: string, signs: string) => blanks + signs.replaceAll('&gt;', LOOK_ALIKE['>']),
  );
}

/** `word` in a code span; what is blank stays plain, since an empty span would show its backticks. */
export function monoText(text: string): string {
  const inner = escapeControl(visibleLine(text).replaceAll('`', LOOK_ALIKE['`']));
  return inner.trim() === '' ? inner : `\`${inner}\``;
}

/** `mrkdwn` in bold. The marks count only beside what is no blank. */
export function boldText(text: string): string {
  const inner = escapeText(text);
  const words = inner.trim();
  return words === '' ? inner : inner.replace(words, () => `*${words}*`);
}

/** Lines for a fence, each escaped, in which no fence can end. */
export function fenceLines(text: string): readonly string[] {
  return visibleLines(text).map((line) =>
    escapeControl(
      line.replaceAll('`', (mark, at: number, all: string) => {
        const isLone = all[at - 1] !== mark && all[at + 1] !== mark;
        return isLone ? mark : LOOK_ALIKE['`'];
      }),
    ),
  );
}

export function fence(lines: readonly string[]): string {
  return `\`\`\`\n${lines.join('\n')}\n\`\`\``;
}

export const FENCE_COST = fence([]).length;

/** Of a URL, only what can stand in `<…|…>`; null for what is no web address. */
export function linkTarget(url: string): string | null {
  if (!/^https?:\/\/[^\s<>|"`]+$/i.test(url) || !URL.canParse(url)) return null;
  return url.length > 2000 ? null : url.replaceAll('&', '&amp;');
}

/** Shortens, never through the middle of a character. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  return `${text
    .slice(0, Math.max(0, most - 1))
    .toWellFormed()
    .replace(/\ufffd$/, '')}…`;
}

/** Shortens `mrkdwn` made by this module: no entity, link or span is left open. */
export function cutEscaped(text: string, most: number): string {
  if (text.length <= most) return text;
  let kept = text
    .slice(0, Math.max(0, most - 3))
    .toWellFormed()
    .replace(/\ufffd$/, '');
  if (kept.lastIndexOf('<') > kept.lastIndexOf('>')) kept = kept.slice(0, kept.lastIndexOf('<'));
  kept = kept.replace(/&[a-z]{0,4}$/, '');
  const open = (mark: string): string => (kept.split(mark).length % 2 === 0 ? mark : '');
  return `${kept}…${open('`')}${open('*')}`;
}

function escapeControl(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** What a person typed, as Slack hands it over: entities, mentions and links become the characters that were meant. */
export function unescapeInput(text: string): string {
  return text
    .replace(/<([^<>|]*)\|([^<>]*)>/g, (_, target: string, label: string) => (label === '' ? target : label))
    .replace(/<((?:https?:|mailto:)[^<>]*)>/g, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
