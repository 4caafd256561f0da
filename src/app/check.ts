/** `check`: a fresh look, then the question whether that version would strand the cluster. Changes nothing. */
import { checkMessage } from '../chat/views/answers.ts';
import type { Call } from './call.ts';
import { requireCluster } from './clusters.ts';
import { lookAt } from './look.ts';

export async function checkBeforeMove(call: Call, name: string, to: string): Promise<void> {
  const cluster = requireCluster(call.deps, name);
  const look = await lookAt(call, cluster);
  const data = call.deps.checkMove({
    observation: look.observation,
    diagnosis: look.diagnosis,
    releases: call.deps.releases,
    to,
  });
  await look.answer({ message: checkMessage(data), data });
}
