/** The warning before a build with another count comes: when it is one, and that it says what a person has to know. */
import { describe, expect, test } from 'vitest';
import { diagnose } from '../../../src/domain/diagnose/index.ts';
import type { Finding } from '../../../src/domain/finding.ts';
import type { SnapFacts } from '../../../src/domain/observation.ts';
import { followersOf, type OfferMemory, remember } from '../../../src/domain/watch/offer-memory.ts';
import { offeredIn, type Offered } from '../../../src/domain/watch/offered.ts';
import { BUILDS, type BuildName } from '../../support/builds.ts';
import type { MemberSpec } from '../../support/observation-spec.ts';
import { NOW, observationOf, three } from '../../support/observation.ts';
import { RELEASES } from '../../support/releases.ts';

interface Story {
  readonly members: readonly MemberSpec[];
  /** Who was asked, and what the answer was; oldest first. */
  readonly said: readonly (readonly [member: string, version: string, revision: string])[];
}

function warnings({ members, said }: Story): readonly Offered[] {
  const observation = observationOf({ members });
  const followers = followersOf(observation).flat();
  const memory = said.reduce<OfferMemory>((known, [name, version, revision], at) => {
    const follower = followers.find(({ member }) => member === name);
    if (follower === undefined) throw new Error(`${name} follows no channel`);
    return remember(known, follower, { kind: 'offered', version, revision }, NOW - 60_000 + at);
  }, {});
  return offeredIn({ observation, diagnosis: diagnose(observation, RELEASES), memory, releases: RELEASES });
}

function only(story: Story): Finding {
  const [first, ...others] = warnings(story);
  expect(others).toEqual([]);
  if (first === undefined) throw new Error('no warning');
  return first.finding;
}

function snapOf(build: BuildName, change: Partial<SnapFacts> = {}): SnapFacts {
  const { version, revision, tracking } = BUILDS[build];
  return { version, revision, tracking, held: true, inCohort: false, disabled: false, broken: false, ...change };
}

const offer = (build: BuildName): Story['said'] => [['m1', BUILDS[build].version, BUILDS[build].revision]];
const free = (build: BuildName): Omit<MemberSpec, 'name'> => ({
  build,
  facts: { snap: snapOf(build, { held: false }) },
});

