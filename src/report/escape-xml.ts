/** Text of others inside SVG and HTML, in element content and in quoted attributes. Pure. */
import { visibleLine, visibleLines } from '../domain/visible.ts';

const ENTITY: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** One line. */
export function escapeXml(text: string): string {
  return entities(visibleLine(text));
}

/** Several lines, for `pre`. */
export function escapeXmlLines(text: string): string {
  return entities(visibleLines(text).join('\n'));
}

/** XML has no form at all for the two last code points of the plane. */
function entities(text: string): string {
  return text.replace(/[\ufffe\uffff]/g, '\ufffd').replace(/[&<>"']/g, (char) => ENTITY[char] ?? '');
}
