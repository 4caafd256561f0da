/** What a person has to know of `sql-live` before approving. */
import type { PlanWords } from '../plan.ts';
import { livingAfterSql, requireWriter, wrongRows } from './live-rows.ts';
import { inPhase, listed, namesOf, type PlannerView } from './view.ts';

export function sqlLiveWords(view: PlannerView, instances: string, warnings: readonly string[]): PlanWords {
  const wrong = wrongRows(view);
  const rows = wrong.map(({ member, row, count }) => `${member.member} from ${row.apiExtensions} to ${count}`);
  return {
    outage: outageOf(view),
    instances,
    instancesStopped: 0,
    irreversible: [
      `The recorded API extension counts: ${listed(rows)}. Each is then what that LXD has; the old ones were wrong, and writing them back would block the cluster.`,
    ],
    rollback:
      'It changes nothing but these rows, and only while each holds what was read. There is nothing to undo afterwards: the rows record what each LXD has.',
    warnings: [...comesNext(view), ...warnings],
  };
}

function outageOf(view: PlannerView): string {
  const serving = inPhase(view, 'serving');
  const back = livingAfterSql(view).filter(({ phase }) => phase !== 'serving');
  const stays = `Nothing is stopped. ${namesOf(serving)} ${serving.length === 1 ? 'serves' : 'serve'} on; the statement runs on ${requireWriter(view).member}.`;
  return back.length === 0 ? stays : `${stays} The API of ${namesOf(back)} comes back within a minute after it.`;
}

function comesNext(view: PlannerView): readonly string[] {
  const stopped = inPhase(view, 'stopped');
  return [
    ...(view.binary === null
      ? [
          `The members still run different LXD afterwards, and one that is lower by its row refreshes itself within a minute. Align them at once: /lxd recover ${view.input.cluster.name} --strategy align-revision`,
        ]
      : []),
    ...(stopped.length === 0 ? [] : [`LXD on ${namesOf(stopped)} is stopped and stays so.`]),
  ];
}
