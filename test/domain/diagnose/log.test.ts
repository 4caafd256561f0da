/** Which lines of a log tell of now, which of them says most, and which of two is the later one. */
import { describe, expect, test } from 'vitest';
import {
  isAfter,
  isRecent,
  isWrapper,
  newestFatal,
  newestLine,
  WAITING_FOR_LEADER,
  WAITING_FOR_VERSIONS,
  waitsFor,
} from '../../../src/domain/diagnose/log.ts';
import type { LogFact, MemberFacts } from '../../../src/domain/observation.ts';
import { logLine, NOW, observationOf } from '../../support/observation.ts';

function withLog(...log: readonly LogFact[]): MemberFacts {
  return observationOf({ members: [{ name: 'm1', facts: { log } }] }).members[0]!.facts!;
}

/** `text` tells lines of one pattern apart. */
function fatal(pattern: string, ago: number | null, text = pattern): LogFact {
  const line = logLine(pattern, 'fatal', text, ago ?? 0);
  return ago === null ? { ...line, at: null } : line;
}

function undated(line: LogFact): LogFact {
  return { ...line, at: null };
}

describe('the newest line', () => {
  test('is the one with the latest time, wherever it stands', () => {
    const facts = withLog(fatal('no_leader', 10, 'late'), fatal('no_leader', 90, 'early'));
    expect(newestLine(facts, ['no_leader'])?.text).toBe('late');
    expect(newestLine(withLog(fatal('no_leader', 90), fatal('no_leader', 10, 'late')), ['no_leader'])?.text).toBe(
      'late',
    );
  });

  test('of equal times, and where a time is missing, is the last one', () => {
    expect(newestLine(withLog(fatal('cli_tx', 10, 'a'), fatal('cli_tx', 10, 'b')), ['cli_tx'])?.text).toBe('b');
    expect(newestLine(withLog(fatal('cli_tx', 10, 'a'), fatal('cli_tx', null, 'b')), ['cli_tx'])?.text).toBe('b');
    expect(newestLine(withLog(fatal('cli_tx', null, 'a'), fatal('cli_tx', 10, 'b')), ['cli_tx'])?.text).toBe('b');
  });

  test('is of the patterns that are asked for', () => {
    expect(newestLine(withLog(fatal('no_leader', 10)), ['cli_tx'])).toBeNull();
  });

  test.each(['notify_failed', 'out_of_date', 'auto_update'])(
    'of before "%s" is history: the daemon has come up',
    (up) => {
      const facts = withLog(fatal('no_leader', 90), logLine(up, 'info', 'up', 50));
      expect(newestLine(facts, ['no_leader'])).toBeNull();
      expect(newestFatal(withLog(fatal('behind_fatal', 90), logLine(up, 'info', 'up', 50)))).toBeNull();
      expect(newestLine(withLog(logLine(up, 'info', 'up', 90), fatal('no_leader', 50)), ['no_leader'])).not.toBeNull();
    },
  );
});

describe('why the last start failed', () => {
  test('is said by a fatal line, not by a warning or by another command than the start', () => {
    expect(newestFatal(withLog())).toBeNull();
    expect(newestFatal(withLog(logLine('ahead_wait_old', 'blocked', 'waits')))).toBeNull();
    expect(newestFatal(withLog(fatal('join_mismatch', 10)))).toBeNull();
    expect(newestFatal(withLog(logLine('inconsistent', 'fatal_refuse', 'x')))?.pattern).toBe('inconsistent');
  });

  test.each(['daemon_start_failed', 'global_db_failed', 'snap_failed'])(
    'is said by the line beside "%s", which says only that it failed',
    (wrapper) => {
      expect(isWrapper(fatal(wrapper, 10))).toBe(true);
      expect(newestFatal(withLog(fatal('behind_fatal', 12), fatal(wrapper, 10)))?.pattern).toBe('behind_fatal');
      expect(newestFatal(withLog(fatal(wrapper, 10)))?.pattern).toBe(wrapper);
    },
  );

  test('is said by the newest cause of several', () => {
    expect(isWrapper(fatal('behind_fatal', 10))).toBe(false);
    const facts = withLog(fatal('behind_fatal', 14), fatal('inconsistent', 12), fatal('snap_failed', 10));
    expect(newestFatal(facts)?.pattern).toBe('inconsistent');
  });

  test('is the local schema before all else: the line about it reads like one about the global schema', () => {
    const facts = withLog(fatal('schema_too_new_local', 12), fatal('schema_too_new', 10));
    expect(newestFatal(facts)?.pattern).toBe('schema_too_new_local');
    expect(newestFatal(withLog(fatal('behind_fatal', 12), fatal('schema_too_new', 10)))?.pattern).toBe(
      'schema_too_new',
    );
  });

  test.each([
    [5_000, 'behind_fatal'],
    [5_001, 'snap_failed'],
  ])('is looked for within five seconds of the newest line: %i ms before it', (earlier, expected) => {
    const facts = withLog(fatal('behind_fatal', 10 + earlier), fatal('snap_failed', 10));
    expect(newestFatal(facts)?.pattern).toBe(expected);
  });

  test('is looked for in every line when the times are missing', () => {
    const old = fatal('behind_fatal', 90_000);
    expect(newestFatal(withLog(undated(old), fatal('snap_failed', 10)))?.pattern).toBe('behind_fatal');
    expect(newestFatal(withLog(old, fatal('snap_failed', null)))?.pattern).toBe('behind_fatal');
  });
});

