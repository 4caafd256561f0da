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
