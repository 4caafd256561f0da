/** What doctor says of a member that Lockstep can't read: the gates that it passed, the one where it stopped, and what to do. */
import { describe, expect, test } from 'vitest';
import { examine } from '../../src/app/doctor.ts';
import type { Reach } from '../../src/domain/observation.ts';
import { aCluster } from '../support/cluster.ts';
import { observationOf, three } from '../support/observation.ts';

async function checksOfM2(reach: Reach): Promise<readonly string[]> {
  const observation = observationOf({ members: three({}, { m2: { reach } }) });
  const prober = { probe: () => Promise.resolve(observation) };
  const { checks } = await examine({ localChecks: () => Promise.resolve([]), prober }, [aCluster()]);
  return checks.filter(({ target }) => target.endsWith('/m2')).map(({ id, state }) => `${id} ${state}`);
}

describe('a member that can’t be read', () => {
  test.each([
    [{ kind: 'unreachable', text: '' }, ['reachable fail']],
    [{ kind: 'host-key-refused', reason: 'unknown', text: '' }, ['reachable ok', 'host-key fail']],
    [{ kind: 'auth-failed', text: '' }, ['reachable ok', 'host-key ok', 'login fail']],
    [{ kind: 'sudo-refused', text: '' }, ['reachable ok', 'host-key ok', 'login ok', 'sudo fail']],
    [{ kind: 'garbled', text: '' }, ['reachable ok', 'host-key ok', 'login ok', 'answer fail']],
    [{ kind: 'timed-out', text: '' }, ['reachable ok', 'host-key ok', 'login ok', 'answer fail']],
    [{ kind: 'lost', text: '' }, ['reachable ok', 'host-key ok', 'login ok', 'answer fail']],
  ] as const)('%o', async (reach, expected) => {
    expect(await checksOfM2(reach)).toEqual(expected);
  });
});

describe('the commands that a member needs', () => {
  const lookedAt = async (facts: { readonly lacks: readonly string[] | null }) => {
    const observation = observationOf({ members: three({}, { m2: { facts } }) });
    const prober = { probe: () => Promise.resolve(observation) };
    const { checks } = await examine({ localChecks: () => Promise.resolve([]), prober }, [aCluster()]);
    return checks.filter(({ id, target }) => id === 'commands' && target.endsWith('/m2'));
  };

  test('all there is in order', async () => {
    expect(await lookedAt({ lacks: [] })).toMatchObject([{ state: 'ok', next: null }]);
  });

  test('what is needed fails, on one line with the packages to install', async () => {
    expect(await lookedAt({ lacks: ['flock', 'sqlite3'] })).toMatchObject([
      {
        state: 'fail',
        next: 'Not found there: flock, sqlite3 (without it the tables of a member whose LXD does not answer can’t be read). On m2: sudo apt install util-linux sqlite3',
      },
    ]);
  });

  test('what something else stands in for is a warning', async () => {
    expect(await lookedAt({ lacks: ['curl'] })).toMatchObject([
      { state: 'warn', next: expect.stringContaining('slower') as string },
    ]);
  });

  test('a host that was not asked gets no line', async () => {
    expect(await lookedAt({ lacks: null })).toEqual([]);
  });
});
