/** Every format of one timeline says the same, and each has the form that it promises. */
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { reportCsv } from '../../src/report/csv.ts';
import { fileNameOf, renderReport, REPORT_FORMATS, TEXT_FORMATS } from '../../src/report/formats.ts';
import { REPORT_SCHEMA } from '../../src/report/schema.ts';
import type { ReportSubject } from '../../src/report/subject.ts';
import { sampleSubject } from '../support/incident-sample.ts';
import { READERS } from './readers.ts';
import { allOf, anEntry, aSubject, readCsv, readMarkup, textIn, type Read } from './subjects.ts';

const SUBJECT = sampleSubject();

function saidBy(subject: ReportSubject): readonly Read[] {
  return subject.entries.map(({ entry }) => ({
    id: entry.sequence,
    at: new Date(entry.happenedAt).toISOString().slice(0, 19),
    text: entry.text,
  }));
}

describe('one timeline in every format', () => {
  test('the sample is the incident that it says: 400 entries, five members, three hours, two runs', () => {
    expect(SUBJECT.entries.length).toBeGreaterThanOrEqual(400);
    expect(SUBJECT.members).toHaveLength(5);
    expect(SUBJECT.runs.map(({ state }) => state)).toEqual(['aborted', 'succeeded']);
  });

  test.each(TEXT_FORMATS)(
    '%s names every entry, in the order in which things happened, with its time and its words',
    (format) => {
      expect(READERS[format](renderReport(SUBJECT, format))).toEqual(saidBy(SUBJECT));
    },
  );

  test.each(TEXT_FORMATS)('%s of nothing is whole as well', (format) => {
    expect(READERS[format](renderReport(aSubject([]), format))).toEqual([]);
  });

  test('a late entry stands where it happened, and is said to be late', () => {
    const late = anEntry({ sequence: 2, happenedAt: anEntry().happenedAt - 600_000, text: 'Earlier.' });
    const subject = aSubject([anEntry(), late]);
    expect(subject.entries.map(({ entry }) => entry.sequence)).toEqual([2, 1]);
    for (const format of ['md', 'html'] as const)
      expect(renderReport(subject, format)).toContain('recorded 10 min later');
    expect(readCsv(reportCsv(subject))[1]?.[4]).toBe('600000');
  });
});

describe('as JSON', () => {
  const schema = z.fromJSONSchema(REPORT_SCHEMA);

  test.each([
    ['an incident', SUBJECT],
    ['nothing', aSubject([])],
    ['one entry', aSubject([anEntry()])],
    [
      'everything',
      aSubject([anEntry({ kind: 'member-state', state: 'serving' })], {
        kind: 'everything',
        name: 'everything',
        cluster: null,
      }),
    ],
  ])('%s has the form that the schema documents', (_name, subject) => {
    const value: unknown = JSON.parse(renderReport(subject, 'json'));
    expect(schema.safeParse(value).error).toBeUndefined();
  });

  test.each([
    ['a field more', { extra: 1 }],
    ['another version', { version: 2 }],
    ['an entry without its hash', { entries: [{ sequence: 1 }] }],
  ])('the schema refuses %s', (_name, part) => {
    const value: object = JSON.parse(renderReport(SUBJECT, 'json'));
    expect(schema.safeParse({ ...value, ...part }).success).toBe(false);
  });
});

describe('as an HTML page', () => {
  const page = renderReport(SUBJECT, 'html');

  test('asks nobody for anything', () => {
    const root = readMarkup(page, true);
    const asking = allOf(root, ({ attributes }) =>
      Object.entries(attributes).some(
        ([key, value]) => /^(?:src|srcset|action|poster|data)$/.test(key) || (key === 'href' && !value.startsWith('#')),
      ),
    );
    expect(asking).toEqual([]);
    expect(
      allOf(root, ({ name }) => ['link', 'iframe', 'img', 'object', 'base', 'use', 'image'].includes(name)),
    ).toEqual([]);
    expect(page).not.toMatch(/@import|url\((?!#)/);
    expect(page).toContain("default-src 'none'");
  });

  test('is compact on paper: no date in each row where all of it is of one day, no controls, the header on each page', () => {
    const tableOf = (subject: ReportSubject) =>
      allOf(readMarkup(renderReport(subject, 'html'), true), ({ attributes }) => attributes['id'] === 'timeline')[0];
    expect(tableOf(SUBJECT)?.attributes['class']).toBe('one-day');
    const night = [anEntry(), anEntry({ sequence: 2, happenedAt: anEntry().happenedAt + 86_400_000 })];
    expect(tableOf(aSubject(night))?.attributes).not.toHaveProperty('class');
    const paper = page.slice(page.indexOf('@media print{:root'));
    for (const rule of [
      '.one-day .d{display:none}',
      'form{display:none!important}',
      'thead{display:table-header-group}',
    ])
      expect(paper).toContain(rule);
  });

  test('can be filtered by member and by kind, and is whole without a script', () => {
    const root = readMarkup(page, true);
    const [form] = allOf(root, ({ name }) => name === 'form');
    expect(form?.attributes).toHaveProperty('hidden');
    expect(allOf(form ?? root, ({ name }) => name === 'option').map(textIn)).toEqual([
      'all',
      'none: the cluster',
      'm1',
      'm2',
      'm3',
      'm4',
      'm5',
    ]);
    expect(
      allOf(form ?? root, ({ attributes }) => attributes['name'] === 'kind').map(
        ({ attributes }) => attributes['value'],
      ),
    ).toContain('step');
    expect(allOf(root, ({ name, attributes }) => name === 'tr' && 'hidden' in attributes)).toEqual([]);
  });
});

test('files have names that every platform takes', () => {
  for (const format of REPORT_FORMATS) {
    expect(fileNameOf({ name: 'prod.example', madeAt: 0 }, format)).toBe(
      `timeline-prod.example-19700101-000000.${format}`,
    );
  }
  expect(fileNameOf({ name: '../x y', madeAt: 0 }, 'md')).toMatch(/^[A-Za-z0-9._-]+$/);
});
