/** Exports of a timeline: hostile text stays text. */
import { describe, expect, test } from 'vitest';
import { requireClusterName, requireMemberName } from '../../src/domain/ids.ts';
import type { TimelineEntry } from '../../src/domain/timeline.ts';
import { reportJson } from '../../src/report/json.ts';
import { reportMarkdown } from '../../src/report/markdown.ts';
import { NOW } from '../support/observation.ts';

const HASH = 'a'.repeat(64);

function anEntry(part: Partial<TimelineEntry>): TimelineEntry {
  return {
    sequence: 1,
    happenedAt: NOW,
    recordedAt: NOW,
    kind: 'note',
    cluster: requireClusterName('prod'),
    run: null,
    incident: null,
    member: null,
    actor: 'lockstep',
    text: 'Something happened.',
    evidence: null,
    hash: HASH,
    previousHash: '0'.repeat(64),
    ...part,
  };
}

describe('as Markdown', () => {
  test('an entry is one row, whatever it holds', () => {
    const text = 'a | b\n<script>alert(1)</script> [x](http://e) `code` \u202e';
    const report = reportMarkdown({ about: 'prod', at: NOW, entries: [anEntry({ text, actor: 'a|b' })], head: null });
    const rows = report.split('\n').filter((line) => line.startsWith('| 1 '));
    expect(rows).toEqual([
      '| 1 | 2026-11-23 04:40:00Z | a\\|b | a \\| b \\<script\\>alert(1)\\</script\\> \\[x\\](http://e) \\`code\\` \ufffd |',
    ]);
  });

  test('a quotation can not close its fence', () => {
    const entry = anEntry({ evidence: '```\n# not a heading', member: requireMemberName('m1') });
    const report = reportMarkdown({ about: 'prod', at: NOW, entries: [entry], head: { sequence: 1, hash: HASH } });
    expect(report).toContain('````text\n```\n# not a heading\n````');
    expect(report).toContain('**m1**: Something happened.');
    expect(report).toContain(`--expect ${HASH}`);
  });

  test('an empty timeline says so', () => {
    expect(reportMarkdown({ about: 'prod', at: NOW, entries: [], head: null })).toContain('No entries.');
  });
});

describe('as JSON', () => {
  test('keeps every field, with times in ISO-8601', () => {
    const value: unknown = JSON.parse(reportJson({ about: 'prod', at: NOW, entries: [anEntry({})], head: null }));
    expect(value).toMatchObject({
      at: '2026-11-23T04:40:00.000Z',
      entries: [{ sequence: 1, happenedAt: '2026-11-23T04:40:00.000Z', hash: HASH, previousHash: '0'.repeat(64) }],
    });
  });
});
