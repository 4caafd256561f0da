/** The little of HTML that the pages need: escaping, and elements as text. */
export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** `inner` is HTML already. */
export function element(tag: string, className: string, inner: string): string {
  return `<${tag}${className === '' ? '' : ` class="${className}"`}>${inner}</${tag}>`;
}

/** A text in which some pieces are given as patterns with what they become, and the rest by `plain`. From left to right. */
export function replacePieces(
  text: string,
  pattern: RegExp,
  piece: (match: RegExpExecArray) => string,
  plain: (text: string) => string,
): string {
  let out = '';
  let from = 0;
  for (const match of text.matchAll(pattern)) {
    out += plain(text.slice(from, match.index)) + piece(match);
    from = match.index + match[0].length;
  }
  return out + plain(text.slice(from));
}
