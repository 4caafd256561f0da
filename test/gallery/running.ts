/** Pictures of recoveries: plans, refusals, the run's card in each of its states. */
import { runMessage } from '../../src/chat/views/run.ts';
import type { Run } from '../../src/domain/run.ts';
import { UNREACHABLE } from '../support/observation.ts';
import { deadRow, downgradedAll } from '../support/planning.ts';
import { hasData, pictureOf, pictureOfMessage, type Picture } from './picture.ts';
import { createStage, type ChatPlatform, type Stage } from './stage.ts';

const PLANS = 'Planning';
const RUNS = 'Running';
const RECOVER = 'recover prod --reason "taken back after the upgrade"';

export async function running(platform: ChatPlatform): Promise<readonly Picture[]> {
  return [
    ...(await plans(platform)),
    ...(await refusals(platform)),
    ...(await goodRun(platform)),
    ...(await pausedRun(platform)),
    ...(await shortEnds(platform)),
  ];
}

async function plans(platform: ChatPlatform): Promise<readonly Picture[]> {
  const one = createStage({ platform, observation: downgradedAll() });
  const two = createStage({ platform, observation: downgradedAll(), approvals: { required: 2 } });
  const glass = createStage({ platform, observation: deadRow() });
  const dry = createStage({ platform, observation: downgradedAll() });
  const views = ['planMessage'];
  const asked = await one.say('ada', RECOVER);
  await two.say('ada', RECOVER);
  const half = await two.say('ben', `approve ${(await two.newestRun()).id}`);
  return [
    pictureOf({ id: 'plan', group: PLANS, title: 'A plan that waits for approval', views }, asked, hasData('plan')),
    pictureOf({ id: 'plan-two', group: PLANS, title: 'One of two approvals is there', views }, half, hasData('run')),
    pictureOf(
      { id: 'plan-break-glass', group: PLANS, title: 'Break-glass: a member is given up', views },
      await glass.say('ada', 'recover prod --strategy unblock-dead-row --reason "m3 burnt down"'),
      hasData('plan'),
    ),
    pictureOf(
      { id: 'plan-dry', group: PLANS, title: 'A dry run', views },
      await dry.say('ada', 'recover prod --dry-run'),
      hasData('plan'),
    ),
  ];
}

async function refusals(platform: ChatPlatform): Promise<readonly Picture[]> {
  const stage = createStage({ platform, observation: downgradedAll({ m3: { reach: UNREACHABLE } }) });
  const refused = await stage.say('ada', 'recover prod');
  const asked = createStage({ platform, observation: downgradedAll() });
  await asked.say('ada', RECOVER);
  const views = ['refusalMessage'];
  return [
    pictureOf({ id: 'refusal', group: PLANS, title: 'A recovery that is refused', views }, refused, hasData('refusal')),
    pictureOf(
      { id: 'refusal-own', group: PLANS, title: 'Nobody approves their own plan', views },
      await asked.say('ada', 'approve'),
      hasData('refusal'),
    ),
    pictureOf(
      { id: 'refusal-role', group: PLANS, title: 'Somebody who may only look', views },
      await asked.say('dan', 'recover prod'),
      hasData('refusal'),
    ),
    pictureOf(
      { id: 'problem', group: PLANS, title: 'A slip in a line', views: ['problemMessage'] },
      await asked.say('ada', 'staus prod'),
      hasData('problem'),
    ),
  ];
}

async function approved(platform: ChatPlatform): Promise<Stage> {
  const stage = createStage({ platform });
  await stage.say('ada', RECOVER);
  stage.time.advance(185_000);
  await stage.say('ben', 'approve');
  return stage;
}

async function goodRun(platform: ChatPlatform): Promise<readonly Picture[]> {
  const stage = await approved(platform);
  const pictures: Picture[] = [];
  stage.fake.onExec = async (sent) => {
    if (sent !== 'await-patch-consumed@m1' || pictures.length > 0) return;
    const rendered = await stage.runCard();
    const named = { id: 'run-running', group: RUNS, title: 'Under way', views: ['runMessage'] };
    pictures.push({ ...named, place: 'channel', rendered });
  };
  const run = await stage.work();
  const named = { group: RUNS, title: 'Succeeded', views: ['runMessage'] };
  pictures.push({ ...named, id: 'run-succeeded', place: 'channel', rendered: await stage.runCard() });
  const undone: Run = { ...run, state: 'rolled-back', explanation: 'rk2x9a4 undid it.' };
  pictures.push(
    pictureOfMessage(
      { ...named, id: 'run-rolled-back', title: 'Rolled back', place: 'channel' },
      runMessage(undone, stage.time.clock.nowMs(), []),
    ),
  );
  return [...pictures, ...(await records(stage, run))];
}

