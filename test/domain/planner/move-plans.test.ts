/** Bringing members to one build: the steps, and what a person is told of them. */
import { expect, test } from 'vitest';
import type { Planned } from '../../../src/domain/plan.ts';
import { align, binaryLike, clusterOf, lower, snapOf, upgraded } from '../../support/moving.ts';
import { downgradedOne } from '../../support/planning.ts';
import { toldSteps, toldWords } from '../../support/told.ts';

const PLANS: Readonly<Record<string, () => Planned>> = {
  'one is brought up': align(() => downgradedOne()),
  'two are brought up': align(() =>
    clusterOf(
      { build: '5.21.3' },
      { m2: { build: '5.21.2', daemon: 'crash-looping' }, m3: { build: '5.21.2', daemon: 'crash-looping' } },
      { rows: 402 },
    ),
  ),
  'one went up alone and comes back': align(
    () =>
      clusterOf(
        { build: '5.21.2' },
        { m3: { build: '5.21.3', kept: ['5.21.2'], daemon: 'waiting' } },
        { rows: { m3: 402 } },
      ),
    { to: '5.21.2' },
  ),
  'one went up alone and comes back, as does one of another revision': align(
    () =>
      clusterOf(
        { build: '5.21.2' },
        {
          m2: {
            build: '5.21.2',
            facts: {
              snap: snapOf('5.21.2', { revision: '30999' }),
              binaries: [binaryLike('5.21.2', { revision: '30999' })],
            },
          },
          m3: { build: '5.21.3', kept: ['5.21.2'], daemon: 'waiting' },
        },
        { rows: { m3: 402 } },
      ),
    { to: '30131' },
  ),
  'one went up, and the row of another is above too': lower(
    () =>
      clusterOf(
        { build: '5.21.2', daemon: 'crash-looping' },
        { m3: { build: '5.21.3', kept: ['5.21.2'], daemon: 'waiting' } },
        { rows: { m2: 402, m3: 402 } },
      ),
    '5.21.2',
  ),
  'an evacuated row is above': lower(
    () =>
      clusterOf(
        { build: '5.21.2', daemon: 'crash-looping' },
        { m3: { build: '5.21.3', kept: ['5.21.2'], daemon: 'waiting' } },
        { rows: { m2: 402, m3: 402 }, row: { m2: { state: 'evacuated' } } },
      ),
    '5.21.2',
  ),
  'all go down': lower(() => upgraded(), '5.21.2'),
  'all go down, by the revision': lower(() => upgraded(), '30131'),
  'two go down, one serves on there and corrects the rows': lower(
    () =>
      clusterOf(
        { build: '5.21.3', kept: ['5.21.2'] },
        { m2: { build: '5.21.2', kept: [] } },
        { rows: { m1: 402, m2: 387, m3: 402 } },
      ),
    '5.21.2',
  ),
  'all go down, refreshes not held': lower(
    () =>
      upgraded({
        m1: { facts: { snap: snapOf('5.21.3', { held: false }) } },
        m3: { facts: { snap: snapOf('5.21.3', { held: false }) } },
      }),
    '5.21.2',
  ),
  'one is brought up, refreshes not held': align(() =>
    clusterOf(
      { build: '5.21.3' },
      {
        m1: { facts: { snap: snapOf('5.21.3', { held: false, tracking: null }) } },
        m3: { build: '5.21.2', daemon: 'crash-looping', facts: { snap: snapOf('5.21.2', { tracking: '5.21/edge' }) } },
      },
      { rows: 402 },
    ),
  ),
  'no channel is known': align(() =>
    clusterOf(
      { build: '5.21.3', facts: { snap: snapOf('5.21.3', { tracking: null }) } },
      { m3: { build: '5.21.2', daemon: 'crash-looping', facts: { snap: snapOf('5.21.2', { tracking: null }) } } },
      { rows: 402 },
    ),
  ),
  'the first member is no voter': lower(() => {
    const raft = ['stand-by', 'voter', 'voter'].map((role, index) => ({
      id: index + 1,
      address: `10.0.0.${index + 1}:8443`,
      name: null,
      role: role as 'voter' | 'stand-by',
    }));
    return upgraded({ m1: { facts: { raft } }, m2: { facts: { raft } }, m3: { facts: { raft } } });
  }, '5.21.2'),
  'voters were not read': lower(() => upgraded({ m1: { facts: { raft: null } } }), '5.21.2'),
  'no voters are known': lower(() => upgraded({ m1: { facts: { raft: [] } } }), '5.21.2'),
  'to a newer schema, which the database has not': align(() =>
    clusterOf({ build: '5.4', daemon: 'waiting' }, { m3: { build: '5.2' } }, { databaseSchema: 60 }),
  ),
  'one between what members have': lower(
    () =>
      clusterOf(
        { build: '5.21.2', kept: ['5.21.3'], daemon: 'crash-looping' },
        { m1: { build: '5.21.4' } },
        { rows: 387 },
      ),
    '5.21.3',
  ),
  'to a newer schema': align(() =>
    clusterOf({ build: '6.1', daemon: 'waiting' }, { m3: { build: '6.6', daemon: 'waiting' } }, { rows: { m3: 448 } }),
  ),
  'to a build that several releases share': lower(
    () => clusterOf({ build: '5.0.5', kept: ['5.0.4'], daemon: 'crash-looping' }, {}, { rows: 345 }),
    '504',
  ),
  'healing is on, and one serves': align(() =>
    clusterOf(
      { build: '5.21.3' },
      {
        m1: { facts: { settings: { offlineThresholdS: null, healingThresholdS: 300, shutdownTimeoutMin: null } } },
        m3: { build: '5.21.2', daemon: 'crash-looping' },
      },
      { rows: 402 },
    ),
  ),
};

test('the steps that bring members to one build', async () => {
  await expect(toldSteps(PLANS)).toMatchFileSnapshot('texts/move-steps.txt');
});

test('what a person is told before members are brought to one build', async () => {
  const others = Object.entries(PLANS).filter(([name]) => !/voter|by the revision/.test(name));
  await expect(toldWords(Object.fromEntries(others))).toMatchFileSnapshot('texts/move-words.txt');
});
