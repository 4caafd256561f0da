/** Pictures of incidents in each state, of a person's own page, and of words that somebody hostile chose. */
import { LOG_BOMB } from './hostile.ts';
import { logLine, observationOf, three } from '../support/observation.ts';
import { downgradedAll } from '../support/planning.ts';
import { hasData, pictureOf, pictureOfMessage, type Picture } from './picture.ts';
import { createStage, type ChatPlatform, type Said, type Stage } from './stage.ts';

const GROUP = 'Incidents';

export async function incidents(platform: ChatPlatform): Promise<readonly Picture[]> {
  return [...(await life(platform)), ...(await homes(platform)), ...(await hostile(platform))];
}

const isCard = ({ rendered }: Said): boolean => rendered.message.summary.startsWith('Incident ');

async function life(platform: ChatPlatform): Promise<readonly Picture[]> {
  const stage = createStage({ platform, observation: downgradedAll() });
  const views = ['incidentMessage'];
  const opened = await stage.say('ada', 'incident open prod Customers cannot start containers');
  stage.time.advance(65_000);
  const acked = await stage.say('ben', 'incident ack');
  stage.time.advance(720_000);
  const mitigated = await stage.say('ben', 'incident mitigate');
  stage.time.advance(1_300_000);
  const resolved = await stage.say(
    'ben',
    'incident resolve "An upgrade was taken back on every member; the counters were corrected."',
  );
  return [
    pictureOf({ id: 'incident-open', group: GROUP, title: 'Open', views }, opened, isCard),
    pictureOf({ id: 'incident-acked', group: GROUP, title: 'Acknowledged', views }, acked, isCard),
    pictureOf(
      {
        id: 'incident-answer',
        group: GROUP,
        title: 'What the person is told who changed it',
        views: ['incidentAnswer'],
      },
      acked,
      (one) => !isCard(one) && one.address.user !== null,
    ),
    pictureOf({ id: 'incident-mitigated', group: GROUP, title: 'Mitigated', views }, mitigated, isCard),
    pictureOf({ id: 'incident-resolved', group: GROUP, title: 'Resolved', views }, resolved, isCard),
    pictureOf(
      { id: 'incidents', group: GROUP, title: 'The list of incidents', views: ['incidentsMessage'] },
      await listed(stage),
      hasData('incidents'),
    ),
  ];
}

async function listed(stage: Stage): Promise<readonly Said[]> {
  stage.time.advance(86_400_000);
  await stage.say('ada', 'incident open prod The API answers slowly since the switch was replaced --severity minor');
  return stage.say('ada', 'incident list');
}

async function homes(platform: ChatPlatform): Promise<readonly Picture[]> {
  const stage = createStage({ platform, observation: downgradedAll() });
  await stage.say('ada', 'status prod');
  await stage.say('ada', 'recover prod --reason "taken back after the upgrade"');
  stage.time.advance(240_000);
  const calm = createStage({ platform, observation: observationOf({ members: three({ build: '5.21.2' }) }) });
  await calm.say('ada', 'status prod');
  const named = { group: 'Own page', views: ['homeMessage'], place: 'home' } as const;
  return [
    pictureOfMessage({ ...named, id: 'home', title: 'An approval waits' }, await stage.home('ben')),
    pictureOfMessage({ ...named, id: 'home-calm', title: 'All well' }, await calm.home('ben')),
  ];
}

async function hostile(platform: ChatPlatform): Promise<readonly Picture[]> {
  const log = LOG_BOMB.map((text, at) => logLine('behind_fatal', 'fatal', text, at * 1_000));
  const members = three({ build: '5.21.2', kept: ['5.21.3'], daemon: 'crash-looping' }, { m1: { facts: { log } } });
  const stage = createStage({ platform, observation: observationOf({ members, rows: 402 }) });
  const group = 'Hard cases';
  const explained = await stage.say('ada', 'explain prod');
  const opened = await stage.say('ada', `incident open prod ${LOG_BOMB[1] ?? ''}`);
  const note = { text: LOG_BOMB.join('\n'), author: '*Mallory* <!here> @everyone', permalink: null };
  const noted = await stage.note('ada', { ...note, writtenAt: stage.time.clock.nowMs() - 30_000 });
  return [
    pictureOf(
      { id: 'hostile', group, title: 'Hostile lines in a log', views: ['explanationMessage'] },
      explained,
      hasData('explanation'),
    ),
    pictureOf({ id: 'hostile-title', group, title: 'A hostile title', views: ['incidentMessage'] }, opened, isCard),
    pictureOf(
      { id: 'noted', group, title: 'A message was added', views: [] },
      noted,
      ({ address }) => address.user !== null,
    ),
    pictureOf(
      { id: 'hostile-timeline', group, title: 'Hostile words in a timeline', views: ['timelineMessage'] },
      await stage.say('ada', 'timeline prod'),
    ),
  ];
}
