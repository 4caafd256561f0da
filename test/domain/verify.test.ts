import { describe, expect, test } from 'vitest';
import { diagnose } from '../../src/domain/diagnose/index.ts';
import type { ClusterObservation, MemberFacts, NodeRow } from '../../src/domain/observation.ts';
import type { Plan } from '../../src/domain/plan.ts';
import {
  beginHistory,
  foldHistory,
  judgeEnd,
  startRecordOf,
  verifyLimitMs,
  type StartRecord,
} from '../../src/domain/verify/index.ts';
import { NOW, observationOf, three, UNREACHABLE } from '../support/observation.ts';
import type { ObservationSpec } from '../support/observation-spec.ts';
import {
  deadRow,
  downgradedAll,
  downgradedOne,
  plan,
  putBackWhileServing,
  requirePlan,
  stoppedAll,
} from '../support/planning.ts';
import { RELEASES } from '../support/releases.ts';

const ONLINE = ['m1', 'm2', 'm3'].map((name) => ({ name, url: null, status: 'Online', message: '' }));
const aPlan = (): Plan => requirePlan(plan(downgradedAll()));
const START: StartRecord = { heartbeats: { m1: 1, m2: 1, m3: 1 }, pids: { m1: null, m2: null, m3: null } };

interface Look {
  readonly heartbeat?: number;
  readonly onM2?: Partial<MemberFacts>;
  readonly row?: Partial<NodeRow>;
  readonly spec?: Partial<ObservationSpec>;
}

function look({ heartbeat = NOW, onM2 = {}, row = {}, spec = {} }: Look = {}): ClusterObservation {
  const heartbeatMs = heartbeat;
  return observationOf({
    members: three(
      { build: '5.21.2', facts: { clusterList: ONLINE } },
      { m2: { build: '5.21.2', facts: { clusterList: ONLINE, ...onM2 } } },
    ),
    rows: 387,
    row: { m1: { heartbeatMs }, m2: { heartbeatMs, ...row }, m3: { heartbeatMs } },
    ...spec,
  });
}

/** The codes that are unmet after these looks, of the last one. */
function unmetAfter(looks: readonly ClusterObservation[], made: Plan = aPlan(), start = START): readonly string[] {
  let history = beginHistory(start);
  let codes: readonly string[] = ['no look'];
  for (const observation of looks) {
    const diagnosis = diagnose(observation, RELEASES);
    history = foldHistory(history, observation, diagnosis, made.baseline.targets);
    const judged = judgeEnd({ plan: made, observation, diagnosis, history });
    expect(judged.met).toBe(judged.unmet.length === 0);
    codes = judged.unmet.map(({ code }) => code);
  }
  return codes;
}

const LATER = look({ heartbeat: NOW + 10_000 });

