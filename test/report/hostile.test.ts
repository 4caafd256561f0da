/** Hostile text stays text in every export: what is read back is what was written, and the structure around it is whole. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { visibleLine, visibleLines } from '../../src/domain/visible.ts';
import type { TimelineEntry } from '../../src/domain/timeline.ts';
import { CSV_COLUMNS, reportCsv, uncell } from '../../src/report/csv.ts';
import { reportHtml } from '../../src/report/html.ts';
import { reportMarkdown } from '../../src/report/markdown.ts';
import { reportSvg } from '../../src/report/svg/picture.ts';
import { newIncident } from '../../src/domain/incident.ts';
import { requireIncidentId } from '../../src/domain/ids.ts';
import { NOW } from '../support/observation.ts';
import { allOf, anEntry, aSubject, M1, PROD, readCsv, readMarkdownRows, readMarkup, textIn } from './subjects.ts';

const ATTACKS = [
  '=HYPERLINK("http://e")',
  '+1',
  '-1+1',
  '@SUM(A1)',
  '\t=1',
  ' =1',
  'a;=1',
  "';'=1",
  '|calc',
  '＝1',
  '</title><script>alert(1)</script>',
  '" onload="alert(1)',
  "' x='",
  ']]>',
  '<!-- -->',
  '&lt;&#0;&amp',
  '| a | b |',
  '\\| x',
  '[x](http://e "y")',
  '![x](http://e)',
  '```\n# out\n```',
  '~~~',
  '<details>',
  '# head',
  '- item',
  '1. one',
  'http://evil.example www.evil.example a@b.c @team #1',
  'a\r\nb\u2028c\u2029d',
  '\u202e\u0000\u001b[31m\ud800\uffff\ufffe',
  '$x$ $$y$$',
];

const hostile = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...ATTACKS) },
  fc.string({ unit: 'binary' }),
  fc
    .array(fc.constantFrom(...`=+-@;'"\\|\`<>&#*_[]()!~$\n\r\t ,.1a:/`.split('')), { maxLength: 20 })
    .map((chars) => chars.join('')),
);

const entry: fc.Arbitrary<TimelineEntry> = fc
  .record({ text: hostile, actor: hostile, evidence: hostile, author: hostile, link: hostile, named: fc.boolean() })
  .map(({ named, ...part }) => anEntry({ ...part, member: named ? M1 : null }));
const entries = fc
  .array(entry, { maxLength: 5 })
  .map((list) => list.map((each, index) => ({ ...each, sequence: index + 1, happenedAt: NOW + index * 1000 })));

const lines = (text: string | null): string => visibleLines(text ?? '').join('\n');
/** XML has no form at all for these two. */
const inXml = (text: string): string => text.replace(/[\ufffe\uffff]/g, '\ufffd');

function subjectWith(list: readonly TimelineEntry[], title: string): ReturnType<typeof aSubject> {
  const incident = newIncident({
    id: requireIncidentId('iaaaaaa'),
    cluster: PROD,
    title,
    severity: 'major',
    origin: 'person',
    place: { platform: 'console', channel: 'here', thread: null },
    opened: { at: NOW, by: title },
  });
  return aSubject(list, {
    kind: 'incident',
    name: incident.id,
    incident: { ...incident, lead: title, summary: title },
  });
}

