/**
 * The rehearsal's scenarios: what happened to a cluster before Lockstep looks at it. Each is a short history on a healthy
 * cluster; the names and the ends are those of the lab of real daemons, so that both can be held against each other.
 */
import type { Stage } from './stage.ts';

export interface Scenario {
  readonly name: string;
  /** One sentence for the help. */
  readonly summary: string;
  /** Members; 3 unless said. */
  readonly size?: number;
  /** `fixed`: releases with the upstream fix, whatever series was asked for. */
  readonly pair?: 'fixed';
  /** The cluster starts on the lower build. */
  readonly from?: 'lower';
  /** Runs on a healthy cluster; at most 100 s of simulated time. */
  readonly happen: (stage: Stage) => void;
}

/** Everybody was downgraded: nobody can pass the check, everybody starts again and again. */
function downgradeAll(stage: Stage): void {
  stage.refresh(stage.names, stage.builds.lower.revision);
  stage.pass(60);
}

function downgradeLast(stage: Stage): void {
  stage.refresh(['m3'], stage.builds.lower.revision);
  stage.pass(40);
}

const MIB = 1024 ** 2;

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'downgraded-all',
    summary: 'every member was put on an older release; all crash-loop on a counter that is too high',
    happen: downgradeAll,
  },
  { name: 'healthy', summary: 'three members in step', happen: () => undefined },
  {
    name: 'upgraded',
    summary: 'three members in step after an upgrade; each still keeps the release of before',
    from: 'lower',
    happen(stage) {
      stage.refresh(stage.names, stage.builds.higher.revision);
      stage.pass(60);
    },
  },
  {
    name: 'downgraded-one',
    summary: 'one of three was put on an older release and crash-loops; the other two serve',
    happen: downgradeLast,
  },
  {
    name: 'downgraded-minority-patched',
    summary: 'one was put on an older release and patched by hand: green today, stuck at the next restart of another',
    happen(stage) {
      downgradeLast(stage);
      stage.writePatch('m3', `UPDATE nodes SET api_extensions=${String(stage.builds.lower.extensions)};\n`);
      stage.pass(30);
    },
  },
  {
    name: 'upgrade-waiting',
    summary: 'one of three was upgraded and waits for the others',
    from: 'lower',
    happen(stage) {
      stage.refresh(['m1'], stage.builds.higher.revision);
      stage.pass(40);
    },
  },
  {
    name: 'stale-while-serving',
    summary: 'two of three went ahead and were put back: their rows stayed high, they crash-loop; the third serves',
    from: 'lower',
    happen(stage) {
      stage.sql(`UPDATE nodes SET api_extensions=${String(stage.builds.higher.extensions)} WHERE name IN ('m2','m3')`);
      stage.restart(['m2', 'm3']);
      stage.pass(40);
    },
  },
  {
    name: 'stopped-all',
    summary: 'every member was stopped and put on an older release; nothing runs',
    happen(stage) {
      stage.snapStop(stage.names);
      stage.pass(10);
      stage.swapRevision(stage.names, stage.builds.lower.revision);
      stage.pass(30);
    },
  },
  {
    name: 'quorum-lost',
    summary: 'two of three members are stopped; the third has no leader',
    happen(stage) {
      stage.snapStop(['m2', 'm3']);
      stage.pass(40);
    },
  },
  {
    name: 'schema-newer',
    summary: 'the database schema is above what the binaries know; one member crash-loops on it',
    happen(stage) {
      const schema = String(stage.builds.higher.schema + 1);
      stage.sql(`INSERT INTO schema (version, updated_at) VALUES (${schema}, strftime('%s','now'))`);
      stage.sql(`UPDATE nodes SET schema=${schema}`);
      stage.restart(['m3']);
      stage.pass(40);
    },
  },
  {
    name: 'partition',
    summary: 'one member is cut off: connections to it are never answered',
    happen(stage) {
      stage.member('m3').faults.partitioned = true;
      stage.pass(40);
    },
  },
  {
    name: 'leftover-patch',
    summary: 'a healthy cluster with a forgotten patch.global.sql on one member',
    happen(stage) {
      stage.writePatch('m2', `UPDATE nodes SET api_extensions=${String(stage.builds.lower.extensions)};\n`);
      stage.pass(5);
    },
  },
  {
    name: 'bad-patch',
    summary: 'as downgraded-all, and a hand-written patch with a mistake on one member fails at every start',
    happen(stage) {
      downgradeAll(stage);
      stage.writePatch('m1', `UPDATE knots SET api_extensions=${String(stage.builds.lower.extensions)};\n`);
      stage.pass(15);
    },
  },
  {
    name: 'disk-full',
    summary: 'a healthy cluster with next to no free space on one member',
    happen(stage) {
      stage.member('m2').faults.freeBytes = MIB;
    },
  },
  {
    name: 'host-key-changed',
    summary: 'a healthy cluster, one member of which shows another host key than the known one',
    happen(stage) {
      stage.member('m2').faults.hostKeyChanged = true;
    },
  },
  {
    name: 'slow-member',
    summary: 'a healthy cluster, one member of which starts everything 4 s late',
    happen(stage) {
      stage.member('m2').faults.delayMs = 4000;
    },
  },
  {
    name: 'clock-offset',
    summary: 'a healthy cluster, one clock of which is 90 s ahead',
    happen(stage) {
      stage.member('m3').faults.clockOffsetMs = 90_000;
    },
  },
  {
    name: 'mixed-binaries',
    summary: 'two members were put on an older release and the third on one older still; all crash-loop',
    happen(stage) {
      stage.refresh(['m1', 'm2'], stage.builds.lower.revision);
      stage.refresh(['m3'], stage.builds.older.revision);
      stage.pass(60);
    },
  },
  {
    name: 'sudo-refused',
    summary: 'a healthy cluster, and sudo asks for a password on one member',
    happen(stage) {
      stage.member('m2').faults.sudoRefused = true;
    },
  },
  {
    name: 'auto-refresh-not-held',
    summary: 'a healthy cluster whose members may be refreshed at any time',
    happen(stage) {
      for (const name of stage.names) stage.member(name).held = false;
    },
  },
  {
    name: 'newer-in-channel',
    summary: 'a healthy cluster; the channel has a newer release that counts more, and refreshes are held',
    from: 'lower',
    happen(stage) {
      stage.release(stage.builds.higher.revision);
    },
  },
  {
    name: 'evacuated',
    summary: 'one member is evacuated; the others serve',
    happen(stage) {
      stage.evacuate('m3');
      stage.pass(5);
    },
  },
  {
    name: 'refresh-in-progress',
    summary: 'a healthy cluster; snapd on one member is in the middle of a refresh',
    happen(stage) {
      stage.pendingChange('m2');
      stage.pass(5);
    },
  },
  {
    name: 'dead-row',
    summary: 'one member went ahead and died; the other two were restarted and crash-loop on its record alone',
    from: 'lower',
    happen(stage) {
      stage.member('m3').faults.partitioned = true;
      stage.sql(`UPDATE nodes SET api_extensions=${String(stage.builds.higher.extensions)} WHERE name='m3'`);
      stage.pass(5);
      stage.restart(['m1', 'm2']);
      stage.pass(70);
    },
  },
  {
    name: 'dead-row-waiting',
    summary: 'one member died before an upgrade; the other two were upgraded and wait for it for ever',
    from: 'lower',
    happen(stage) {
      stage.member('m3').faults.partitioned = true;
      stage.refresh(['m1', 'm2'], stage.builds.higher.revision);
      stage.pass(90);
    },
  },
  {
    name: 'self-healing',
    summary: 'one member was put from 5.21.5 on 5.21.4: it waits, nothing crash-loops, no patch is due',
    pair: 'fixed',
    happen(stage) {
      stage.refresh(['m3'], stage.builds.lower.revision);
      stage.pass(40);
    },
  },
  {
    name: 'healing-on',
    summary: 'as downgraded-all, in a cluster that heals itself: LXD would start instances of silent members elsewhere',
    happen(stage) {
      stage.sql(`INSERT INTO config (key, value) VALUES ('cluster.healing_threshold', '300')`);
      downgradeAll(stage);
    },
  },
  {
    name: 'large',
    summary: 'as downgraded-all, with sixteen members',
    size: 16,
    happen: downgradeAll,
  },
];

export const DEFAULT_SCENARIO = 'downgraded-all';

export function findScenario(name: string): Scenario | undefined {
  return SCENARIOS.find((scenario) => scenario.name === name);
}
