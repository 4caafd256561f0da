/**
 * What `status` has to say of each member in each scenario: the facts that a person would read off the members by hand. The
 * findings and plans of the scenarios are in the contract that the lab shares with the rehearsal.
 */
import type { ScenarioName } from '../scenarios.ts';
import { REVISIONS, type Revision } from '../machines.ts';
import type { DataOf } from './console.ts';

export type MemberFacts = DataOf<'status'>['members'][number];
type Row = NonNullable<MemberFacts['row']>;

const SCHEMA = 60;

/** A member on this revision; what is not said is as on a healthy one, the row of its own release included. */
function member(name: string, revision: Revision, facts: Partial<MemberFacts> = {}): MemberFacts {
  const { version, extensions } = REVISIONS[revision];
  const row = rowOf(extensions);
  return {
    name,
    reachable: true,
    version,
    revision,
    extensions,
    schema: SCHEMA,
    row,
    daemon: 'serving',
    instances: 1,
    ...facts,
  };
}

function unseen(name: string, row: Row): MemberFacts {
  return {
    name,
    reachable: false,
    version: null,
    revision: null,
    extensions: null,
    schema: null,
    row,
    daemon: 'unknown',
    instances: null,
  };
}

function rowOf(apiExtensions: number, schema = SCHEMA): Row {
  return { schema, apiExtensions };
}

const HEALTHY = [member('m1', '502'), member('m2', '502'), member('m3', '502')];
const BEHIND = { row: rowOf(318), daemon: 'crash-looping' } as const;
const DOWNGRADED = [member('m1', '501', BEHIND), member('m2', '501', BEHIND), member('m3', '501', BEHIND)];
/** They were stopped by `snap stop`, which ends their instances. */
const STOPPED = { daemon: 'stopped', instances: 0 } as const;
const M2_UNSEEN = [member('m1', '502'), unseen('m2', rowOf(318)), member('m3', '502')];

export const MEMBERS: Readonly<Record<ScenarioName, readonly MemberFacts[]>> = {
  healthy: HEALTHY,
  upgraded: HEALTHY,
  'downgraded-all': DOWNGRADED,
  'downgraded-one': [member('m1', '502'), member('m2', '502'), member('m3', '501', BEHIND)],
  'downgraded-minority-patched': [
    member('m1', '502', { row: rowOf(313) }),
    member('m2', '502', { row: rowOf(313) }),
    member('m3', '501'),
  ],
  'upgrade-waiting': [member('m1', '502', { daemon: 'waiting' }), member('m2', '501'), member('m3', '501')],
  'stale-while-serving': [member('m1', '501'), member('m2', '501', BEHIND), member('m3', '501', BEHIND)],
  'stopped-all': ['m1', 'm2', 'm3'].map((name) => member(name, '501', { ...STOPPED, row: rowOf(318) })),
  'dead-row': [
    member('m1', '501', { daemon: 'crash-looping' }),
    member('m2', '501', { daemon: 'crash-looping' }),
    unseen('m3', rowOf(318)),
  ],
  'dead-row-waiting': [
    member('m1', '502', { daemon: 'waiting' }),
    member('m2', '502', { daemon: 'waiting' }),
    unseen('m3', rowOf(313)),
  ],
  'quorum-lost': [member('m1', '502'), member('m2', '502', STOPPED), member('m3', '502', STOPPED)],
  'schema-newer': [
    member('m1', '502', { row: rowOf(318, 61) }),
    member('m2', '502', { row: rowOf(318, 61) }),
    member('m3', '502', { row: rowOf(318, 61), daemon: 'crash-looping' }),
  ],
  partition: [member('m1', '502'), member('m2', '502'), unseen('m3', rowOf(318))],
  'leftover-patch': HEALTHY,
  'bad-patch': DOWNGRADED,
  'disk-full': HEALTHY,
  'host-key-changed': M2_UNSEEN,
  'slow-member': HEALTHY,
  'clock-offset': HEALTHY,
  'mixed-binaries': [member('m1', '501', BEHIND), member('m2', '501', BEHIND), member('m3', '500', BEHIND)],
  'sudo-refused': M2_UNSEEN,
  'auto-refresh-not-held': HEALTHY,
  'newer-in-channel': [member('m1', '501'), member('m2', '501'), member('m3', '501')],
  evacuated: HEALTHY,
  'refresh-in-progress': HEALTHY,
  'healing-on': DOWNGRADED,
};
