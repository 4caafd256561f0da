/** What keeps Lockstep from bringing members to one build, to the word. */
import { expect, test } from 'vitest';
import type { BinaryFacts, MemberFacts } from '../../../src/domain/observation.ts';
import type { BuildName } from '../../support/builds.ts';
import {
  align,
  binaryLike,
  clusterOf,
  lower,
  snapOf,
  upgraded,
  withDatabaseSchema,
  type Each,
} from '../../support/moving.ts';
import { UNREACHABLE } from '../../support/observation.ts';
import type { MemberSpec, ObservationSpec } from '../../support/observation-spec.ts';
import { told } from '../../support/told.ts';

const doing = { changes: [{ id: '8', status: 'Doing', summary: 'Refresh "lxd" snap', spawn: null }] };
const done = { changes: [{ id: '8', status: 'Done', summary: 'Refresh "lxd" snap', spawn: null }] };

/** m3 one version lower than what the others serve. */
const behind = (m3: Omit<MemberSpec, 'name'> = {}, spec: Partial<ObservationSpec> = {}) =>
  clusterOf({ build: '5.21.3' }, { m3: { build: '5.21.2', daemon: 'crash-looping', ...m3 } }, { rows: 402, ...spec });

/** m1 serves the lower version already, the rows of the others are above it. */
const halfway = (m1: Omit<MemberSpec, 'name'> = {}) =>
  clusterOf(
    { build: '5.21.3', kept: ['5.21.2'] },
    { m1: { build: '5.21.2', kept: [], ...m1 } },
    { rows: { m1: 387, m2: 402, m3: 402 } },
  );

