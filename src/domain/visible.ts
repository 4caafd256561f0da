/**
 * The one escaper for text that goes to people: whatever a terminal or a chat would act on instead of showing (control characters,
 * escape sequences, bidirectional overrides, invisible characters) becomes visible. Pure; every renderer passes all text through
 * it. Markup of a platform is that platform's own care.
 */
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const CONTROL = /[\u0000-\u001f\u007f]/g;
const HIDDEN =
  // oxlint-disable-next-line no-misleading-character-class -- single code points, one of them a joiner
  /[\u0080-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb]|[\u{e0000}-\u{e0fff}]/gu;

/** Nothing in it has to be made visible: nearly every text, and exports have tens of thousands of them. */
const PLAIN = /^[\u0020-\u007e]*$/;

/** One line: line breaks become `⏎`, a tabulator a blank. */
export function visibleLine(text: string): string {
  if (PLAIN.test(text)) return text;
  return neutralise(text.replace(/\r?\n/g, ' ⏎ ').replaceAll('\t', ' '));
}

/** Several lines, as a code block has them; tabulators become blanks up to the next stop of 8. */
export function visibleLines(text: string): readonly string[] {
  return text
    .replace(/\r\n/g, '\n')
    .split('\n')
    .map((line) => neutralise(expandTabs(line)));
}

function neutralise(text: string): string {
  return text.toWellFormed().replace(CONTROL, picture).replace(HIDDEN, byNumber);
}

/** `␛` for escape, `␀` for NUL, `␡` for delete. */
function picture(char: string): string {
  const codePoint = char.codePointAt(0) ?? 0;
  return codePoint === 0x7f ? '␡' : String.fromCodePoint(0x2400 + codePoint);
}

function byNumber(char: string): string {
  return `<U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}>`;
}

function expandTabs(line: string): string {
  if (!line.includes('\t')) return line;
  let out = '';
  for (const char of line) out += char === '\t' ? ' '.repeat(8 - (out.length % 8)) : char;
  return out;
}