async function records(stage: Stage, run: Run): Promise<readonly Picture[]> {
  const said = await stage.say('ada', 'runs');
  const thread = 'thread-of-the-run';
  return [
    pictureOf({ id: 'runs', group: RUNS, title: 'The list of runs', views: ['runsMessage'] }, said, hasData('runs')),
    pictureOf(
      { id: 'run-detail', group: RUNS, title: 'One run in full', views: ['runDetailMessage'] },
      await stage.say('ada', `runs ${run.id}`, thread),
    ),
    pictureOf(
      { id: 'run-text', group: RUNS, title: 'The exact text of every step', views: ['runTextMessage'] },
      await stage.say('ada', `runs ${run.id} --text`, thread),
    ),
    pictureOf(
      { id: 'run-line', group: RUNS, title: 'Asked for later, in short', views: ['runLineMessage'] },
      await stage.say('ben', `wait ${run.id}`),
    ),
    pictureOf(
      { id: 'timeline', group: 'Afterwards', title: 'The timeline, compact', views: ['timelineMessage'] },
      await stage.say('ada', `timeline ${run.id}`),
    ),
    pictureOf(
      { id: 'timeline-file', group: 'Afterwards', title: 'The timeline as a file', views: ['fileMessage'] },
      await stage.say('ada', `timeline ${run.id} --format md`),
    ),
  ];
}

async function pausedRun(platform: ChatPlatform): Promise<readonly Picture[]> {
  const stage = await approved(platform);
  stage.fake.mishap('await-patch-consumed', 'm1', { kind: 'exit', code: 7 });
  const run = await stage.work();
  if (run.state !== 'paused') throw new Error(`the run is ${run.state}`);
  const named = { group: RUNS, views: ['runMessage'], place: 'channel' } as const;
  const rendered = await stage.runCard();
  const entries = await stage.store.listTimeline({ run: run.id });
  const milestone = entries.findLast(({ kind }) => kind === 'run-paused' || kind === 'step-failed') ?? entries.at(-1);
  const detail = await stage.say('ada', `runs ${run.id}`, 'thread-of-the-run');
  return [
    { ...named, id: 'run-paused', title: 'Paused: a person has to decide', rendered },
    ...(milestone === undefined ? [] : [await milestonePicture(stage, milestone.sequence)]),
    pictureOf(
      { id: 'run-paused-detail', group: RUNS, title: 'A paused run in full', views: ['runDetailMessage'] },
      detail,
    ),
  ];
}

async function milestonePicture(stage: Stage, sequence: number): Promise<Picture> {
  const { entryMessage } = await import('../../src/chat/views/timeline.ts');
  const entry = await stage.store.findTimelineEntry(sequence);
  if (entry === null) throw new Error('an entry that is on record is found');
  const named = { id: 'milestone', group: RUNS, title: 'A milestone in the thread', views: ['entryMessage'] };
  return pictureOfMessage({ ...named, place: 'thread' }, entryMessage(entry));
}

/** Runs that ended without having done what was planned. */
async function shortEnds(platform: ChatPlatform): Promise<readonly Picture[]> {
  const named = { group: RUNS, views: ['runMessage'], place: 'channel' } as const;
  const failed = await approved(platform);
  for (const name of ['m1', 'm2', 'm3']) failed.fake.mishap('hold-refreshes', name, { kind: 'exit', code: 3 });
  for (const name of ['m1', 'm2', 'm3']) failed.fake.mishap('back-up', name, { kind: 'exit', code: 3 });
  await failed.work();
  const stale = await approved(platform);
  stale.fake.member('m2').daemon = 'serving';
  await stale.work();
  const rejected = createStage({ platform, observation: downgradedAll() });
  await rejected.say('ada', RECOVER);
  await rejected.say('ben', 'reject "not before the backup is done"');
  return [
    { ...named, id: 'run-failed', title: 'Failed before anything was changed', rendered: await failed.runCard() },
    { ...named, id: 'run-stale', title: 'The facts changed after the approval', rendered: await stale.runCard() },
    { ...named, id: 'run-rejected', title: 'Rejected', rendered: await rejected.runCard() },
  ];
}
