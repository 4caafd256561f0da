/** All cases on rehearsal clusters, several side by side: most of a run is waiting. Each has a directory of its own. */
import { rm } from 'node:fs/promises';
import type { MatrixCase } from './cases.ts';
import { makeTemporaryDirectory } from '../support/temporary-directory.ts';
import { openRehearsal, startHost, type Host } from './rehearsal-ground.ts';
import { reportOfError, type Done } from './report.ts';
import { runCase, type CaseReport } from './run-case.ts';

export async function playOnRehearsals(cases: readonly MatrixCase[], jobs: number, done: Done): Promise<void> {
  const left = [...cases];
  const worker = async (): Promise<void> => {
    let host = startHost();
    for (let one = left.shift(); one !== undefined; one = left.shift()) {
      const begun = Date.now();
      let report: CaseReport;
      try {
        report = await playOne(one, host);
      } catch (error) {
        report = reportOfError(error);
        await host.end();
        host = startHost();
      }
      done(one, report, Date.now() - begun);
    }
    await host.end();
  };
  await Promise.all(Array.from({ length: Math.min(jobs, cases.length) }, worker));
}

async function playOne(one: MatrixCase, host: Host): Promise<CaseReport> {
  const home = makeTemporaryDirectory('lockstep-matrix-');
  try {
    const ground = await openRehearsal({ host, situation: one.situation, home: home.path, seed: one.seed });
    const report = await runCase(one, ground);
    await ground.close();
    return report;
  } finally {
    await removeLate(home.path);
  }
}

/** A script of a member may still be writing its last file. */
async function removeLate(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
  } catch (error) {
    console.log(`      ${path} could not be removed: ${error instanceof Error ? error.message : String(error)}`);
  }
}
