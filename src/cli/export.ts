/** Writes a cluster's timeline as Markdown and as JSON into a directory. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { requireClusterName } from '../domain/ids.ts';
import type { Lockstep } from '../main.ts';
import { reportJson } from '../report/json.ts';
import { reportMarkdown } from '../report/markdown.ts';
import type { TimelineReport } from '../report/subject.ts';

/** Paths of what was written. */
export async function exportTimeline(lockstep: Lockstep, cluster: string, dir: string): Promise<readonly string[]> {
  const { store, deps } = lockstep;
  const report: TimelineReport = {
    about: cluster,
    at: deps.clock.nowMs(),
    entries: await store.listTimeline({ cluster: requireClusterName(cluster) }),
    head: await store.timelineHead(),
  };
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const files = [
    { path: join(dir, `timeline-${cluster}.md`), text: reportMarkdown(report) },
    { path: join(dir, `timeline-${cluster}.json`), text: reportJson(report) },
  ];
  for (const { path, text } of files) writeFileSync(path, text, { mode: 0o600 });
  return files.map(({ path }) => path);
}
