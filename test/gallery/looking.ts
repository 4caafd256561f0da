/** Pictures of looks: status, explanation, check, doctor, help. */
import { askedMessage, askingMessage } from '../../src/chat/views/status.ts';
import { absentMessage } from '../../src/chat/views/absent.ts';
import type { ClusterObservation, LogFact } from '../../src/domain/observation.ts';
import { logLine, NOW, observationOf, three, UNREACHABLE } from '../support/observation.ts';
import type { MemberSpec } from '../support/observation-spec.ts';
import { downgradedAll, downgradedOne } from '../support/planning.ts';
import { hasData, pictureOf, pictureOfMessage, type Picture } from './picture.ts';
import { createStage, type ChatPlatform, type StageOptions } from './stage.ts';

const GROUP = 'Looking';
const SIXTEEN = Array.from({ length: 16 }, (_, at) => `lxd${String(at + 1).padStart(2, '0')}`);

export async function looking(platform: ChatPlatform): Promise<readonly Picture[]> {
  return [
    await status(platform, 'status-in-step', 'Status: in step', inStep()),
    ...(await skewed(platform)),
    await status(platform, 'status-skewed-16', 'Status: skewed, 16 members', skewedSixteen(), { members: SIXTEEN }),
    await status(platform, 'status-one-lower', 'Status: one member went lower', downgradedOne()),
    await status(platform, 'status-unreachable', 'Status: a member does not answer', unreachable()),
    await status(platform, 'status-partial', 'Status: a member answered in part', partial()),
    ...asking(),
    ...(await watched(platform)),
    await since(platform),
    await explained(platform),
    await checked(platform, 'check-safe', 'Check: safe', inStep(), 'check prod --to 5.21.3'),
    await checked(platform, 'check-unsafe', 'Check: unsafe', inStep(), 'check prod --to 5.21.1'),
    await doctor(platform, 'doctor', 'Doctor: something fails'),
    await doctor(platform, 'doctor-well', 'Doctor: all well'),
    ...(await help(platform)),
  ];
}

function inStep(): ClusterObservation {
  const facts = { instances: { running: [{ pid: 7, name: 'web1' }] } };
  return observationOf({ members: three({ build: '5.21.2', kept: ['5.21.3'], facts }) });
}

function skewedSixteen(): ClusterObservation {
  const members = SIXTEEN.map((name, at): MemberSpec => {
    if (at === 11) return { name, reach: UNREACHABLE };
    return at < 10
      ? { name, build: '5.21.2', kept: ['5.21.3'], daemon: 'crash-looping' }
      : { name, build: '5.21.3', daemon: 'waiting' };
  });
  return observationOf({ members, rows: 402 });
}

function unreachable(): ClusterObservation {
  return observationOf({ members: three({ build: '5.21.2' }, { m3: { reach: UNREACHABLE } }) });
}

function partial(): ClusterObservation {
  const failedParts = [
    { part: 'binary', reason: 'timed-out', text: 'readelf: no answer within 5 s' },
    { part: 'processes', reason: 'command-missing', text: 'pgrep: not found' },
  ] as const;
  const facts = { binaries: [], nodes: null, instances: null, failedParts };
  return observationOf({ members: three({ build: '5.21.2' }, { m2: { facts } }) });
}

async function status(
  platform: ChatPlatform,
  id: string,
  title: string,
  observation: ClusterObservation,
  more: Partial<StageOptions> = {},
): Promise<Picture> {
  const said = await createStage({ platform, observation, ...more }).say('ada', 'status prod');
  return pictureOf({ id, group: GROUP, title, views: ['statusMessage'] }, said, hasData('status'));
}

async function skewed(platform: ChatPlatform): Promise<readonly Picture[]> {
  const said = await createStage({ platform, observation: downgradedAll() }).say('ada', 'status prod');
  return [
    pictureOf(
      { id: 'status-skewed-3', group: GROUP, title: 'Status: skewed, 3 members', views: ['statusMessage'] },
      said,
      hasData('status'),
    ),
    pictureOf(
      { id: 'explanation', group: GROUP, title: 'Its explanation, in the thread', views: ['explanationMessage'] },
      said,
      hasData('explanation'),
    ),
  ];
}

