/** All situations that have a golden. */
import type { Scenario } from '../../../support/golden.ts';
import { HOST } from './host.ts';
import { MEMBERS } from './members.ts';
import { PLANS } from './plans.ts';
import { DEAD_ROW_REFUSALS } from './refusals-dead-row.ts';
import { REFUSALS } from './refusals.ts';
import { VERSIONS } from './versions.ts';
import { WAYS_BACK } from './ways-back.ts';

export const SCENARIOS: readonly Scenario[] = [
  ...VERSIONS,
  ...MEMBERS,
  ...HOST,
  ...PLANS,
  ...WAYS_BACK,
  ...REFUSALS,
  ...DEAD_ROW_REFUSALS,
];