describe('whatever a text holds', () => {
  test('CSV gives it back, and no cell begins like a formula', () => {
    fc.assert(
      fc.property(entries, (list) => {
        const rows = readCsv(reportCsv(aSubject(list)));
        expect(rows).toHaveLength(list.length + 1);
        for (const row of rows) {
          expect(row).toHaveLength(CSV_COLUMNS.length);
          for (const cell of row) {
            expect(cell).not.toMatch(/^\s*[=+\-@|%＝＋－＠]/);
            expect(cell).not.toMatch(/;\s*[=+\-@＝＋－＠]/);
          }
        }
        const read = rows
          .slice(1)
          .map((row) =>
            ['actor', 'text', 'evidence', 'author', 'link'].map((name) =>
              uncell(row[CSV_COLUMNS.findIndex((each) => each === name)] ?? ''),
            ),
          );
        expect(read).toEqual(
          list.map(({ actor, text, evidence, author, link }) => [
            visibleLine(actor),
            visibleLine(text),
            lines(evidence),
            visibleLine(author ?? ''),
            visibleLine(link ?? ''),
          ]),
        );
      }),
    );
  });

  test('Markdown keeps one row of six cells for it, without markup', () => {
    fc.assert(
      fc.property(entries, hostile, (list, title) => {
        const rows = readMarkdownRows(reportMarkdown(subjectWith(list, title)));
        expect(rows.map((row) => row.length)).toEqual(list.map(() => 6));
        expect(rows.map((row) => [row[2], row[4]])).toEqual(
          list.map(({ actor, text }) => [visibleLine(actor).trim(), visibleLine(text).trim()]),
        );
      }),
    );
  });

  test('Markdown has exactly its own headings outside fences', () => {
    fc.assert(
      fc.property(entries, hostile, (list, title) => {
        const report = reportMarkdown(subjectWith(list, title));
        expect(
          outsideFences(report)
            .filter((line) => /^#+ /.test(line))
            .slice(1),
        ).toEqual(
          ['Summary', 'Impact', 'Detection', 'Timeline', 'Commands run', 'What helped', 'Follow-ups'].map(
            (name) => `## ${name}`,
          ),
        );
      }),
    );
  });

  test('HTML is whole, has no element of its making, and gives it back', () => {
    fc.assert(
      fc.property(entries, hostile, (list, title) => {
        const root = readMarkup(reportHtml(subjectWith(list, title)), true);
        expect(allOf(root, ({ name }) => name === 'script')).toHaveLength(1);
        expect(allOf(root, ({ attributes }) => Object.keys(attributes).some((key) => key.startsWith('on')))).toEqual(
          [],
        );
        expect(allOf(root, ({ attributes }) => attributes['class'] === 'x').map(textIn)).toEqual(
          list.map(({ text }) => inXml(visibleLine(text))),
        );
        expect(allOf(root, ({ name }) => name === 'pre').map(textIn)).toEqual(
          list.filter(({ evidence }) => (evidence ?? '').trim() !== '').map(({ evidence }) => inXml(lines(evidence))),
        );
      }),
    );
  });

  test('SVG is well-formed, and gives it back', () => {
    fc.assert(
      fc.property(
        entries,
        hostile,
        fc.constantFrom('light' as const, 'dark' as const, 'auto' as const),
        (list, title, theme) => {
          const root = readMarkup(reportSvg(subjectWith(list, title), theme));
          const marks = allOf(root, ({ attributes }) => 'data-entry' in attributes);
          expect(marks.map((mark) => textIn(mark).replace(/^#\d+ \S+ /, ''))).toEqual(
            list.map(({ text }) => inXml(visibleLine(text))),
          );
          expect(allOf(root, ({ name }) => !KNOWN.has(name)).map(({ name }) => name)).toEqual(['']);
        },
      ),
    );
  });
});

test.each([
  ['markup that is not closed in order', () => readMarkup('<a><b></a></b>')],
  ['a bare sign in markup', () => readMarkup('<a>1 < 2</a>')],
  ['an entity that is none', () => readMarkup('<a>R&D</a>')],
  ['a quote inside a bare cell', () => readCsv('a"b\r\n')],
  ['a line break inside a bare cell', () => readCsv('a\nb\r\n')],
  ['a star in a cell of Markdown', () => readMarkdownRows('## Timeline\n\n| 1 | 2 | a*b* |\n## Commands run\n')],
])('the readers of these tests refuse %s', (_name, read) => {
  expect(read).toThrow();
});

test('a quotation can not close its fence', () => {
  const report = reportMarkdown(aSubject([anEntry({ evidence: '```\n# not a heading' })]));
  expect(report).toContain('````text\n```\n# not a heading\n````');
});

test('any interleaving of the same entries gives the same export', () => {
  const list = [
    anEntry({ sequence: 1, text: 'first' }),
    anEntry({ sequence: 2, happenedAt: NOW - 300_000, text: 'late' }),
    anEntry({ sequence: 3, corrects: 1, text: 'corrected' }),
    anEntry({ sequence: 4, kind: 'member-state', member: M1, state: 'waiting', text: 'm1 waits', since: NOW - 1000 }),
  ];
  const expected = ['md', 'csv', 'html', 'svg'].length;
  const whole = allFormats(list);
  expect(whole).toHaveLength(expected);
  const shuffled = fc.array(fc.constantFrom(...list), { maxLength: 8 }).map((more) => [...more, ...list]);
  fc.assert(
    fc.property(shuffled, fc.array(fc.nat(), { minLength: 12, maxLength: 12 }), (copies, keys) => {
      const mixed = copies.map((each, index) => ({ each, key: keys[index] ?? 0 })).sort((a, b) => a.key - b.key);
      expect(allFormats(mixed.map(({ each }) => each))).toEqual(whole);
    }),
  );
});

const KNOWN = new Set([
  'svg',
  'title',
  'desc',
  'style',
  'defs',
  'pattern',
  'linearGradient',
  'stop',
  'rect',
  'path',
  'text',
  'g',
]);

function allFormats(list: readonly TimelineEntry[]): readonly string[] {
  const subject = aSubject(list, { head: null });
  return [reportMarkdown(subject), reportCsv(subject), reportHtml(subject), reportSvg(subject)];
}

function outsideFences(markdown: string): readonly string[] {
  let fence: string | null = null;
  return markdown.split('\n').filter((line) => {
    const ticks = /^(`{3,})/.exec(line)?.[1];
    if (fence !== null) {
      if (line === fence) fence = null;
      return false;
    }
    if (ticks !== undefined) fence = ticks;
    return fence === null;
  });
}