function asking(): readonly Picture[] {
  const members = [
    { name: 'm1', answered: true },
    { name: 'm2', answered: null },
    { name: 'm3', answered: null },
  ];
  const named = { group: GROUP, place: 'channel' } as const;
  return [
    pictureOfMessage(
      { ...named, id: 'asking', title: 'While members are asked', views: ['askingMessage'] },
      askingMessage('prod', members),
    ),
    pictureOfMessage(
      { ...named, id: 'asked', title: 'When the answer stands elsewhere', views: ['askedMessage'] },
      askedMessage('prod'),
    ),
    pictureOfMessage(
      { ...named, id: 'absent', title: 'The other platform is not there', views: ['absentMessage'] },
      absentMessage('discord', 'the token was refused'),
    ),
  ];
}

async function watched(platform: ChatPlatform): Promise<readonly Picture[]> {
  const stage = createStage({ platform, observation: inStep() });
  await stage.say('ada', 'status prod');
  const named = { id: 'watch', group: GROUP, title: 'What is watched', views: ['watchMessage'] };
  return [pictureOf(named, await stage.say('ada', 'watch list'), hasData('watch'))];
}

async function since(platform: ChatPlatform): Promise<Picture> {
  const stage = createStage({ platform, observation: downgradedAll() });
  await stage.say('ada', 'incident open prod Customers cannot start containers');
  stage.time.advance(90_000);
  const said = await stage.say('ada', 'status prod --since 2h');
  const named = {
    id: 'status-since',
    group: GROUP,
    title: 'Status, and what happened lately',
    views: ['statusMessage'],
  };
  return pictureOf(named, said, hasData('status'));
}

/** Somebody took a higher release on one member: hundreds of names and lines, more than a message takes. */
async function explained(platform: ChatPlatform): Promise<Picture> {
  const log = Array.from({ length: 30 }, (_, at): LogFact => {
    const err = 'failed to ensure schema: this node is behind, please upgrade '.repeat(4);
    return logLine(
      'behind_fatal',
      'fatal',
      `level=error msg="Failed to start the daemon" err="${err}${at}"`,
      at * 5_000,
    );
  });
  const looping = { build: '5.0.2', daemon: 'crash-looping', facts: { log } } as const;
  const observation = observationOf({
    members: three(looping, { m1: { build: '6.6', daemon: 'waiting' } }),
    rows: 448,
  });
  const said = await createStage({ platform, observation }).say('ada', 'explain prod');
  const named = { id: 'cut', group: 'Hard cases', title: 'A card that was cut to fit', views: ['explanationMessage'] };
  return pictureOf(named, said, hasData('explanation'));
}

async function checked(
  platform: ChatPlatform,
  id: string,
  title: string,
  observation: ClusterObservation,
  line: string,
): Promise<Picture> {
  const said = await createStage({ platform, observation }).say('ada', line);
  return pictureOf({ id, group: GROUP, title, views: ['checkMessage'] }, said, hasData('check'));
}

async function doctor(platform: ChatPlatform, id: 'doctor' | 'doctor-well', title: string): Promise<Picture> {
  const target = 'lockstep';
  const checks = ['configuration', 'data-directory', 'disk', 'database'].map(
    (check) => ({ id: check, target, state: 'ok', next: null }) as const,
  );
  const refused = { kind: 'host-key-refused', reason: 'changed', text: 'another key' } as const;
  const each =
    id === 'doctor'
      ? { m2: { reach: refused }, m3: { facts: { clockOffsetMs: 9_400 } } }
      : ({} as Record<string, Omit<MemberSpec, 'name'>>);
  const observation = observationOf({ members: three({ build: '5.21.2' }, each) });
  const said = await createStage({ platform, observation, checks }).say('ada', 'doctor');
  return pictureOf({ id, group: GROUP, title, views: ['doctorMessage'] }, said);
}

async function help(platform: ChatPlatform): Promise<readonly Picture[]> {
  const stage = createStage({ platform, observation: inStep(), helpNotes: ['Clusters: prod.'] });
  const named = { group: GROUP, title: 'Help' };
  return [
    pictureOf({ ...named, id: 'help', views: ['helpMessage'] }, await stage.say('ada', 'help')),
    pictureOf(
      { ...named, id: 'help-recover', title: 'Help on one command', views: ['commandHelpMessage'] },
      await stage.say('ada', 'help recover'),
    ),
  ];
}

/** The moment of the pictures. */
export const PICTURED_AT = NOW;
