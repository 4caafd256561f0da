import { describe, expect, test } from 'vitest';
import { diagnose } from '../../../src/domain/diagnose/index.ts';
import type { Reach } from '../../../src/domain/observation.ts';
import { commandsAfterExplanation, commandsAfterStatus } from '../../../src/chat/views/next.ts';
import { observationOf, three } from '../../support/observation.ts';
import { codesOf, downgradedAll, plan } from '../../support/planning.ts';
import { RELEASES } from '../../support/releases.ts';

function nextOf(planned: ReturnType<typeof plan>): string {
  return planned.kind === 'refusal' ? planned.refusal.next : '';
}

describe('a cluster in step on which something else is wrong', () => {
  test('a full disk is said, with what to do: not that there is nothing to do', () => {
    const full = { facts: { disk: { databaseBytes: 20_000_000, freeBytes: 1_000_000 } } };
    const planned = plan(observationOf({ members: three({ build: '5.21.2' }, { m2: full }) }));
    expect(codesOf(planned)).toEqual(['disk-low', 'in-step']);
    expect(nextOf(planned)).toContain('Free space');
    expect(nextOf(planned)).not.toContain('Nothing to do');
  });

  test('with nothing else wrong there is nothing to do', () => {
    const planned = plan(observationOf({ members: three({ build: '5.21.2' }) }));
    expect(codesOf(planned)).toEqual(['in-step']);
    expect(nextOf(planned)).toContain('Nothing to do');
  });
});

test.each<[string, Reach]>([
  ['host-key-changed', { kind: 'host-key-refused', reason: 'changed', text: 'x' }],
  ['auth-failed', { kind: 'auth-failed', text: 'x' }],
  ['sudo-refused', { kind: 'sudo-refused', text: 'x' }],
  ['member-unreachable', { kind: 'timed-out', text: 'x' }],
  ['member-unreachable', { kind: 'garbled', text: 'x' }],
])('a member that is not read because of %s is refused under that code', (code, reach) => {
  const planned = plan(downgradedAll({ m2: { reach } }));
  expect(codesOf(planned)[0]).toBe(code);
  expect(nextOf(planned)).not.toBe('');
});

test('two members out of reach for different reasons are two reasons', () => {
  const planned = plan(
    downgradedAll({
      m2: { reach: { kind: 'sudo-refused', text: 'x' } },
      m3: { reach: { kind: 'unreachable', text: 'x' } },
    }),
  );
  expect(codesOf(planned)).toEqual(expect.arrayContaining(['sudo-refused', 'member-unreachable']));
});

test('a member that is missing in the configuration is mended first: nobody is sent to a recovery that would be refused', () => {
  const whole = downgradedAll();
  const missing = {
    ...whole,
    configured: whole.configured.slice(0, 2),
    members: whole.members.slice(0, 2),
  };
  const { findings } = diagnose(missing, RELEASES);
  expect(findings.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['stale-counter', 'inventory-mismatch']));
  for (const { next } of findings) expect(next).not.toContain('recover');
  const commands = [...commandsAfterStatus('lab', findings), ...commandsAfterExplanation('lab', findings)];
  expect(commands.join()).not.toContain('recover');
});

test.each([
  [{ m1: { build: '5.21.3', daemon: 'waiting' } }, 'm1 waits for the others'],
  [
    { m1: { build: '5.21.3', daemon: 'waiting' }, m2: { build: '5.21.3', daemon: 'waiting' } },
    'm1 and m2 wait for the',
  ],
] as const)('one waits, several wait', (each, words) => {
  const observation = observationOf({ members: three({ build: '5.21.2', daemon: 'crash-looping' }, each), rows: 402 });
  const planned = plan(observation, { strategy: 'patch-in-place' });
  expect(JSON.stringify(planned)).toContain(words);
});
