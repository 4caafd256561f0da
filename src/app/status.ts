/** `status` and `explain`: look at clusters and say how they stand. */
import { explanationData, explanationMessage, THREAD_DEPTH, WHOLE_DEPTH } from '../chat/views/explanation.ts';
import { statusData, statusMessage } from '../chat/views/status.ts';
import type { ClusterConfig } from '../domain/cluster.ts';
import type { Diagnosis } from '../domain/diagnose/types.ts';
import type { TimelineEntry } from '../domain/timeline.ts';
import type { Call } from './call.ts';
import { chosenClusters } from './clusters.ts';
import { lookAt, type Look } from './look.ts';

/** All clusters are asked side by side; the cards come in the order of the configuration. */
export async function showStatus(call: Call, name: string | null, sinceMs: number | null): Promise<void> {
  const looks = chosenClusters(call, name).map((cluster) => lookAt(call, cluster));
  await Promise.allSettled(looks);
  for (const look of looks) await answerStatus(call, await look, sinceMs);
}

async function answerStatus(call: Call, look: Look, sinceMs: number | null): Promise<void> {
  const { cluster, diagnosis } = look;
  const since = sinceMs === null ? null : { ms: sinceMs, entries: await entriesSince(call, cluster, sinceMs) };
  const root = await look.answer({
    message: statusMessage({
      cluster: cluster.name,
      description: cluster.description,
      diagnosis,
      at: look.observation.endedAt,
      tookMs: look.tookMs,
      since,
    }),
    data: statusData(cluster.name, diagnosis),
  });
  if (isInStep(diagnosis)) return;
  await call.post(
    {
      message: explanationMessage(cluster.name, diagnosis, THREAD_DEPTH),
      data: explanationData(cluster.name, diagnosis),
    },
    call.address.thread ?? root,
  );
}

export async function explain(call: Call, name: string | null): Promise<void> {
  const looks = chosenClusters(call, name).map((cluster) => lookAt(call, cluster));
  await Promise.allSettled(looks);
  for (const pending of looks) {
    const look = await pending;
    await look.answer({
      message: explanationMessage(look.cluster.name, look.diagnosis, WHOLE_DEPTH),
      data: explanationData(look.cluster.name, look.diagnosis),
    });
  }
}

async function entriesSince(call: Call, cluster: ClusterConfig, ms: number): Promise<readonly TimelineEntry[]> {
  const from = call.deps.clock.nowMs() - ms;
  const entries = await call.deps.store.listTimeline({ cluster: cluster.name });
  return entries.filter((entry) => entry.happenedAt >= from);
}

function isInStep(diagnosis: Diagnosis): boolean {
  return diagnosis.findings.every((finding) => finding.kind === 'in-step');
}