describe('what a daemon waits for', () => {
  test('is a leader or the versions of others', () => {
    expect([...WAITING_FOR_VERSIONS]).toEqual(['ahead_wait_old', 'misaligned_wait_new']);
    expect([...WAITING_FOR_LEADER]).toEqual(['no_leader', 'connecting_global_db', 'dqlite_attempt', 'cli_tx']);
  });

  test.each([
    ['ahead_wait_old', 'versions'],
    ['misaligned_wait_new', 'versions'],
    ['no_leader', 'leader'],
    ['connecting_global_db', 'leader'],
    ['dqlite_attempt', 'leader'],
    ['cli_tx', 'leader'],
    ['behind_fatal', null],
  ])('is told by its newest line: after %s it is %s', (pattern, expected) => {
    expect(waitsFor(withLog(logLine(pattern, 'blocked', 'x')))).toBe(expected);
  });

  test('is what its newest line says', () => {
    const log = [logLine('ahead_wait_old', 'blocked', 'x', 90), logLine('no_leader', 'blocked', 'x', 10)];
    expect(waitsFor(withLog(...log))).toBe('leader');
    expect(waitsFor(withLog(...log.toReversed()))).toBe('leader');
  });
});

describe('a failed start', () => {
  const QUARTER = 15 * 60_000;

  test('belongs to the present for a quarter of an hour', () => {
    expect(isRecent(fatal('behind_fatal', QUARTER), NOW)).toBe(true);
    expect(isRecent(fatal('behind_fatal', QUARTER + 1), NOW)).toBe(false);
  });

  test('belongs to the present when a time is not known', () => {
    expect(isRecent(fatal('behind_fatal', null), NOW)).toBe(true);
    expect(isRecent(fatal('behind_fatal', QUARTER + 1), null)).toBe(true);
  });
});

describe('of two lines the later one', () => {
  const before = (): LogFact => fatal('a', 90);
  const later = (): LogFact => fatal('b', 10);

  test('is told by their times, whatever their places', () => {
    const [a, b] = [before(), later()];
    for (const facts of [withLog(a, b), withLog(b, a)]) {
      expect([isAfter(facts, b, a), isAfter(facts, a, b)]).toEqual([true, false]);
    }
  });

  test.each([
    ['with equal times', () => [fatal('a', 10), fatal('b', 10)]],
    ['when the first has no time', () => [undated(before()), later()]],
    ['when the second has no time', () => [before(), undated(later())]],
    ['when neither has one', () => [undated(before()), undated(later())]],
  ] as const)('is told by their places %s', (_, lines) => {
    const [a, b] = lines();
    expect([isAfter(withLog(a!, b!), b!, a!), isAfter(withLog(a!, b!), a!, b!)]).toEqual([true, false]);
    expect([isAfter(withLog(b!, a!), b!, a!), isAfter(withLog(b!, a!), a!, b!)]).toEqual([false, true]);
  });

  test('is neither when it is one and the same', () => {
    const line = undated(before());
    expect(isAfter(withLog(line), line, line)).toBe(false);
  });
});
