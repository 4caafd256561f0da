/** `status` and `explain`: look at clusters and say how they stand. */
import { explanationData, explanationMessage, THREAD_DEPTH, WHOLE_DEPTH } from '../chat/views/explanation.ts';
import { statusData, statusMessage, type StatusView } from '../chat/views/status.ts';
import type { Diagnosis } from '../domain/diagnose/types.ts';
import { historyOf } from '../domain/watch/history.ts';
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
  const since = sinceMs === null ? null : await pastOf(call, look, sinceMs);
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

async function pastOf(call: Call, look: Look, ms: number): Promise<NonNullable<StatusView['since']>> {
  const { cluster } = look;
  const to = call.deps.clock.nowMs();
  const all = await call.deps.store.listTimeline({ cluster: cluster.name });
  const members = cluster.members.map(({ name }) => name);
  const seenUntil = look.observation.endedAt;
  return {
    ms,
    entries: all.filter((entry) => entry.happenedAt >= to - ms),
    history: historyOf(all, { from: to - ms, to, seenUntil, members }),
  };
}

function isInStep(diagnosis: Diagnosis): boolean {
  return diagnosis.findings.every((finding) => finding.kind === 'in-step');
}
