/** Readers that take each text format apart again, to what it says of every entry. */
import { z } from 'zod';
import { CSV_COLUMNS, uncell } from '../../src/report/csv.ts';
import type { TextFormat } from '../../src/report/formats.ts';
import { allOf, readCsv, readMarkdownRows, readMarkup, textIn, type Read } from './subjects.ts';

export const READERS: Readonly<Record<TextFormat, (text: string) => readonly Read[]>> = {
  md: (text) =>
    readMarkdownRows(text).map((cells) => ({
      id: Number(cells[0]),
      at: (cells[1] ?? '').replace(' ', 'T').replace('Z', ''),
      text: cells[4] ?? '',
    })),
  json: (text) => {
    const { entries } = z
      .object({ entries: z.array(z.object({ sequence: z.int(), happenedAt: z.string(), text: z.string() })) })
      .parse(JSON.parse(text));
    return entries.map(({ sequence, happenedAt, text: words }) => ({
      id: sequence,
      at: happenedAt.slice(0, 19),
      text: words,
    }));
  },
  csv: (text) =>
    readCsv(text)
      .slice(1)
      .map((row) => ({
        id: Number(row[0]),
        at: (row[1] ?? '').slice(0, 19),
        text: uncell(row[CSV_COLUMNS.indexOf('text')] ?? ''),
      })),
  html: (text) => {
    const [table] = allOf(readMarkup(text, true), ({ attributes }) => attributes['id'] === 'timeline');
    if (table === undefined) throw new Error('no table');
    return allOf(table, ({ attributes }) => /^e\d+$/.test(attributes['id'] ?? '')).map((row) => ({
      id: Number((row.attributes['id'] ?? '').slice(1)),
      at: (allOf(row, ({ name }) => name === 'time')[0]?.attributes['datetime'] ?? '').slice(0, 19),
      text: allOf(row, ({ attributes }) => attributes['class'] === 'x')
        .map(textIn)
        .join(''),
    }));
  },
  svg: (text) =>
    allOf(readMarkup(text), ({ attributes }) => 'data-entry' in attributes).map((mark) => ({
      id: Number(mark.attributes['data-entry']),
      at: (mark.attributes['data-at'] ?? '').slice(0, 19),
      text: allOf(mark, ({ name }) => name === 'title')
        .map(textIn)
        .join('')
        .replace(/^#\d+ \S+ /, ''),
    })),
};
