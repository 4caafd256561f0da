/** A rehearsal cluster of its own for each case of the cluster contract. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Series } from '../../src/rehearsal/builds.ts';
import { runRehearsal } from '../../src/rehearsal/run.ts';
import type { MakeCluster } from '../contract/cluster.ts';

export function rehearsalOf(series: Series): MakeCluster {
  return async (scenario) => {
    const dir = mkdtempSync(join(tmpdir(), 'lockstep-rehearsal-'));
    const rehearsal = await runRehearsal({ scenario, series, dir, idleMs: 0 });
    return {
      config: rehearsal.config,
      async dispose() {
        await rehearsal.close();
        rmSync(dir, { recursive: true, force: true });
      },
    };
  };
}
