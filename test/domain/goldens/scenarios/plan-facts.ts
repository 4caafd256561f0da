/** What is asked for in scenarios of plans, and what members show there. */
import { requireMemberName, requireRunId } from '../../../../src/domain/ids.ts';
import type { MemberFacts } from '../../../../src/domain/observation.ts';
import { CLEAN, snapOf } from './facts.ts';

export const PATCH = { strategy: 'patch-in-place' } as const;
export const STOP = { strategy: 'stop-patch-start' } as const;
export const ALIGN = { strategy: 'align-revision' } as const;
export const LOWER = { strategy: 'planned-downgrade' } as const;
export const LIVE = { strategy: 'sql-live' } as const;
export const BREAK = { strategy: 'unblock-dead-row' } as const;
export const UNDO = { strategy: 'rollback', undo: { run: requireRunId('rfirst1'), count: 402 } } as const;
export const ALL = [PATCH, STOP, ALIGN, LOWER, LIVE, BREAK, UNDO];

export const ON: Partial<MemberFacts> = {
  settings: { offlineThresholdS: 60, healingThresholdS: 300, shutdownTimeoutMin: 2 },
};
export const BLIND: Partial<MemberFacts> = { settings: null, autostart: null };
export const UNHELD: Partial<MemberFacts> = { snap: snapOf('5.21.2-2f4ba6b', '30131', { held: false }) };
export const DOING: Partial<MemberFacts> = {
  changes: [{ id: '8', status: 'Doing', summary: 'Refresh "lxd" snap', spawn: null }],
};
export const STARTS: Partial<MemberFacts> = {
  autostart: {
    rows: [
      { member: 'm1', project: 'default', name: 'web1' },
      { member: 'm1', project: 'shop', name: 'db' },
      { member: 'm2', project: 'default', name: 'web2' },
    ],
    more: true,
  },
};

export function everywhere(facts: Partial<MemberFacts>) {
  return { m1: { facts }, m2: { facts }, m3: { facts } };
}

export function raft(...roles: readonly ('voter' | 'stand-by' | 'spare')[]): Partial<MemberFacts> {
  return {
    raft: roles.map((role, index) => ({ id: index + 1, address: `10.0.0.${index + 1}:8443`, name: null, role })),
  };
}

export const WAITS = { build: '5.21.3', kept: ['5.21.2'], daemon: 'waiting' } as const;
/** What a run that gave m3 up left to say; written out, so that nothing is planned while the tests are collected. */
const GIVEN_UP = {
  member: requireMemberName('m3'),
  rowId: 3,
  extensions: 387,
  followUp: 'Remove m3 before it starts again.',
};
export const UNDO_GIVEN_UP = { ...UNDO, undo: { ...UNDO.undo, givenUp: GIVEN_UP } };
export const OURS: Partial<MemberFacts> = {
  leftovers: { ...CLEAN, patchGlobal: '-- lockstep rfirst1\nUPDATE nodes SET api_extensions=387;\n' },
};
