/** One recovery by Lockstep, as two people ask for it, and its times as its own timeline has them. */
import { newDirectory } from '../../lab/support/cluster.ts';
import { type ConsoleEnd, dataOf, describeEnd, lastOf, runConsole, startConsole } from '../../lab/support/console.ts';
import type { Lab } from '../../lab/lab.ts';
import { startWatch, type Watched } from './watch.ts';

interface StageTime {
  readonly title: string;
  readonly from: number;
  readonly to: number;
}

export interface Recovered {
  readonly run: string;
  readonly approvedAt: number;
  readonly startedAt: number;
  readonly endedAt: number;
  /** When the card that says so was shown. */
  readonly shownAt: number;
  readonly stages: readonly StageTime[];
  readonly watched: Watched;
}

/** The plan first, so that connections are there as they are in a bot that was just asked; then the other person's word. */
export async function recover(lab: Lab, strategy: string): Promise<Recovered> {
  const place = { config: lab.configPath, data: newDirectory() };
  const running = startConsole({
    ...place,
    as: 'alice',
    commands: [`recover lab --strategy ${strategy}`, '/as bob', 'approve'],
  });
  await running.seen('the start of the patch', ({ data }) =>
    data?.kind === 'run'
      ? data.steps.some(
          ({ id, state }) => (id.endsWith('await-ready') || id.endsWith('consumed')) && state !== 'pending',
        )
      : false,
  );
  const watch = startWatch(lab);
  const end = await running.ended;
  const watched = await watch.stop();
  const { state, run } = lastOf(end, 'run');
  if (state !== 'succeeded') throw new Error(`${run} ended ${state}: ${describeEnd(end).slice(-3000)}`);
  const asked = await runConsole({ ...place, as: 'alice', commands: [`timeline ${run}`] });
  return { run, ...timesOf(asked, run), shownAt: shownAt(end), watched };
}

function shownAt({ lines }: ConsoleEnd): number {
  const card = lines.find(({ data }) => data?.kind === 'run' && data.state === 'succeeded');
  return Date.parse(card?.at ?? '');
}

function timesOf(end: ConsoleEnd, run: string): Pick<Recovered, 'approvedAt' | 'startedAt' | 'endedAt' | 'stages'> {
  const entries = dataOf(end, 'timeline').flatMap((one) => one.entries.filter((entry) => entry.run === run));
  const timeOf = (kind: string): number => {
    const found = entries.find((entry) => entry.kind === kind);
    if (found === undefined) throw new Error(`the timeline of ${run} has no entry ${kind}`);
    return Date.parse(found.happenedAt);
  };
  const stages = new Map<string, { from: number; to: number }>();
  for (const { kind, text, member, happenedAt } of entries) {
    if (member === null || (kind !== 'step-started' && kind !== 'step-done')) continue;
    const id = text.split(' ')[0] ?? text;
    const at = Date.parse(happenedAt);
    const known = stages.get(id);
    stages.set(id, { from: Math.min(known?.from ?? at, at), to: Math.max(known?.to ?? at, at) });
  }
  return {
    approvedAt: timeOf('approval-given'),
    startedAt: timeOf('run-started'),
    endedAt: timeOf('run-ended'),
    stages: [...stages].map(([title, time]) => ({ title, ...time })),
  };
}
