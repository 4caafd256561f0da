/** What holds for every observation, also for one that contradicts itself. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkMove } from '../../../src/domain/diagnose/check.ts';
import { diagnose } from '../../../src/domain/diagnose/index.ts';
import { type FindingKind, sortFindings } from '../../../src/domain/finding.ts';
import type { ClusterObservation } from '../../../src/domain/observation.ts';
import { anySpec } from '../../support/any-observation.ts';
import { observationOf } from '../../support/observation.ts';
import { RELEASES } from '../../support/releases.ts';

/** Kinds that may name a member that did not answer: about its reach, or about its row in somebody else's table. */
const WITHOUT_ANSWER: ReadonlySet<FindingKind> = new Set([
  'member-unreachable',
  'auth-failed',
  'host-key-changed',
  'sudo-refused',
  'probe-incomplete',
  'dead-row-blocks',
  'inventory-mismatch',
  'member-evacuated',
  'member-pending',
  'healing-on',
]);

/** Fewer where every change of the domain is judged anew (`npm run mutate`). */
const runs = { numRuns: Number(process.env['LOCKSTEP_PROPERTY_RUNS'] ?? 400) };

function withoutAnswer(observation: ClusterObservation, index: number): ClusterObservation {
  const members = observation.members.map((member, at) =>
    at === index ? { ...member, reach: { kind: 'unreachable' as const, text: 'gone' }, facts: null } : member,
  );
  return { ...observation, members };
}

describe('diagnose, for any observation', () => {
  test('there is at least one finding, in-step only alone, sorted, one per kind and cause', () => {
    fc.assert(
      fc.property(anySpec, (spec) => {
        const observation = observationOf(spec);
        const { findings, members } = diagnose(observation, RELEASES);
        expect(findings.length).toBeGreaterThan(0);
        if (findings.some(({ kind }) => kind === 'in-step')) expect(findings).toHaveLength(1);
        expect(findings).toEqual(sortFindings(findings));
        expect(new Set(findings.map(({ kind, cause }) => `${kind} ${cause}`)).size).toBe(findings.length);
        expect(members.map(({ member }) => member)).toEqual(observation.members.map(({ member }) => member));
      }),
      runs,
    );
  });

  test('texts are there, on one line, and end in a command', () => {
    fc.assert(
      fc.property(anySpec, (spec) => {
        const observation = observationOf(spec);
        for (const { title, cause, next, evidence } of diagnose(observation, RELEASES).findings) {
          expect(title).toMatch(/^\S[^\n]*\S$/);
          expect(cause.length).toBeGreaterThan(40);
          expect(`${title} ${cause} ${next}`).not.toMatch(/undefined|NaN|null|\[object/);
          expect(next).toMatch(/(?:: |^)(?:doctor|(?:status|recover|explain|check) prod(?: --\S+(?: \S+)?)?)$/);
          for (const { text } of evidence) expect(text.length).toBeLessThanOrEqual(500);
        }
      }),
      runs,
    );
  });

  test('members of a finding are configured members in configuration order', () => {
    fc.assert(
      fc.property(anySpec, (spec) => {
        const observation = observationOf(spec);
        const order = observation.members.map(({ member }) => member);
        for (const finding of diagnose(observation, RELEASES).findings) {
          expect(finding.members).toEqual(order.filter((one) => finding.members.includes(one)));
          for (const { member } of finding.evidence) expect(order).toContain(member);
        }
      }),
      runs,
    );
  });

  test('a member that did not answer is named by findings about reach and rows alone', () => {
    fc.assert(
      fc.property(anySpec, fc.nat({ max: 2 }), (spec, index) => {
        const observation = observationOf(spec);
        const seen = withoutAnswer(observation, index);
        const gone = seen.members[index]?.member;
        const claims = diagnose(seen, RELEASES).findings.filter(
          ({ kind, members }) => !WITHOUT_ANSWER.has(kind) && gone !== undefined && members.includes(gone),
        );
        expect(claims).toEqual([]);
      }),
      runs,
    );
  });

  test('every member that answered and does not serve is named somewhere', () => {
    fc.assert(
      fc.property(anySpec, (spec) => {
        const observation = observationOf(spec);
        const { findings, members } = diagnose(observation, RELEASES);
        const words = findings.map((one) => `${one.title} ${one.cause} ${one.members.join(' ')}`).join(' ');
        for (const one of members) {
          if (one.reachable && one.phase !== 'serving') expect(words).toContain(one.member);
        }
      }),
      runs,
    );
  });

  test('in-step means that every member serves with the count and schema that a live table records', () => {
    fc.assert(
      fc.property(anySpec, (spec) => {
        const observation = observationOf(spec);
        const { findings, members, rows } = diagnose(observation, RELEASES);
        if (findings[0]?.kind !== 'in-step') return;
        expect(rows?.source).toBe('live');
        for (const one of members) {
          expect([one.phase, one.row?.apiExtensions]).toEqual(['serving', one.installed?.extensions]);
        }
      }),
      runs,
    );
  });

  test('a patch story is told only when every member answered, with one count', () => {
    fc.assert(
      fc.property(anySpec, (spec) => {
        const observation = observationOf(spec);
        const { findings, members } = diagnose(observation, RELEASES);
        if (!findings.some(({ kind }) => kind === 'stale-counter')) return;
        expect(members.every(({ reachable, phase }) => reachable && phase !== 'serving')).toBe(true);
        expect(new Set(members.map(({ installed }) => installed?.extensions)).size).toBe(1);
      }),
      runs,
    );
  });

  test('a check never throws, and is safe only with every member known', () => {
    fc.assert(
      fc.property(anySpec, fc.constantFrom('5.0.1', '5.0.4', '501', '5.21.4', 'x', '6.6'), (spec, to) => {
        const observation = observationOf(spec);
        const diagnosis = diagnose(observation, RELEASES);
        const answer = checkMove(observation, diagnosis, RELEASES, to);
        if (answer.verdict !== 'safe') {
          expect(answer.order).toEqual([]);
          expect(answer.reasons.length).toBeGreaterThan(0);
          return;
        }
        expect(diagnosis.members.every(({ reachable }) => reachable)).toBe(true);
        expect(answer.order).toEqual(diagnosis.members.map(({ member }) => member));
      }),
      runs,
    );
  });
});
