/**
 * What a cluster's findings were at the last look, so that the timeline gets an entry when one appears or clears, and none when a
 * look saw the same as before.
 */
import type { ClusterConfig } from '../domain/cluster.ts';
import type { Diagnosis } from '../domain/diagnose/types.ts';
import type { Finding } from '../domain/finding.ts';
import type { NewTimelineEntry } from '../domain/timeline.ts';
import type { AppDeps } from './deps.ts';

/** Key of a finding → its title at the last look. */
type Remembered = Readonly<Record<string, string>>;

export async function recordFindings(
  deps: AppDeps,
  cluster: ClusterConfig,
  diagnosis: Diagnosis,
  at: number,
): Promise<void> {
  const key = `findings:${cluster.name}`;
  const before = parseRemembered(await deps.store.getMeta(key));
  const now: Remembered = Object.fromEntries(diagnosis.findings.map((finding) => [keyOf(finding), finding.title]));
  const entries = [
    ...Object.entries(before).flatMap(([id, title]) =>
      id in now || id.startsWith('in-step@') ? [] : [entry(cluster, at, 'finding-cleared', `No longer so: ${title}`)],
    ),
    ...Object.entries(now).flatMap(([id, title]) =>
      id in before ? [] : [entry(cluster, at, 'finding-appeared', title)],
    ),
  ];
  if (entries.length === 0) return;
  await deps.store.appendTimeline(entries, deps.clock.nowMs());
  await deps.store.setMeta(key, JSON.stringify(now));
}

function keyOf(finding: Finding): string {
  return `${finding.kind}@${finding.members.join(',')}`;
}

function entry(
  cluster: ClusterConfig,
  at: number,
  kind: 'finding-appeared' | 'finding-cleared',
  text: string,
): NewTimelineEntry {
  return {
    happenedAt: at,
    kind,
    cluster: cluster.name,
    run: null,
    incident: null,
    member: null,
    actor: 'lockstep',
    text,
    evidence: null,
  };
}

/** A value that can't be read counts as nothing remembered: the worst is one entry too many. */
function parseRemembered(text: string | null): Remembered {
  if (text === null) return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
    return Object.fromEntries(
      Object.entries(value).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
    );
  } catch {
    return {};
  }
}
