/**
 * What a recovery costs on real daemons. Lockstep's own share of `patch-in-place`: from the approval to the patch on a member, and
 * from the last member ONLINE to the card that says so, less what the rules make it wait for. And how long `stop-patch-start` keeps
 * members stopped, against a shell script that does the same by hand, round by round in the same lab. LXD's own healing is printed
 * and not judged. Needs root, as the lab does.
 */
import { performance } from 'node:perf_hooks';
import { setup } from '../lab/support/build.ts';
import { removeDirectories } from '../lab/support/cluster.ts';
import { type Lab, startLab } from '../lab/lab.ts';
import { judge } from './recovery/judge.ts';
import { recover, type Recovered } from './recovery/lockstep.ts';
import { fileTimes, stopToStart, unitCalls } from './recovery/member-times.ts';
import { createOperator, type Operator } from './recovery/shell.ts';
import { describeRatio, describeSeries, median, type Series } from './stats.ts';

const SHARE_MS = 3_000;
const RATIO = 1.25;

/** Resolves with whether both limits were met. */
export async function benchRecovery(rounds: number): Promise<boolean> {
  await setup();
  const lab = await startLab();
  try {
    const operator = await createOperator(lab);
    try {
      return report(rounds, await measure(lab, operator, rounds));
    } finally {
      await operator.close();
    }
  } finally {
    await lab.down();
    removeDirectories();
  }
}

type Figures = Map<string, number[]>;

async function measure(lab: Lab, operator: Operator, rounds: number): Promise<Figures> {
  const figures: Figures = new Map();
  for (let round = 1; round <= rounds; round += 1) {
    note(`round ${round} of ${rounds}: patch-in-place`);
    add(figures, await inPlace(lab));
    // Whoever comes second finds the machine's caches warm: they take turns.
    const both = [
      async () => add(figures, await byLockstep(lab)),
      async () => add(figures, await byHand(lab, operator)),
    ];
    note(`round ${round} of ${rounds}: stop-patch-start, by Lockstep and by a script`);
    for (const one of round % 2 === 1 ? both : both.toReversed()) await one();
  }
  return figures;
}

type Times = readonly (readonly [name: string, ms: number])[];

function add(figures: Figures, times: Times): void {
  for (const [name, ms] of times) {
    figures.set(name, [...(figures.get(name) ?? []), ms]);
    note(`  ${name} ${ms.toFixed(0)} ms`);
  }
}

async function inPlace(lab: Lab): Promise<Times> {
  await lab.scenario('downgraded-all');
  const done = await recover(lab, 'patch-in-place');
  const { markedAt, patchedAt, tarMs } = await fileTimes(lab, done.run);
  const names = lab.members.map(({ name }) => name);
  const { readyAt, onlineAt, ruleAt } = judge(done.watched, names, done.approvedAt);
  const backUp = stageOf(done, 'back-up');
  const before = patchedAt - done.approvedAt - tarMs;
  const end = done.shownAt - Math.max(onlineAt, ruleAt);
  return [
    ['marker', markedAt - done.approvedAt],
    ['probe', done.startedAt - markedAt],
    ['back-up but tar', backUp.to - done.startedAt - tarMs],
    ['write', patchedAt - backUp.to],
    ['approval to patch but tar', before],
    ['rules met to final card', end],
    ['own share', before + end],
    ['tar', tarMs],
    ['healing', readyAt - patchedAt],
    ['wait: heartbeats', Math.max(0, ruleAt - onlineAt)],
    ['approval to final card', done.shownAt - done.approvedAt],
  ];
}

async function byLockstep(lab: Lab): Promise<Times> {
  await lab.scenario('downgraded-all');
  const begun = Date.now();
  const done = await recover(lab, 'stop-patch-start --instances keep');
  const stages = done.stages
    .filter(({ title }) => /stop|back-up|write|start$/.test(title))
    .map(({ title, from, to }) => [`Lockstep: ${title.replace(/^\d+-/, '')}`, to - from] as const);
  return [['Lockstep: first stop to last start', stopToStart(unitCalls(lab, begun))], ...stages];
}

async function byHand(lab: Lab, operator: Operator): Promise<Times> {
  await lab.scenario('downgraded-all');
  const begun = Date.now();
  const { stages } = await operator.runbook();
  return [
    ['script: first stop to last start', stopToStart(unitCalls(lab, begun))],
    ...stages.map(([stage, ms]) => [`script: ${stage}`, ms] as const),
  ];
}

function stageOf(done: Recovered, kind: string): Recovered['stages'][number] {
  const found = done.stages.find(({ title }) => title.endsWith(kind));
  if (found === undefined) throw new Error(`${done.run} had no ${kind}`);
  return found;
}

function report(rounds: number, figures: Figures): boolean {
  const series = (name: string): Series => ({ name, ms: figures.get(name) ?? [] });
  const line = (name: string): string => describeSeries(series(name));
  const share = median(series('own share').ms);
  const met = share <= SHARE_MS;
  const ours = series('Lockstep: first stop to last start');
  const script = series('script: first stop to last start');
  const ratio = describeRatio('Lockstep / script', ours, script, RATIO);
  const split = ['marker', 'probe', 'back-up but tar', 'write', 'approval to patch but tar', 'rules met to final card'];
  const beside = ['tar', 'healing', 'wait: heartbeats', 'approval to final card'];
  const stages = [...figures.keys()].filter((name) => /^(Lockstep|script): /.test(name) && !name.includes('first'));
  const lines = [
    `patch-in-place on 3 members, ${rounds} rounds: Lockstep's own share`,
    ...split.map(line),
    `${line('own share')}   (at most ${SHARE_MS} ms)${met ? '' : '   OVER'}`,
    'beside it, not judged: the archive, LXD itself, and what the rules wait for',
    ...beside.map(line),
    'stop-patch-start, members stopped',
    ...[ours, script].map(describeSeries),
    ratio.text,
    ...stages.map(line),
  ];
  process.stdout.write(`\n${lines.join('\n  ')}\n`);
  return met && ratio.met;
}

function note(text: string): void {
  process.stderr.write(`${(performance.now() / 1000).toFixed(0).padStart(4)} s  ${text}\n`);
}
