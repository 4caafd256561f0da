/** What the cluster contract expects of each scenario: findings with their members, then the plan or the refusal. */
import type { FindingKind } from '../../src/domain/finding.ts';
import type { OfferAnswer } from '../../src/domain/offer.ts';
import type { RefusalCode, Strategy } from '../../src/domain/plan.ts';

type Seen = readonly (readonly [FindingKind, ...string[]])[];

export interface Expected {
  readonly findings: Seen;
  /** Strategy and the members of each stage, or the codes of the refusal. */
  readonly plan: { readonly strategy: Strategy; readonly stages: readonly string[] } | readonly RefusalCode[];
}

const ALL = ['m1', 'm2', 'm3'] as const;

export const EXPECTED: Readonly<Record<string, Expected>> = {
  healthy: { findings: [['in-step', ...ALL]], plan: ['in-step'] },
  upgraded: { findings: [['in-step', ...ALL]], plan: ['in-step'] },
  'downgraded-all': {
    findings: [['stale-counter', ...ALL]],
    plan: {
      strategy: 'patch-in-place',
      stages: [
        '1-back-up m1 m2 m3',
        '2-write-patch m1',
        '3-await-patch-consumed m1',
        '4-await-ready m1 m2 m3',
        '5-remove-patch m1 m2 m3',
      ],
    },
  },
  'healing-on': {
    findings: [
      ['stale-counter', ...ALL],
      ['healing-on', ...ALL],
    ],
    plan: {
      strategy: 'patch-in-place',
      stages: [
        '1-back-up m1 m2 m3',
        '2-write-patch m1',
        '3-await-patch-consumed m1',
        '4-await-ready m1 m2 m3',
        '5-remove-patch m1 m2 m3',
        '6-healing-back m1',
      ],
    },
  },
  'downgraded-one': {
    findings: [['mixed-binaries', 'm3']],
    plan: { strategy: 'align-revision', stages: ['1-back-up m1 m2 m3', '2-refresh m3', '3-await-ready m1 m2 m3'] },
  },
  'downgraded-minority-patched': {
    findings: [
      ['latent-skew', 'm1', 'm2'],
      ['mixed-binaries', 'm3'],
    ],
    plan: { strategy: 'sql-live', stages: ['1-back-up m1 m2 m3', '2-run-sql m1', '3-await-ready m1 m2'] },
  },
  'stale-while-serving': {
    findings: [['stale-counter-while-serving', 'm2', 'm3']],
    plan: { strategy: 'sql-live', stages: ['1-back-up m1 m2 m3', '2-run-sql m1', '3-await-ready m1 m2 m3'] },
  },
  'upgrade-waiting': {
    findings: [
      ['upgrade-waiting', 'm1'],
      ['refresh-blocked-by-lxd', 'm1'],
    ],
    plan: { strategy: 'align-revision', stages: ['1-back-up m1 m2 m3', '2-refresh m2 m3', '3-await-ready m1 m2 m3'] },
  },
  'stopped-all': {
    findings: [
      ['stale-counter', ...ALL],
      ['daemon-down', ...ALL],
    ],
    plan: {
      strategy: 'stop-patch-start',
      stages: [
        '1-stop-not-ready m1 m2 m3',
        '2-back-up m1 m2 m3',
        '3-write-patch m1 m2 m3',
        '4-start m1 m2 m3',
        '5-await-patch-consumed m1 m2 m3',
        '6-await-ready m1 m2 m3',
        '7-remove-patch m1 m2 m3',
      ],
    },
  },
  'quorum-lost': {
    findings: [
      ['quorum-lost', 'm1'],
      ['daemon-down', 'm2', 'm3'],
    ],
    plan: ['quorum-lost'],
  },
  'schema-newer': { findings: [['schema-newer', ...ALL]], plan: ['schema-newer'] },
  'dead-row': {
    findings: [
      ['member-unreachable', 'm3'],
      ['dead-row-blocks', 'm3'],
    ],
    plan: ['member-unreachable'],
  },
  'dead-row-waiting': {
    findings: [
      ['member-unreachable', 'm3'],
      ['dead-row-blocks', 'm3'],
      ['refresh-blocked-by-lxd', 'm1', 'm2'],
    ],
    plan: ['member-unreachable'],
  },
  partition: { findings: [['member-unreachable', 'm3']], plan: ['member-unreachable'] },
  'leftover-patch': { findings: [['patch-left-over', 'm2']], plan: ['patch-left-over', 'in-step'] },
  'bad-patch': {
    findings: [
      ['stale-counter', ...ALL],
      ['crash-loop-other-cause', 'm1'],
      ['patch-left-over', 'm1'],
    ],
    plan: ['patch-left-over', 'crash-loop-other-cause'],
  },
  'disk-full': { findings: [['disk-low', 'm2']], plan: ['disk-low', 'in-step'] },
  'host-key-changed': { findings: [['host-key-changed', 'm2']], plan: ['host-key-changed'] },
  'slow-member': { findings: [['in-step', ...ALL]], plan: ['in-step'] },
  'clock-offset': { findings: [['clock-skew', 'm3']], plan: ['clock-skew', 'in-step'] },
  'mixed-binaries': { findings: [['mixed-binaries', 'm3']], plan: ['mixed-binaries', 'roll-forward'] },
  'sudo-refused': { findings: [['sudo-refused', 'm2']], plan: ['sudo-refused'] },
  'auto-refresh-not-held': { findings: [['auto-refresh-not-held', ...ALL]], plan: ['in-step'] },
  'newer-in-channel': { findings: [['in-step', ...ALL]], plan: ['in-step'] },
  evacuated: { findings: [['member-evacuated', 'm3']], plan: ['in-step'] },
  'refresh-in-progress': { findings: [['refresh-in-progress', 'm2']], plan: ['refresh-in-progress', 'in-step'] },
};

