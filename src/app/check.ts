/** `check`: a fresh look, then the question whether that version would strand the cluster. Changes nothing. */
import { checkMessage } from '../chat/views/answers.ts';
import type { CheckData } from '../domain/data.ts';
import { checkMove } from '../domain/diagnose/check.ts';
import type { Call } from './call.ts';
import { requireCluster } from './clusters.ts';
import { lookAt } from './look.ts';

export async function checkBeforeMove(call: Call, name: string, to: string): Promise<void> {
  const cluster = requireCluster(call.deps, name);
  const look = await lookAt(call, cluster);
  const answer = checkMove(look.observation, look.diagnosis, call.deps.releases, to);
  const data: CheckData = {
    kind: 'check',
    cluster: cluster.name,
    to: answer.to,
    verdict: answer.verdict,
    count: answer.count,
    schema: answer.schema,
    fixedIn: answer.fixedIn,
    order: answer.order,
    reasons: answer.reasons,
  };
  await look.answer({ message: checkMessage(data), data });
}
