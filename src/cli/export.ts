/** Writes a cluster's timeline in every format into a directory: the same files that `timeline --format` gives. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileOf, subjectOf } from '../app/report.ts';
import { requireClusterName } from '../domain/ids.ts';
import type { Lockstep } from '../main.ts';
import { REPORT_FORMATS } from '../report/formats.ts';

/** Paths of what was written. A picture that could not be drawn is left out. */
export async function exportTimeline(lockstep: Lockstep, name: string, dir: string): Promise<readonly string[]> {
  const { store, deps } = lockstep;
  const cluster = requireClusterName(name);
  const entries = await store.listTimeline({ cluster });
  const subject = await subjectOf(deps, { kind: 'cluster', name, cluster, incident: null, entries });
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const paths: string[] = [];
  for (const format of REPORT_FORMATS) {
    const file = await fileOf(deps, subject, format);
    if (!file.ok) continue;
    const path = join(dir, `timeline-${name}.${format}`);
    writeFileSync(path, file.value.bytes, { mode: 0o600 });
    paths.push(path);
  }
  return paths;
}
