/**
 * The one escaper for Discord: text that somebody else wrote can't format, mention, link, quote, break out of a fence, or hide.
 * Pure. Whatever is invisible becomes visible first (`chat/visible`); a backslash before a sign shows the sign
 * (https://support.discord.com/hc/articles/210298617). Pings are switched off besides, by `allowed_mentions`.
 */
import { visibleLine, visibleLines } from '../../chat/visible.ts';

/** Looks like a backtick and opens nothing. */
const QUIET_TICK = '\u02cb';
const MARKUP = /[\\*_~`|<[\]@]/g;
const SCHEME = /:(?=\/\/)/g;
/** Discord makes cards of these even without a scheme. */
const INVITE = /(discord(?:app)?\.(?:gg|com|new|gift|media|dev))\//gi;
/** Headings, small print, quotes and lists, at the beginning of a line alone. */
const LINE_START = /^(\s*)(#{1,3}(?=\s|$)|-#|>|[-+](?=\s|$))/;
const NUMBERED = /^(\s*\d+)\.(?=\s|$)/;

/** One line of plain text. The result may be put between other parts of a line; `guardLine` finishes the line. */
export function escapeText(text: string): string {
  return visibleLine(text).replace(MARKUP, '\\$&').replace(SCHEME, '\\:').replace(INVITE, '$1\\/');
}

/** A line made of escaped parts: what stands at its beginning starts no heading, quote or list. */
export function guardLine(line: string): string {
  return line.replace(LINE_START, '$1\\$2').replace(NUMBERED, '$1\\.');
}

/** A whole line by itself. */
export function escapeLine(text: string): string {
  return guardLine(escapeText(text));
}

/** Words in code style: nothing in them acts, and the style can't be closed from within. */
export function monoText(text: string): string {
  const shown = visibleLine(text).replaceAll('`', QUIET_TICK);
  return shown.trim() === '' ? '' : `\`${shown}\``;
}

/** Words in bold: the marks stand beside what is no blank, and blanks around them stay. */
export function boldText(text: string): string {
  const inner = escapeText(text);
  const words = inner.trim();
  return words === '' ? inner : inner.replace(words, () => `**${words}**`);
}

/** Lines for a fence: no run of three backticks is left that could close it. */
export function fenceLines(text: string): readonly string[] {
  return visibleLines(text.replace(/\n+$/, '')).map(quietTicks);
}

export function fence(lines: readonly string[]): string {
  return `\`\`\`\n${lines.join('\n')}\n\`\`\``;
}

/** What one adds to a fence's content by `fence`. */
export const FENCE_COST = fence(['']).length;

function quietTicks(line: string): string {
  return line.replace(/`{3,}/g, (run) => QUIET_TICK.repeat(run.length));
}

/** What a reader sees of escaped text, for the name of a thread. */
export function unescape(text: string): string {
  return text.replace(/\\([^0-9A-Za-z\s])/g, '$1');
}

/** At most `length` UTF-16 units, cut between characters, with a sign that it was cut. For text that is not escaped yet. */
export function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  return `${text.slice(0, Math.max(0, length - 1)).replace(/[\ud800-\udbff]$/, '')}…`.slice(0, length);
}

/** The same for escaped text: a cut leaves no lone backslash behind. */
export function cutEscaped(text: string, length: number): string {
  if (text.length <= length) return text;
  const short = text.slice(0, Math.max(0, length - 1)).replace(/[\ud800-\udbff]$/, '');
  return `${short.replace(/(?<!\\)((?:\\\\)*)\\$/, '$1')}…`;
}
