/** The run that a rollback is to undo: of this cluster, over, and one that wrote a patch. */
import type { ClusterConfig } from '../domain/cluster.ts';
import type { RefusalReason, Undo } from '../domain/plan.ts';
import { err, ok, type Result } from '../domain/result.ts';
import type { Run } from '../domain/run.ts';
import type { Rendered } from '../ports/chat.ts';
import { renderRefusal } from './answer.ts';
import { refusalOf } from './authorise.ts';
import type { Call } from './call.ts';
import { chooseRun } from './run-choice.ts';

export async function findUndo(call: Call, cluster: ClusterConfig, of: string): Promise<Result<Undo, Rendered>> {
  const chosen = await chooseRun(call, { id: of, fits: ['succeeded', 'aborted'], command: 'runs' });
  if (!chosen.ok) return chosen;
  const run = chosen.value;
  const reason = whyNot(run, cluster);
  if (reason !== null) {
    const refusal = refusalOf(cluster, [reason], `/lxd runs ${run.id}`);
    return err(renderRefusal(`Not undoing ${run.id}`, refusal));
  }
  const { givenUp } = run.plan;
  return ok({ run: run.id, count: highestReplaced(run), ...(givenUp === undefined ? {} : { givenUp }) });
}

function whyNot(run: Run, cluster: ClusterConfig): RefusalReason | null {
  const refused = (text: string): RefusalReason => ({ code: 'rollback-not-possible', text });
  if (run.cluster !== cluster.name) return refused(`${run.id} is a run on another cluster.`);
  if (run.state !== 'succeeded' && run.state !== 'aborted') {
    return refused(`${run.id} is ${run.state}: only a run that succeeded or was aborted can be undone.`);
  }
  if (highestReplaced(run) !== null) return null;
  return run.strategy === 'sql-live'
    ? refused(
        `After ${run.id} the rows record what each LXD has. Writing the old numbers back would block the cluster again.`,
      )
    : refused(
        `${run.id} wrote no patch. To go to another version: --strategy planned-downgrade or align-revision, with --to.`,
      );
}

function highestReplaced({ plan }: Run): number | null {
  const counts = plan.stages.flatMap(({ steps }) =>
    steps.flatMap(({ call }) => (call.kind === 'write-patch' ? call.patch.oldCounts : [])),
  );
  return counts.length === 0 ? null : Math.max(...counts);
}
