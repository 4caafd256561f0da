/** The net below all rules: whoever is down and named by none of them. */
import { describe, expect, test } from 'vitest';
import { situationOf } from '../../../src/domain/diagnose/situation.ts';
import { unexplainedDown } from '../../../src/domain/diagnose/unexplained.ts';
import type { Finding } from '../../../src/domain/finding.ts';
import type { ObservationSpec } from '../../support/observation-spec.ts';
import { logLine, observationOf, three } from '../../support/observation.ts';
import { RELEASES } from '../../support/releases.ts';

function unexplained(spec: ObservationSpec, ...named: readonly string[]): readonly Finding[] {
  return unexplainedDown(situationOf(observationOf(spec), RELEASES), new Set(named));
}

function titles(spec: ObservationSpec, ...named: readonly string[]): readonly string[] {
  return unexplained(spec, ...named).map(({ severity, kind, title }) => `${severity} ${kind}: ${title}`);
}

describe('who is down without a word', () => {
  test('is told, unless a rule has named it, or it serves, or has no LXD', () => {
    const members = three({ daemon: 'stopped' }, { m1: { daemon: 'serving' } });
    const words = 'warning probe-incomplete: What LXD does on';
    expect(titles({ members, source: 'live' })).toEqual([`${words} m2 and m3 could not be told`]);
    expect(titles({ members, source: 'live' }, 'm2')).toEqual([`${words} m3 could not be told`]);
    expect(titles({ members, source: 'live' }, 'm2', 'm3')).toEqual([]);
    const absent = three({ daemon: 'stopped', facts: { install: 'absent' } });
    expect(titles({ members: absent })).toEqual([]);
    const waiting = three({ daemon: 'waiting', facts: { install: 'absent' } });
    expect(titles({ members: waiting })).toEqual([]);
  });

  test('is unclear when it is stopped or in no known state, and not when it is outside the snap', () => {
    const silent = { daemon: 'waiting', facts: { ready: 'no-answer', log: [] } } as const;
    expect(unexplained({ members: three({}, { m2: { daemon: 'stopped' }, m3: silent }) })).toMatchObject([
      {
        kind: 'probe-incomplete',
        members: ['m2', 'm3'],
        title: 'What LXD does on m2 and m3 could not be told',
        cause:
          'm2 and m3 answered, but the answers do not say whether LXD serves, waits or fails there. ' +
          'It may be between two states; a second look in a minute often settles it.',
        next: 'Look again in a minute: status prod',
      },
    ]);
    const outside = { ...silent, facts: { ...silent.facts, install: 'not-a-snap' } } as const;
    expect(titles({ members: three({}, { m3: outside }) })).toEqual([]);
  });

  test('fails with "version is behind" while the others are not known', () => {
    const members = three({ daemon: 'crash-looping' }, { m1: { daemon: 'serving' } });
    expect(titles({ members })).toEqual([
      'warning probe-incomplete: m2 and m3 fail with "version is behind", but what the other members have is not known',
    ]);
    expect(titles({ members }, 'm3')[0]).toContain('m2 fails with');
    expect(titles({ members: three({ daemon: 'crash-looping' }) })[0]).toMatch(/^critical /);
  });

  test('fails without a cause, beside one that fails with it', () => {
    const members = three(
      { daemon: 'crash-looping' },
      { m1: { daemon: 'serving' }, m3: { daemon: 'crash-looping', facts: { log: [] } } },
    );
    expect(titles({ members })).toEqual([
      'warning probe-incomplete: m2 fails with "version is behind", but what the other members have is not known',
      'warning crash-loop-other-cause: m3 fails at every start, and the log does not say why',
    ]);
    const both = three({ daemon: 'crash-looping', facts: { log: [] } }, { m1: { daemon: 'serving', facts: {} } });
    expect(titles({ members: both })).toEqual([
      'warning crash-loop-other-cause: m2 and m3 fail at every start, and the log does not say why',
    ]);
  });

  test('is only not ready yet, or looks for a leader', () => {
    const cause = (...patterns: readonly (string | null)[]): string => {
      const each = patterns.map((pattern, index) => {
        const log = pattern === null ? [] : [logLine(pattern, 'blocked', 'x')];
        return { name: `m${index + 1}`, daemon: 'waiting', facts: { log } } as const;
      });
      return unexplained({ members: each })[0]?.cause ?? '';
    };
    const started =
      'It has just been started, or it is about to notice that the others are in step, which takes up to a minute.';
    const leader =
      'Its log says that it looks for a leader of the database: other members must run before it can go on.';
    expect(cause(null)).toBe(`The daemon runs on m1 and does not serve yet. ${started}`);
    expect(cause('ahead_wait_old')).toContain(started);
    expect(cause('no_leader')).toBe(`The daemon runs on m1 and does not serve yet. ${leader}`);
    expect(cause(null, 'no_leader')).toBe(`The daemon runs on m1 and m2 and does not serve yet. ${leader}`);
  });

  test('is shown with what its unit and its log say', () => {
    const members = three({}, { m2: { daemon: 'crash-looping' } });
    const [finding] = unexplained({ members });
    expect(finding?.evidence.map(({ source }) => source)).toEqual(['log', 'snap']);
  });
});