describe('the end of a run', () => {
  test('is met by all of it: ready, counts, statuses, and a heartbeat later than all ready', () => {
    expect(unmetAfter([look(), LATER])).toEqual([]);
  });

  test('is not met by uniform rows and ONLINE alone', () => {
    expect(unmetAfter([look()])).toEqual(['heartbeat', 'heartbeat', 'heartbeat']);
    expect(unmetAfter([look(), look()])).toEqual(['heartbeat', 'heartbeat', 'heartbeat']);
  });

  test('needs two advances where the heartbeat of the start is not known', () => {
    const unknown = { heartbeats: {}, pids: {} };
    expect(unmetAfter([look(), LATER], aPlan(), unknown)).toContain('heartbeat');
    expect(unmetAfter([look(), LATER, look({ heartbeat: NOW + 20_000 })], aPlan(), unknown)).toEqual([]);
  });

  test('counts no heartbeat of before all were ready as one after', () => {
    const notReady = look({ onM2: { ready: 'not-ready' }, heartbeat: NOW - 10_000 });
    expect(unmetAfter([notReady, look(), look()])).toContain('heartbeat');
    expect(unmetAfter([notReady, look(), LATER])).toEqual([]);
  });

  const evacuated = ONLINE.map((one) => (one.name === 'm2' ? { ...one, status: 'Evacuated' } : one));

  test('takes Evacuated for a member whose row says so, and for no other', () => {
    const facts = { clusterList: evacuated };
    const seen = (heartbeat: number, state: NodeRow['state']) =>
      observationOf({
        members: three({ build: '5.21.2', facts }),
        rows: 387,
        row: Object.fromEntries(
          ['m1', 'm2', 'm3'].map((name) => [name, { heartbeatMs: heartbeat, ...(name === 'm2' ? { state } : {}) }]),
        ),
      });
    expect(unmetAfter([seen(NOW, 'evacuated'), seen(NOW + 10_000, 'evacuated')])).toEqual([]);
    expect(unmetAfter([seen(NOW, 'created'), seen(NOW + 10_000, 'created')])).toEqual(['status']);
  });

  test.each<[string, Look]>([
    [
      'unreachable',
      {
        spec: {
          members: three(
            { build: '5.21.2', facts: { clusterList: ONLINE } },
            { m2: { reach: { kind: 'lost', text: 'x' } } },
          ),
        },
      },
    ],
    ['not-ready', { onM2: { ready: 'not-ready' } }],
    ['no-live-read', { onM2: { nodes: null } }],
    ['row-differs', { row: { apiExtensions: 402 } }],
    ['row-differs', { row: { schema: 72 } }],
    ['schema-changed', { spec: { databaseSchema: 74 } }],
    ['restarts-unknown', { onM2: { unit: null } }],
    ['status', { onM2: { clusterList: ONLINE.map((one) => ({ ...one, status: 'Blocked' })) } }],
    [
      'left-over',
      { onM2: { leftovers: { patchGlobal: 'x', patchLocal: false, recoveryTarball: false, lxdDebug: false } } },
    ],
    ['left-over', { onM2: { leftovers: null } }],
    ['snap-change', { onM2: { changes: [{ id: '5', status: 'Doing', summary: 'Refresh "lxd" snap', spawn: null }] } }],
    ['lxcfs-ended', { onM2: { lxcfsPid: 4 } }],
  ])('is not met: %s', (code, second) => {
    expect(unmetAfter([look(), look({ heartbeat: NOW + 10_000, ...second })])).toContain(code);
  });

  test('is not met by another binary than the planned one', () => {
    const members = three({ build: '5.21.3', facts: { clusterList: ONLINE } });
    const seen = (heartbeatMs: number) =>
      observationOf({ members, rows: 402, row: { m1: { heartbeatMs }, m2: { heartbeatMs }, m3: { heartbeatMs } } });
    expect(unmetAfter([seen(NOW), seen(NOW + 10_000)])).toContain('count-differs');
  });

  test('is not met when a daemon restarts after it was ready', () => {
    const unit = {
      activeState: 'active',
      subState: 'running',
      unitFileState: null,
      result: null,
      mainPid: 1,
      restarts: 1,
      restartsLater: 1,
    };
    expect(unmetAfter([look(), look({ heartbeat: NOW + 10_000, onM2: { unit } })])).toEqual(['restarted']);
  });

  test('is not met when an earlier instance has ended, while new ones are no matter', () => {
    const instances = (...pids: readonly number[]) => ({ running: pids.map((pid) => ({ pid, name: `c${pid}` })) });
    const made = requirePlan(plan(downgradedAll({ m2: { facts: { instances: instances(7, 8) } } })));
    const seen = (...pids: readonly number[]) => [
      look(),
      look({ heartbeat: NOW + 10_000, onM2: { instances: instances(...pids) } }),
    ];
    expect(unmetAfter(seen(7, 8, 9), made)).toEqual([]);
    expect(unmetAfter(seen(7, 9), made)).toEqual(['instances-ended']);
  });

  test('allows the changes that holding and stopping leave in snapd', () => {
    const changes = [{ id: '6', status: 'Done', summary: 'Hold general refreshes for "lxd"', spawn: null }];
    expect(unmetAfter([look(), look({ heartbeat: NOW + 10_000, onM2: { changes } })])).toEqual([]);
  });

  test('asks for another process only where the plan starts one', () => {
    const pids = { ...START, pids: { m1: 1000, m2: 1001, m3: 1002 } };
    const starting = requirePlan(plan(stoppedAll()));
    expect(unmetAfter([look(), LATER], aPlan(), pids)).toEqual([]);
    expect(unmetAfter([look(), LATER], starting, pids)).toEqual(['old-process', 'old-process', 'old-process']);
  });

  test('takes ended instances and LXCFS for granted only where snap stop was approved', () => {
    const running = { facts: { instances: { running: [{ pid: 7, name: 'c7' }] } } };
    const options = { strategy: 'stop-patch-start', instances: 'stop', confirmStop: 1 } as const;
    const stops = requirePlan(plan(putBackWhileServing({ m1: running }), options));
    const looping = requirePlan(plan(downgradedAll({ m1: running })));
    const ended = observationOf({
      members: three(
        { build: '5.21.2', facts: { clusterList: ONLINE } },
        { m1: { build: '5.21.2', facts: { clusterList: ONLINE, lxcfsPid: 5 } } },
      ),
      rows: 387,
      row: { m1: { heartbeatMs: NOW + 10_000 }, m2: { heartbeatMs: NOW + 10_000 }, m3: { heartbeatMs: NOW + 10_000 } },
    });
    expect(unmetAfter([look(), ended], looping)).toEqual(['lxcfs-ended', 'instances-ended']);
    expect(unmetAfter([look(), ended], stops)).toEqual([]);
  });
});

test('the start record keeps the heartbeats and the processes of before', () => {
  const observation = look();
  expect(startRecordOf(observation, diagnose(observation, RELEASES))).toEqual({
    heartbeats: { m1: NOW, m2: NOW, m3: NOW },
    pids: { m1: 1000, m2: 1001, m3: 1002 },
  });
});

test('the limit follows the cluster’s own threshold', () => {
  expect(verifyLimitMs(look())).toBe(40_000);
  const settings = { offlineThresholdS: 60, healingThresholdS: null, shutdownTimeoutMin: null };
  expect(verifyLimitMs(look({ onM2: { settings } }))).toBe(100_000);
});

