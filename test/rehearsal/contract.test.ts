import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Series } from '../../src/rehearsal/builds.ts';
import { runRehearsal } from '../../src/rehearsal/run.ts';
import { clusterContract } from '../contract/cluster.ts';
import type { MakeCluster } from '../contract/cluster.ts';

function rehearsalOf(series: Series): MakeCluster {
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

// The series of the lab, to be held against it one to one; repairs on the series that a newcomer meets.
clusterContract('rehearsal 5.0', rehearsalOf('5.0'), { only: 'looks', concurrent: true });
clusterContract('rehearsal 5.21', rehearsalOf('5.21'), { only: 'ends' });
