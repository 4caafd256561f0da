/** A timeline as JSON, with everything that the chain covers, so that another program can check it. Pure. */
import type { TimelineReport } from './subject.ts';

export function reportJson({ about, at, entries, head }: TimelineReport): string {
  const value = {
    about,
    at: new Date(at).toISOString(),
    head,
    entries: entries.map((entry) => ({
      ...entry,
      happenedAt: new Date(entry.happenedAt).toISOString(),
      recordedAt: new Date(entry.recordedAt).toISOString(),
    })),
  };
  return `${JSON.stringify(value, null, 2)}\n`;
}
