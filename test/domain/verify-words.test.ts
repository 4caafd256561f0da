/** What is said of an end that is not met: every sentence, since a card shows them as they are. */
import { expect, test } from 'vitest';
import { diagnose } from '../../src/domain/diagnose/index.ts';
import type { ClusterObservation, MemberFacts } from '../../src/domain/observation.ts';
import { beginHistory, foldHistory, judgeEnd } from '../../src/domain/verify/index.ts';
import { NOW, observationOf, three, UNREACHABLE } from '../support/observation.ts';
import type { ObservationSpec } from '../support/observation-spec.ts';
import { downgradedAll, plan, requirePlan, stoppedAll } from '../support/planning.ts';
import { RELEASES } from '../support/releases.ts';

const ONLINE = ['m1', 'm2', 'm3'].map((name) => ({ name, url: null, status: 'Online', message: '' }));
const CLEAN = { patchGlobal: null, patchLocal: false, recoveryTarball: false, lxdDebug: false };
const INSTANCES = { instances: { running: [7, 8].map((pid) => ({ pid, name: `c${pid}` })) } };

function change(id: string, status: string, summary: string) {
  return { id, status, summary, spawn: null };
}

function look(onM2: Partial<MemberFacts> = {}, spec: Partial<ObservationSpec> = {}, at = NOW): ClusterObservation {
  const facts = { clusterList: ONLINE };
  const members = three({ build: '5.21.2', facts }, { m2: { facts: { ...facts, ...onM2 } } });
  const row = Object.fromEntries(['m1', 'm2', 'm3'].map((name) => [name, { heartbeatMs: at, ...spec.row?.[name] }]));
  return observationOf({ members, rows: 387, ...spec, row });
}

function saidOf(second: ClusterObservation, before: ClusterObservation): readonly string[] {
  const made = requirePlan(plan(before));
  const pids = { m1: 1000, m2: 1001, m3: 1002 };
  let history = beginHistory({ heartbeats: { m1: 1, m2: 1, m3: 1 }, pids });
  let unmet: readonly string[] = [];
  for (const observation of [look(INSTANCES), second]) {
    const diagnosis = diagnose(observation, RELEASES);
    history = foldHistory(history, observation, diagnosis, made.baseline.targets);
    const judged = judgeEnd({ plan: made, observation, diagnosis, history, settingsAreBack: true });
    unmet = judged.unmet.map(
      (one) => `  ${one.code} ${one.member ?? 'all'}${one.lasting ? ' lasting' : ''}: ${one.text}`,
    );
  }
  return unmet;
}

const LATER = NOW + 10_000;
const HEALING = { settings: { offlineThresholdS: null, healingThresholdS: 300, shutdownTimeoutMin: null } };
const ENDS: Readonly<Record<string, ClusterObservation>> = {
  met: look(INSTANCES, {}, LATER),
  'no new heartbeat': look(INSTANCES),
  unreachable: look(
    {},
    { members: three({ build: '5.21.2', facts: { clusterList: ONLINE } }, { m2: { reach: UNREACHABLE } }) },
    LATER,
  ),
  'not ready': look({ ...INSTANCES, ready: 'not-ready' }, {}, LATER),
  'no live read': look({ ...INSTANCES, nodes: null }, {}, LATER),
  'row differs': look(INSTANCES, { row: { m2: { apiExtensions: 402 } } }, LATER),
  'no row': look(INSTANCES, { row: { m2: null } }, LATER),
  'schema differs': look(INSTANCES, { databaseSchema: 74 }, LATER),
  'no schema': look({ ...INSTANCES, nodes: { source: 'live', at: NOW, rows: [], databaseSchema: null } }, {}, LATER),
  'another binary': look({ ...INSTANCES, binaries: [], api: null, process: null }, {}, LATER),
  'restarts unknown': look({ ...INSTANCES, unit: null }, {}, LATER),
  blocked: look({ ...INSTANCES, clusterList: ONLINE.map((one) => ({ ...one, status: 'Blocked' })) }, {}, LATER),
  'not listed': look({ ...INSTANCES, clusterList: [] }, {}, LATER),
  'patch left': look({ ...INSTANCES, leftovers: { ...CLEAN, patchGlobal: 'x' } }, {}, LATER),
  'local patch left': look({ ...INSTANCES, leftovers: { ...CLEAN, patchLocal: true } }, {}, LATER),
  'left-overs not read': look({ ...INSTANCES, leftovers: null }, {}, LATER),
  'snapd at work': look(
    { ...INSTANCES, changes: [change('5', 'Doing', 'Refresh "lxd" snap'), change('6', 'Done', 'Refresh "lxd" snap')] },
    {},
    LATER,
  ),
  'another snap changed': look(
    {
      ...INSTANCES,
      changes: [change('5', 'Done', 'Refresh "core22" snap'), change('6', 'Done', 'Hold general refreshes for "lxd"')],
    },
    {},
    LATER,
  ),
  'changes not read': look({ ...INSTANCES, changes: null }, {}, LATER),
  'LXCFS is another': look({ ...INSTANCES, lxcfsPid: 4 }, {}, LATER),
  'LXCFS is gone': look({ ...INSTANCES, lxcfsPid: null }, {}, LATER),
  'instances ended': look({ instances: { running: [{ pid: 7, name: 'c7' }] } }, {}, LATER),
  'instances not read': look({ instances: null }, {}, LATER),
  'healing is on': look({ ...INSTANCES, ...HEALING }, {}, LATER),
};

test('what is said of an end that is not met', async () => {
  const before = { m2: { facts: INSTANCES } };
  const healing = { facts: { ...INSTANCES, settings: { ...HEALING.settings, healingThresholdS: 60 } } };
  const lines = Object.entries(ENDS).flatMap(([name, end]) => [
    name,
    ...saidOf(end, downgradedAll(before)),
    ` after a start of daemons`,
    ...saidOf(end, stoppedAll(before)),
    ` after healing was put back`,
    ...saidOf(end, downgradedAll({ m1: healing, m2: healing, m3: healing })),
  ]);
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('goldens/ends.txt');
});