test('what keeps members from being aligned', async () => {
  const version = (text: string): Partial<MemberFacts> => ({ snap: snapOf('5.21.2', { version: text }) });
  await expect(
    told({
      'all have one LXD': align(() => clusterOf({ build: '5.21.2' })),
      'one is lower': align(() => behind()),
      'to a version that one has': align(() => behind(), { to: '5.21.3' }),
      'to a version with its build': align(() => behind(), { to: '5.21.3-75def3c' }),
      'to a version that nobody has': align(() => behind(), { to: '5.21.5' }),
      'to a revision that nobody has': align(() => behind(), { to: '99' }),
      'to a word': align(() => behind(), { to: 'latest' }),
      'to the lower one, one row above': align(() => behind({}, { rows: { m1: 387, m2: 387, m3: 402 } }), {
        to: '5.21.2',
      }),
      'to the lower one, all rows above': align(() => behind(), { to: '5.21.2' }),
      'to the lower one, which one serves that reads no table': align(() => halfway({ facts: { nodes: null } }), {
        to: '5.21.2',
      }),
      'two versions share the highest count': align(() => clusterOf({ build: '5.21.2' }, { m3: { build: '6.1' } })),
      'two versions share it, and none was named': align(
        () => clusterOf({ build: '5.21.2' }, { m3: { build: '6.1' } }),
        { to: null },
      ),
      'two versions share it, one was named': align(() => clusterOf({ build: '5.21.2' }, { m3: { build: '6.1' } }), {
        to: '6.1',
      }),
      'no binary could be measured': align(() =>
        clusterOf(
          { build: '5.21.2', facts: { binaries: [] } },
          { m3: { build: '5.21.3', facts: { binaries: [] } } },
          { rows: 402 },
        ),
      ),
      'one is of another architecture': align(() => behind({ facts: { architecture: 'aarch64' } })),
      'two are of another architecture': align(() =>
        clusterOf(
          { build: '5.21.2', daemon: 'crash-looping', facts: { architecture: 'aarch64' } },
          { m1: { build: '5.21.3', daemon: 'serving', facts: {} } },
          { rows: 402 },
        ),
      ),
      'one is stopped': align(() => behind({ daemon: 'stopped' })),
      'two are stopped': align(() =>
        clusterOf(
          { build: '5.21.3' },
          { m1: { daemon: 'stopped' }, m3: { build: '5.21.2', daemon: 'stopped' } },
          { rows: 402 },
        ),
      ),
      'one runs what it no longer has installed': align(() => behind({ daemon: 'waiting', runs: '5.21.3' })),
      'the database is ahead of all': align(() => behind({}, { databaseSchema: 78 })),
      'a row is ahead of all': align(() => behind({}, { row: { m1: { schema: 78 } }, databaseSchema: 73 })),
      'the schema of the database is not known': align(() => withDatabaseSchema(behind(), null)),
      'tracks would be crossed': align(() =>
        clusterOf({ build: '5.21.2', daemon: 'waiting' }, { m3: { build: '6.6' } }),
      ),
      'to another track': align(() => clusterOf({ build: '5.21.2', kept: ['6.6'] }, { m3: { build: '5.21.3' } }), {
        to: '38700',
      }),
      'one release is not in the table': align(() => behind({ facts: version('5.21.9-x') })),
      'two releases are not in the table': align(() =>
        clusterOf(
          { build: '5.21.2', daemon: 'crash-looping', facts: version('5.21.9-x') },
          { m1: { build: '5.21.3', daemon: 'serving', facts: {} } },
          { rows: 402 },
        ),
      ),
      'snapd hangs at one that waits': align(() =>
        clusterOf({ build: '5.21.2', facts: {} }, { m3: { build: '5.21.3', daemon: 'waiting', facts: doing } }),
      ),
      'snapd hangs at one that waits and is to move': align(
        () =>
          clusterOf(
            { build: '5.21.2', kept: ['5.21.3'] },
            { m3: { build: '5.21.3', daemon: 'waiting', facts: doing } },
          ),
        { to: '5.21.2' },
      ),
      'snapd has ended at one that waits and is to move': align(
        () =>
          clusterOf({ build: '5.21.2', kept: ['5.21.3'] }, { m3: { build: '5.21.3', daemon: 'waiting', facts: done } }),
        { to: '5.21.2' },
      ),
      'changes were not read at one that waits and is to move': align(
        () =>
          clusterOf(
            { build: '5.21.2', kept: ['5.21.3'] },
            { m3: { build: '5.21.3', daemon: 'waiting', facts: { changes: null } } },
          ),
        { to: '5.21.2' },
      ),
      'snapd hangs at one that crashes and is to move': align(() => behind({ facts: doing })),
      'a row does not hold what its server runs': align(() =>
        clusterOf(
          { build: '5.21.3' },
          { m3: { build: '5.21.2', daemon: 'crash-looping' } },
          { rows: { m1: 387, m2: 402, m3: 387 } },
        ),
      ),
      'nobody could be measured': align(() =>
        clusterOf(
          { build: '5.21.2', daemon: 'crash-looping', facts: { binaries: [] } },
          { m3: { build: '5.21.3' } },
          { rows: 402 },
        ),
      ),
      'the higher one is known by its API alone': align(() =>
        clusterOf(
          { build: '5.21.3', facts: { binaries: [] } },
          { m3: { build: '5.21.2', daemon: 'crash-looping', facts: {} } },
          { rows: 402 },
        ),
      ),
      'the higher one has no snap that could be read': align(() =>
        clusterOf(
          { build: '5.21.3', facts: { snap: null } },
          { m3: { build: '5.21.2', daemon: 'crash-looping', facts: {} } },
          { rows: 402 },
        ),
      ),
      'one has no architecture': align(() => behind({ facts: { architecture: null } })),
      'one has no row': align(() => behind({}, { row: { m3: null } })),
      'no table': align(() => behind({}, { rows: null })),
      'one did not answer': align(() => behind({ reach: UNREACHABLE })),
      'no room': align(() => behind({ facts: { disk: { databaseBytes: 10, freeBytes: 30 } } })),
    }),
  ).toMatchFileSnapshot('texts/move-align.txt');
});

/** 6.3 is installed, and 6.1 is kept. */
function between(): Partial<MemberFacts> {
  const installed = binaryLike('6.1', {
    revision: '30300',
    path: '/snap/lxd/30300/bin/lxd',
    extensions: 420,
    names: null,
  });
  return { snap: snapOf('6.1', { version: '6.3-x', revision: '30300' }), binaries: [installed, binaryLike('6.1')] };
}