/** What snapd says on each member that the store has for it. */
export const OFFERS: Readonly<Record<string, OfferAnswer>> = {
  healthy: { kind: 'up-to-date' },
  'newer-in-channel': { kind: 'offered', version: '5.0.2-838e1b2', revision: '502' },
};

export interface Repair {
  readonly scenario: string;
  readonly line: string;
  readonly strategy: Strategy;
  /** Who approves, and how; bob's plain approval unless said. */
  readonly approval?: readonly [person: string, line: string];
  /** Findings afterwards, when it is not `in-step`. */
  readonly after?: readonly FindingKind[];
}

const BREAK_GLASS = ['carol', 'approve --break-glass "m3 burnt down"'] as const;

export const REPAIRS: readonly Repair[] = [
  { scenario: 'downgraded-all', line: '', strategy: 'patch-in-place' },
  { scenario: 'downgraded-all', line: '--strategy stop-patch-start', strategy: 'stop-patch-start' },
  { scenario: 'healing-on', line: '', strategy: 'patch-in-place' },
  { scenario: 'stale-while-serving', line: '', strategy: 'sql-live' },
  { scenario: 'downgraded-one', line: '', strategy: 'align-revision' },
  { scenario: 'upgrade-waiting', line: '', strategy: 'align-revision' },
  { scenario: 'upgraded', line: '--strategy planned-downgrade --to 5.21.2', strategy: 'planned-downgrade' },
  { scenario: 'stopped-all', line: '', strategy: 'stop-patch-start' },
  {
    scenario: 'dead-row',
    line: '--strategy unblock-dead-row',
    strategy: 'unblock-dead-row',
    approval: BREAK_GLASS,
    after: ['member-unreachable'],
  },
  {
    scenario: 'dead-row-waiting',
    line: '--strategy unblock-dead-row',
    strategy: 'unblock-dead-row',
    approval: BREAK_GLASS,
    after: ['member-unreachable'],
  },
];
