/**
 * The end as the cluster shows it: the database's schema unchanged, each member's status as it should be, and heartbeats that go
 * on after all were ready. Equal rows and ONLINE alone prove nothing.
 */
import type { MemberName } from '../ids.ts';
import type { MemberTarget } from '../plan.ts';
import type { EndQuestion, Unmet } from './types.ts';

export function checkCluster(question: EndQuestion): readonly Unmet[] {
  return [
    ...checkSchema(question),
    ...checkGivenUp(question),
    ...checkHealing(question),
    ...question.plan.baseline.targets.flatMap((target) => [
      ...checkStatus(question, target),
      ...checkHeartbeats(question, target.member),
    ]),
  ];
}

function checkSchema({ plan, diagnosis }: EndQuestion): readonly Unmet[] {
  const rows = diagnosis.rows;
  if (rows === null || rows.source !== 'live') {
    return [{ code: 'no-live-rows', member: null, text: 'No member reads the live database.', lasting: false }];
  }
  if (rows.databaseSchema === plan.baseline.databaseSchema) return [];
  return [
    {
      code: 'schema-changed',
      member: null,
      text: `The database's schema is ${rows.databaseSchema ?? 'not known'}, not ${plan.baseline.databaseSchema}.`,
      lasting: rows.databaseSchema !== null,
    },
  ];
}

/** Every member that reads the live database reads what was there before the run. */
function checkHealing({ plan, observation, settingsAreBack }: EndQuestion): readonly Unmet[] {
  const wanted = plan.healingS;
  if (wanted === undefined || settingsAreBack !== true) return [];
  const read = observation.members.flatMap(({ facts }) =>
    facts?.nodes?.source === 'live' && facts.settings !== null ? [facts.settings.healingThresholdS ?? 0] : [],
  );
  const other = read.find((value) => value !== wanted);
  if (read.length > 0 && other === undefined) return [];
  const text = `cluster.healing_threshold ${other === undefined ? 'could not be read' : `is ${other} s`}; it was ${wanted} s before the run.`;
  return [{ code: 'healing', member: null, text, lasting: false }];
}

/** All that can be said of a member that was given up: its row. It is not looked at, and it must not have written again. */
function checkGivenUp({ plan, diagnosis }: EndQuestion): readonly Unmet[] {
  const { givenUp } = plan;
  const row = diagnosis.rows?.rows.find(({ id }) => id === givenUp?.rowId);
  if (givenUp === undefined || row?.apiExtensions === givenUp.extensions) return [];
  const { member } = givenUp;
  const text = `The row of ${member}, which was given up, holds ${row?.apiExtensions ?? 'nothing'} and not ${givenUp.extensions}.`;
  return [{ code: 'dead-row', member, text, lasting: false }];
}

/**
 * Whichever member lists it: `Online`, or `Evacuated` for one whose row says so. From 5.21.4 on LXD lists every member as `Blocked`
 * while rows differ, which they rightly do after `sql-live` on different binaries.
 */
function checkStatus({ plan, observation, diagnosis }: EndQuestion, target: MemberTarget): readonly Unmet[] {
  const { member } = target;
  const evacuated = diagnosis.rows?.rows.find(({ id }) => id === target.rowId)?.state === 'evacuated';
  const wanted = evacuated ? 'evacuated' : 'online';
  const lists = observation.members.flatMap(({ facts }) => (facts?.clusterList ? [facts.clusterList] : []));
  const said = lists.map((list) => list.find(({ name }) => name === member)?.status.toLowerCase() ?? 'missing');
  const counts = new Set(diagnosis.rows?.rows.map(({ apiExtensions }) => apiExtensions));
  const mayBlock = plan.strategy === 'sql-live' && counts.size > 1;
  const isFine = (status: string): boolean => status === wanted || (mayBlock && status === 'blocked');
  const odd = said.find((status) => !isFine(status));
  if (said.length > 0 && odd === undefined) return [];
  const text = odd === undefined ? `No member lists the status of ${member}.` : `LXD lists ${member} as ${odd}.`;
  return [{ code: 'status', member, text, lasting: false }];
}

/** Two advances, one of them later than the moment at which all were ready. */
function checkHeartbeats({ history }: EndQuestion, member: MemberName): readonly Unmet[] {
  const seen = history.heartbeats[member] ?? [];
  const advances = Math.max(0, seen.length - 1);
  const atReady = history.heartbeatsAtReady[member] ?? null;
  const later = history.allReadyAt !== null && atReady !== null && (seen.at(-1) ?? 0) > atReady;
  if (advances >= 2 && later) return [];
  return [
    {
      code: 'heartbeat',
      member,
      text: `${member} has shown ${advances} of 2 new heartbeats${later ? '' : ', none of them since all are ready'}.`,
      lasting: false,
    },
  ];
}