test('what keeps a cluster from being taken lower', async () => {
  const kept = (build: BuildName, changes: Partial<BinaryFacts>): Omit<MemberSpec, 'name'> => ({
    facts: { binaries: [binaryLike('5.21.3'), binaryLike(build, changes)] },
  });
  const allKeep = (build: BuildName, changes: Partial<BinaryFacts>): Each => ({
    m1: kept(build, changes),
    m2: kept(build, changes),
    m3: kept(build, changes),
  });
  await expect(
    told({
      'no version': lower(() => upgraded(), null),
      'a version that all keep': lower(() => upgraded(), '5.21.2'),
      'with blanks around it': lower(() => upgraded(), ' 5.21.2 '),
      'its revision': lower(() => upgraded(), '30131'),
      'with a build that nobody can tell': lower(() => upgraded(), '5.21.2-2f4ba6b'),
      'a version that one keeps': lower(() => clusterOf({ build: '5.21.3' }, { m1: { kept: ['5.21.2'] } }), '5.21.2'),
      'a version that nobody keeps': lower(() => upgraded(), '5.21.1'),
      'a revision of a sideloaded snap': lower(() => upgraded(), 'x7'),
      'a number that is no revision': lower(() => upgraded(), '030131'),
      'nothing at all': lower(() => upgraded(), ''),
      'the same version': lower(() => upgraded(), '5.21.3'),
      'the same version, rows above': lower(() => upgraded({}, { rows: 433 }), '5.21.3'),
      'a higher one': lower(() => clusterOf({ build: '5.21.2', kept: ['5.21.3'] }), '5.21.3'),
      'a higher one of which a row is above': lower(
        () =>
          clusterOf(
            { build: '5.21.2', kept: ['5.21.3'], daemon: 'crash-looping' },
            {},
            { rows: { m1: 433, m2: 387, m3: 387 } },
          ),
        '5.21.3',
      ),
      'the highest, which one has': lower(() => clusterOf({ build: '5.21.2' }, { m1: { build: '5.21.3' } }), '5.21.3'),
      'different binaries under one revision': lower(
        () => upgraded({ m2: kept('5.21.2', { extensions: 386 }) }),
        '30131',
      ),
      'different schemas under one revision': lower(() => upgraded({ m2: kept('5.21.2', { schema: 72 }) }), '30131'),
      'several revisions of that version': lower(
        () => upgraded({ m2: kept('5.21.2', { revision: '30999' }) }),
        '5.21.2',
      ),
      'one of several revisions of that version': lower(
        () => upgraded({ m2: kept('5.21.2', { revision: '30999' }) }),
        '30131',
      ),
      'a binary without a count': lower(() => upgraded(allKeep('5.21.2', { extensions: null })), '30131'),
      'a binary without a schema': lower(() => upgraded(allKeep('5.21.2', { schema: null })), '30131'),
      'a binary of no release': lower(() => upgraded(allKeep('5.21.2', { extensions: 390 })), '30131'),
      'a binary of another schema': lower(() => upgraded(allKeep('5.21.2', { schema: 72 })), '30131'),
      'a lower local schema': lower(() => upgraded(allKeep('5.21.2', { localSchema: 42 })), '5.21.2'),
      'a lower local schema, not known on the first': lower(
        () => upgraded({ ...allKeep('5.21.2', { localSchema: 42 }), m1: kept('5.21.2', { localSchema: null }) }),
        '5.21.2',
      ),
      'a revision that fits releases of two tracks': lower(() => upgraded({ m3: { build: '6.6' } }), '30131'),
      'a local schema that is not known': lower(() => upgraded(allKeep('5.21.2', { localSchema: null })), '5.21.2'),
      'a local schema of a revision that is not installed': lower(
        () =>
          upgraded({
            m1: {
              facts: {
                binaries: [binaryLike('5.21.3'), binaryLike('5.21.2'), binaryLike('5.21.4', { localSchema: 99 })],
              },
            },
          }),
        '5.21.2',
      ),
      'a release that is no LTS': lower(() => clusterOf({ build: '5.4', kept: ['5.2'] }), '5.2'),
      'another track': lower(() => upgraded({ m1: { kept: ['5.0.2'] } }), '502'),
      'a version that two tracks share by its count': lower(
        () => clusterOf({ build: '5.0.2', kept: ['5.0.1', '5.2'] }),
        '501',
      ),
      'a version that two releases of the track share': lower(
        () => clusterOf({ build: '5.0.5', kept: ['5.0.4'] }),
        '5.0.4',
      ),
      'a revision that two releases of the track share': lower(
        () => clusterOf({ build: '5.0.5', kept: ['5.0.4'] }),
        '504',
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
      'a newer schema with fewer extensions': lower(() => upgraded(allKeep('5.21.2', { schema: 74 })), '30131'),
      'out of an LTS track, rows as they are there': lower(
        () => clusterOf({ build: '6.1', daemon: 'crash-looping', facts: between() }, {}, { rows: 387 }),
        '30200',
      ),
      'no revision for the architecture of one': lower(
        () =>
          clusterOf(
            { build: '5.0.5', kept: ['5.0.4'], daemon: 'crash-looping' },
            { m3: { facts: { architecture: 'aarch64', binaries: [binaryLike('5.0.5')] } } },
            { rows: 345 },
          ),
        '504',
      ),
      'one serves on and reads no table, all rows above': lower(() => halfway({ facts: { nodes: null } }), '5.21.2'),
      'one serves on and reads the table, all rows above': lower(() => halfway(), '5.21.2'),
      'one did not answer': lower(() => upgraded({ m2: { reach: UNREACHABLE } }), '5.21.2'),
    }),
  ).toMatchFileSnapshot('texts/move-lower.txt');
});
