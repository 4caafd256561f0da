/** The situations that the lab makes with real daemons, as observations: what comes out, and in which order. */
import { describe, expect, test } from 'vitest';
import { NOW, observationOf, three, UNREACHABLE } from '../../support/observation.ts';
import { diagnosisOf, findingOf, summaryOf } from '../../support/diagnosing.ts';
import { diagnose } from '../../../src/domain/diagnose/index.ts';
import { RELEASES } from '../../support/releases.ts';

describe('scenarios', () => {
  test('a healthy cluster is in step, and that is all that is said', () => {
    expect(summaryOf({ members: three({}) })).toEqual(['info in-step m1,m2,m3']);
  });

  test('every member downgraded and crash-looping is a stale counter alone', () => {
    const spec = { members: three({ build: '5.0.1', kept: ['5.0.2'], daemon: 'crash-looping' }), rows: 318 } as const;
    expect(summaryOf(spec)).toEqual(['critical stale-counter m1,m2,m3']);
    const finding = findingOf(spec, 'stale-counter');
    expect(finding.title).toBe('Every member runs 5.0.1 (313 API extensions), but the database still records 318');
    expect(finding.extensionsMissing).toEqual(['5.0_314', '5.0_315', '5.0_316', '5.0_317', '5.0_318']);
    expect(finding.next).toMatch(/: recover prod$/);
    const texts = finding.evidence.map((one) => `${one.member} ${one.source} ${one.text}`);
    expect(texts).toContain('m2 row m2: schema 60, api_extensions 318 (dump on disk of m1)');
    expect(texts).toContain('m3 binary 5.0.1-9dcf35b (rev 501): 313 extensions, schema 60');
    expect(texts.filter((text) => text.includes('version is behind, please upgrade'))).toHaveLength(3);
  });

  test('one downgraded member of three is to be rolled forward, without SQL', () => {
    const spec = { members: three({}, { m3: { build: '5.0.1', daemon: 'crash-looping' } }), rows: 318 } as const;
    expect(summaryOf(spec)).toEqual(['critical mixed-binaries m3']);
    const { cause, extensionsMissing } = findingOf(spec, 'mixed-binaries');
    expect(cause).toContain('Rolling forward m3 to 5.0.2 (318 API extensions)');
    expect(cause).toContain('no SQL');
    expect(extensionsMissing).toHaveLength(5);
  });

  test('the recipe on the one downgraded member leaves latent skew behind the green list', () => {
    const spec = { members: three({}, { m3: { build: '5.0.1' } }), rows: 313 } as const;
    expect(summaryOf(spec)).toEqual(['critical latent-skew m1,m2', 'warning mixed-binaries m3']);
    expect(findingOf(spec, 'latent-skew').cause).toContain('m1 runs 318, its row says 313');
  });

  test('a member that was upgraded alone waits for the others', () => {
    const spec = { members: three({ build: '5.0.1' }, { m1: { build: '5.0.2', daemon: 'waiting' } }) } as const;
    expect(summaryOf(spec)).toEqual(['warning upgrade-waiting m1']);
    expect(findingOf(spec, 'upgrade-waiting').title).toContain('waits for m2 and m3');
  });

  test('every member stopped after a downgrade: stale counter and daemons down, no lost quorum', () => {
    const spec = { members: three({ build: '5.0.1', daemon: 'stopped' }), rows: 318 } as const;
    expect(summaryOf(spec)).toEqual(['critical stale-counter m1,m2,m3', 'critical daemon-down m1,m2,m3']);
  });

  test('two of three voters stopped is a lost quorum', () => {
    const spec = { members: three({ daemon: 'stopped' }, { m1: { daemon: 'serving' } }), source: 'disk' } as const;
    expect(summaryOf(spec)).toEqual(['critical quorum-lost m1', 'critical daemon-down m2,m3']);
  });

  test('a raised schema is schema-newer for every binary below it', () => {
    const spec = {
      members: three({}, { m1: { daemon: 'crash-looping' } }),
      row: { m2: { schema: 61 }, m3: { schema: 61 } },
      databaseSchema: 61,
    } as const;
    expect(summaryOf(spec)).toEqual(['critical schema-newer m1,m2,m3']);
  });

  test('a partition is unreachable, not down, and says what the cluster heard', () => {
    const spec = {
      members: three({}, { m3: { reach: UNREACHABLE } }),
      row: { m3: { heartbeatMs: NOW - 61_000 } },
    } as const;
    expect(summaryOf(spec)).toEqual(['warning member-unreachable m3']);
    expect(findingOf(spec, 'member-unreachable').cause).toContain('The cluster has not heard of m3 for 61 s either.');
  });

  test('nobody reachable is exactly one critical finding that names all, without rows', () => {
    const reaches = [UNREACHABLE, { kind: 'timed-out', text: '' }, { kind: 'lost', text: 'reset' }] as const;
    const members = reaches.map((reach, index) => ({ name: `m${index + 1}`, reach }));
    const diagnosis = diagnosisOf({ members });
    expect(summaryOf({ members })).toEqual(['critical member-unreachable m1,m2,m3']);
    expect(diagnosis.rows).toBeNull();
    expect(
      diagnosis.members.map((one) => [one.reachable, one.phase, one.version, one.installed, one.instances]),
    ).toEqual(reaches.map(() => [false, 'unknown', null, null, null]));
  });

  test('five members: three voters down of five known members is a lost quorum, two stand-bys down is not', () => {
    const five = (stopped: readonly string[]) => ({
      members: ['m1', 'm2', 'm3', 'm4', 'm5'].map((name) => ({
        name,
        daemon: stopped.includes(name) ? ('stopped' as const) : ('serving' as const),
      })),
    });
    expect(summaryOf({ ...five(['m2', 'm3']), source: 'disk' })).toContain('critical quorum-lost m1,m4,m5');
    expect(summaryOf(five(['m4', 'm5']))).toEqual(['warning daemon-down m4,m5']);
  });

  test('the same observation gives the same diagnosis, and is not changed by it', () => {
    const observation = observationOf({ members: three({ build: '5.0.1', daemon: 'crash-looping' }), rows: 318 });
    const before = JSON.stringify(observation);
    expect(diagnose(observation, RELEASES)).toEqual(diagnose(observation, RELEASES));
    expect(JSON.stringify(observation)).toBe(before);
  });

  test('advice alone keeps "in step" in its title and stands without in-step', () => {
    const snap = {
      version: '5.0.2-838e1b2',
      revision: '502',
      tracking: '5.0/stable',
      inCohort: false,
      disabled: false,
      broken: false,
    };
    const spec = { members: three({ facts: { snap: { ...snap, held: false } } }) };
    expect(summaryOf(spec)).toEqual(['info auto-refresh-not-held m1,m2,m3']);
    expect(findingOf(spec, 'auto-refresh-not-held').title).toMatch(/^In step\. /);
  });
});