describe('a newer release in the channel', () => {
  test('that counts more, with nobody holding: channel, revision, both counts, how it comes, and what to type', () => {
    const finding = only({ members: three(free('5.21.3')), said: offer('5.21.4') });
    expect(finding).toMatchObject({
      kind: 'newer-in-channel',
      severity: 'warning',
      members: ['m1', 'm2', 'm3'],
      title:
        'The channel 5.21/stable offers LXD 5.21.4 (revision 38767, 433 API extensions); m1, m2 and m3 have 5.21.3 (402 API extensions)',
      cause:
        'It has more: a member that gets it waits, and its API hangs, until every other member has it too; running instances go on. ' +
        'Refreshes of LXD are not held on m1, m2 and m3: snapd brings it there by itself, on each at another moment, and from the first one on the cluster is out of step. ' +
        '(433 is the number of release 5.21.4: no member has this build to read it from.)',
      next: 'Hold it before it comes, on m1, m2 and m3: sudo snap refresh --hold lxd. When you have chosen the moment, refresh all members side by side; ask first what it would do: check prod --to 5.21.4',
    });
    expect(finding.evidence.map(({ member, text }) => `${member}: ${text}`)).toEqual([
      'm1: snap refresh --list: lxd 5.21.4-aee7e08 (rev 38767), tracking 5.21/stable',
      ...['m1', 'm2', 'm3'].map((name) => `${name}: 5.21.3-75def3c (rev 32455): 402 extensions, refreshes not held`),
    ]);
  });

  test('with everybody holding: it does not come by itself, and nothing is to be held', () => {
    const finding = only({ members: three({ build: '5.21.3' }), said: offer('5.21.4') });
    expect(finding.severity).toBe('info');
    expect(finding.cause).toContain(
      'Refreshes of LXD are held on m1, m2 and m3, so it does not come by itself; but once one member is moved, LXD has the others follow, hold or not.',
    );
    expect(finding.next).not.toContain('--hold');
    expect(finding.next).toMatch(/^When you have chosen the moment, .* check prod --to 5\.21\.4$/);
  });

  test('with one member that does not hold: that one is named, and the others all the same', () => {
    const finding = only({ members: three({ build: '5.21.3' }, { m2: free('5.21.3') }), said: offer('5.21.4') });
    expect(finding.cause).toContain('not held on m2: snapd brings it there by itself, at a moment of its own choice');
    expect(finding.cause).toContain('held on m1 and m3: there LXD itself fetches it once another member is ahead');
    expect(finding.next).toContain('on m2: sudo snap refresh --hold lxd.');
  });

  test('that one member has already: the warning is of the others, and is the same one', () => {
    const before: Story = { members: three({ build: '5.0.1' }), said: offer('5.0.2') };
    const after: Story = {
      members: three({ build: '5.0.1' }, { m2: { build: '5.0.2', daemon: 'waiting' } }),
      said: offer('5.0.2'),
    };
    expect(only(after)).toMatchObject({ members: ['m1', 'm3'] });
    expect(warnings(after)[0]?.key).toBe(warnings(before)[0]?.key);
  });

  test('that everybody has is none', () => {
    expect(warnings({ members: three({ build: '5.0.2' }), said: offer('5.0.2') })).toEqual([]);
  });

  test('with the same count and schema is none', () => {
    expect(warnings({ members: three({ build: '5.0.4' }), said: offer('5.0.5') })).toEqual([]);
  });

  test('whose count nobody knows is one, and says so', () => {
    const finding = only({ members: three(free('5.21.3')), said: [['m1', '5.21.9-0000000', '41000']] });
    expect(finding.title).toContain('LXD 5.21.9 (revision 41000, number of API extensions not known)');
    expect(finding.cause).toMatch(
      /^How many API extensions it has is not known here, so take it that the number differs/,
    );
    expect(finding.next).toContain('Try it on a test cluster before any member gets it');
  });

  test('whose version names no release is not repeated, and its count is read where a member keeps that build', () => {
    const build = {
      revision: '32455',
      path: '/snap/lxd/32455/bin/lxd',
      extensions: 402,
      schema: 73,
      localSchema: 43,
      names: null,
    };
    const kept = { build: '5.21.2', facts: { binaries: [build] } } as const;
    const strange: Story = { members: three({ build: '5.21.2' }, { m2: kept }), said: [['m1', 'git-reboot', '32455']] };
    const finding = only(strange);
    expect(finding.title).toContain('offers a build of no known release (revision 32455, 402 API extensions)');
    expect(finding.next).toContain('check prod --to 32455');
    expect(finding.cause).not.toContain('is the number of release');
  });

  test('that counts fewer: what it does depends on the fix of that release, and nobody is told to go there', () => {
    const below = only({
      members: three(free('5.21.3'), { m3: { facts: { snap: snapOf('5.21.3') } } }),
      said: offer('5.21.2'),
    });
    expect(below.cause).toContain('It has fewer: a member that gets it exits and is restarted over and over');
    expect(below.cause).toContain('They are held on m3: there it does not come by itself.');
    expect(below.next).toMatch(
      /^Hold it before it comes, on m1 and m2: sudo snap refresh --hold lxd\. Let no member have it before .* --to 5\.21\.2$/,
    );
    const fixed = only({ members: three({ build: '5.21.5' }), said: offer('5.21.4') });
    expect(fixed.cause).toContain('It has fewer: a member that gets it waits, and its API hangs');
    expect(fixed.cause).toContain('held on m1, m2 and m3, so it does not come by itself. ');
  });

  test('beside a member whose own count could not be read is one, and says whose', () => {
    const snap = snapOf('5.21.3', { version: 'git-1a2b3c4', revision: '33111' });
    const unread = { facts: { snap, binaries: [], api: null, process: null } };
    const finding = only({ members: three({ build: '5.21.3' }, { m2: unread }), said: offer('5.21.4') });
    expect(finding.cause).toMatch(/^The number of API extensions on m2 could not be read, so take it that it differs/);
    expect(finding.next).toMatch(/^Let no member have it before/);
  });

  test('with the same count and a newer schema is one, and an older schema never starts', () => {
    const same = { ...BUILDS['5.21.3'], schema: 72 };
    const binary = { revision: same.revision, path: '/x', extensions: 402, schema: 72, localSchema: 43, names: null };
    const members = three({ build: '5.21.3', facts: { binaries: [binary] } });
    expect(only({ members, said: [['m1', '5.21.3-c5ae129', '33110']] }).cause).toContain('there is no way back');
    expect(only({ members: three({ build: '6.6' }), said: offer('5.21.4') }).cause).toContain(
      'does not start with it at all',
    );
    expect(only({ members, said: [['m1', '5.21.3-c5ae129', '33110']] }).next).toMatch(
      /^When you have chosen the moment/,
    );
    expect(only({ members: three({ build: '6.6' }), said: offer('5.21.4') }).next).toMatch(/^Let no member have it/);
  });
});

describe('whose word counts', () => {
  test('of two answers about one channel the newer one', () => {
    const said = [...offer('5.21.4'), ['m2', BUILDS['5.21.5'].version, BUILDS['5.21.5'].revision] as const];
    const found = warnings({ members: three({ build: '5.21.3' }), said });
    expect(found.map(({ key }) => key)).toEqual(['newer-in-channel@5.21/stable:38800']);
  });

  test('members of another channel or architecture are not spoken of', () => {
    const members = three(
      { build: '5.21.3' },
      {
        m2: { build: '5.21.3', facts: { snap: snapOf('5.21.3', { tracking: '5.21/edge' }) } },
        m3: { build: '5.21.3', facts: { architecture: 'aarch64' } },
      },
    );
    expect(only({ members, said: offer('5.21.4') }).members).toEqual(['m1']);
  });

  test('a channel’s name that is none is not repeated in the warning’s words', () => {
    const members = three({ build: '5.21.3', facts: { snap: snapOf('5.21.3', { tracking: '`@everyone`' }) } });
    const { title, cause, next } = only({ members, said: offer('5.21.4') });
    expect(`${title} ${cause} ${next}`).not.toContain('everyone');
    expect(title).toMatch(/^The channel of the snap offers LXD 5\.21\.4/);
  });
});