describe('the end of a run that corrects rows while the members run different LXD', () => {
  const members = three({ build: '5.21.3', facts: { clusterList: ONLINE } }, { m3: { build: '5.21.2' } });
  const made = (): Plan => requirePlan(plan(observationOf({ members, rows: 387 })));
  function later(heartbeatMs: number, status: string, m1 = 402): ClusterObservation {
    const clusterList = ONLINE.map((one) => ({ ...one, status }));
    return observationOf({
      members: members.map((member) => ({ ...member, facts: { ...member.facts, clusterList } })),
      rows: { m1, m2: 402, m3: 387 },
      row: { m1: { heartbeatMs }, m2: { heartbeatMs }, m3: { heartbeatMs: 1 } },
    });
  }

  test('is met by the members whose rows it corrected, whatever the other one does', () => {
    expect(unmetAfter([later(NOW, 'Online'), later(NOW + 10_000, 'Online')], made())).toEqual([]);
  });

  test('may show every member as blocked, as LXD does while rows differ', () => {
    expect(unmetAfter([later(NOW, 'Blocked'), later(NOW + 10_000, 'Blocked')], made())).toEqual([]);
  });

  test('is not met while a row is as wrong as before', () => {
    expect(unmetAfter([later(NOW, 'Online', 387), later(NOW + 10_000, 'Online', 387)], made())).toEqual([
      'row-differs',
    ]);
  });
});

describe('the end of a run that refreshes', () => {
  const made = (): Plan => requirePlan(plan(downgradedOne()));
  function ended(heartbeatMs: number, ids: readonly string[]): ClusterObservation {
    const changes = ids.map((id) => ({ id, status: 'Done', summary: 'Refresh "lxd" snap', spawn: null }));
    return observationOf({
      members: three(
        { build: '5.21.3', facts: { clusterList: ONLINE } },
        { m3: { build: '5.21.3', facts: { clusterList: ONLINE, changes } } },
      ),
      row: { m1: { heartbeatMs }, m2: { heartbeatMs }, m3: { heartbeatMs } },
    });
  }

  test('takes one refresh on a refreshed member for its own, and a second for foreign', () => {
    expect(unmetAfter([ended(NOW, ['41']), ended(NOW + 10_000, ['41'])], made())).toEqual([]);
    expect(unmetAfter([ended(NOW, ['41', '42'])], made())).toContain('snap-change');
  });

  test('is not met by the process of before', () => {
    const before = ended(NOW, ['41']).members[2]?.facts?.process?.pid ?? 0;
    expect(unmetAfter([ended(NOW, ['41'])], made(), { ...START, pids: { m3: before } })).toContain('old-process');
  });
});

describe('the end of a run that only removes a file', () => {
  const made = (): Plan => ({ ...aPlan(), strategy: 'rollback', baseline: { ...aPlan().baseline, targets: [] } });
  const file = { patchGlobal: '-- lockstep rfirst1', patchLocal: false, recoveryTarball: false, lxdDebug: false };

  test('is met when it is gone everywhere, whatever LXD does', () => {
    expect(unmetAfter([downgradedAll()], made())).toEqual([]);
  });

  test('is not met while it lies anywhere', () => {
    expect(unmetAfter([downgradedAll({ m2: { facts: { leftovers: file } } })], made())).toEqual(['left-over']);
  });
});

describe('without the member that was given up', () => {
  const made = (): Plan => requirePlan(plan(deadRow(), { strategy: 'unblock-dead-row' }));

  /** m1 and m2 serve; m3 stays away, and is OFFLINE for them. */
  function living(heartbeat: number, deadCount = 387, m2: Partial<MemberFacts> = {}): ClusterObservation {
    const clusterList = ONLINE.map((one) => (one.name === 'm3' ? { ...one, status: 'Offline' } : one));
    const members = three(
      { build: '5.21.2', facts: { clusterList } },
      { m2: { build: '5.21.2', facts: { clusterList, ...m2 } }, m3: { build: '5.21.2', reach: UNREACHABLE } },
    );
    const heartbeatMs = heartbeat;
    return observationOf({ members, rows: { m3: deadCount }, row: { m1: { heartbeatMs }, m2: { heartbeatMs } } });
  }

  test('the end is met by the others, all of it', () => {
    expect(unmetAfter([living(NOW), living(NOW + 10_000)], made())).toEqual([]);
    expect(unmetAfter([living(NOW)], made())).toEqual(['heartbeat', 'heartbeat']);
  });

  test('the row of the dead one has to hold what was written', () => {
    expect(unmetAfter([living(NOW, 402), living(NOW + 10_000, 402)], made())).toEqual(['dead-row']);
  });

  test('nobody else is let off', () => {
    const left = { leftovers: { patchGlobal: 'x', patchLocal: false, recoveryTarball: false, lxdDebug: false } };
    expect(unmetAfter([living(NOW), living(NOW + 10_000, 387, left)], made())).toEqual(['left-over']);
  });
});
