/**
 * Text of others inside Markdown, as GitHub, GitLab and plain CommonMark read it: nothing of it is markup, ends a row, makes a link
 * or names a person. Pure.
 */
import { visibleLine, visibleLines } from '../domain/visible.ts';

const MARKUP = /[\\`*_{}[\]<>|#!~&@$]/g;

/** One line, and no character of it is Markdown. */
export function escapeMarkdown(text: string): string {
  return visibleLine(text)
    .replace(MARKUP, '\\$&')
    .replace(/:(?=\/\/)/g, '\\:')
    .replace(/\bwww\./gi, (match) => `${match.slice(0, 3)}\\.`)
    .replace(/^(\s*)([-+=]|\d+(?=[.)]))/, (_match, blanks: string, sign: string) =>
      /\d/.test(sign) ? `${blanks}${sign}\\` : `${blanks}\\${sign}`,
    )
    .trim();
}

/** A fence that the text can't close. */
export function fenceMarkdown(text: string, language: string): readonly string[] {
  const lines = visibleLines(text);
  const longest = Math.max(0, ...lines.flatMap((line) => [...line.matchAll(/`+/g)].map((match) => match[0].length)));
  const fence = '`'.repeat(Math.max(3, longest + 1));
  return [`${fence}${language}`, ...lines, fence];
}
