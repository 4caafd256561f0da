/** Plays one sequence on a fresh system, then lets everything come to rest, takes the way out that a person has, and judges. */
import fc from 'fast-check';
import { verifyChain } from '../../../src/domain/timeline-chain.ts';
import type { StepKind } from '../../../src/domain/plan.ts';
import { isEnded } from '../../../src/domain/run.ts';
import { aCluster } from '../../support/cluster.ts';
import { COMMANDS, openingOf, SENT } from './choices.ts';
import { APPROVERS, BREAK_GLASS, OPERATORS, type Model } from './commands.ts';
import { FAULTS, type Fault } from './members.ts';
import { violations } from './invariants.ts';
import { SCENARIOS, type Scenario, type ScenarioName } from './scenarios.ts';
import { createSystem, type Disk, type System } from './system.ts';

export interface Setting {
  readonly required: number;
  readonly scenario: ScenarioName;
  /** `cluster.healing_threshold` in s. */
  readonly healingS: number;
  /** Begin with a run that is under way. */
  readonly started: boolean;
  /** What becomes of the first texts. */
  readonly faults: readonly (Fault | null)[];
  /** What becomes of the first texts of these kinds. */
  readonly faultsOf: readonly (readonly [StepKind, Fault])[];
  readonly blindLooks: number;
  readonly lateness: number;
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of a record of our own
const NAMES = Object.keys(SCENARIOS) as ScenarioName[];

export const SETTING: fc.Arbitrary<Setting> = fc.record({
  required: fc.constantFrom(1, 2),
  scenario: fc.constantFrom(...NAMES),
  healingS: fc.constantFrom(0, 0, 300),
  started: fc.constantFrom(true, true, true, false),
  faults: fc.array(
    fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.constantFrom(...FAULTS) }),
    { maxLength: 14, size: 'max' },
  ),
  faultsOf: fc.array(fc.tuple(fc.constantFrom(...SENT), fc.constantFrom(...FAULTS)), { maxLength: 2 }),
  blindLooks: fc.constantFrom(0, 0, 0, 1, 3, 8),
  lateness: fc.double({ min: 0, max: 0.99, noNaN: true }),
});

export function sequences(replayPath?: string): fc.Arbitrary<Iterable<fc.AsyncCommand<Model, System>>> {
  return fc.commands([...COMMANDS], {
    maxCommands: 16,
    size: 'max',
    ...(replayPath === undefined ? {} : { replayPath }),
  });
}

export async function play(
  disk: Disk,
  { required, scenario: name, healingS, started, faults, faultsOf, blindLooks, lateness }: Setting,
  sequence: Iterable<fc.AsyncCommand<Model, System>>,
): Promise<readonly string[]> {
  const cluster = aCluster({
    roles: { operators: OPERATORS, approvers: APPROVERS },
    approvals: { required, breakGlass: BREAK_GLASS },
  });
  const scenario: Scenario = SCENARIOS[name];
  const system = await createSystem({ disk, cluster, prepare: scenario.prepare });
  try {
    const model: Model = { required, words: scenario.words, pending: null };
    const [before, opening] = openingOf(scenario);
    for (const command of before) await command.run(model, system);
    system.members.cluster.healingS = healingS;
    Object.assign(system.members, { blindLooks, lateness });
    system.members.faults.push(...faults);
    for (const [kind, fault] of faultsOf) system.members.faultsOf.set(kind, [fault]);
    if (started) for (const command of opening) await command.run(model, system);
    await fc.asyncModelRun(() => ({ model, real: system }), sequence);
    await comeToRest(system);
    judge(system, required);
    await judgeRecord(system);
    return reached(system);
  } finally {
    await system.close();
  }
}

async function comeToRest(system: System): Promise<void> {
  const { members } = system;
  members.faults.length = 0;
  members.faultsOf.clear();
  members.blindLooks = 0;
  system.chat.isDown = false;
  await system.settle();
  await system.deliverAll();
  const run = await system.newest();
  if (run !== null && ['approved', 'running'].includes(run.state))
    throw new Error(`nobody works on a run that is ${run.state}`);
  if (run !== null && run.abortRequestedBy !== null && !isEnded(run.state))
    throw new Error(`an abort was forgotten: ${run.state}`);
  await system.advance(3_600_000);
  if (run === null || isEnded(run.state)) return;
  // Whatever happened, a person can end it.
  await system.type('alice', 'abort');
  const ended = await system.newest();
  if (ended === null || !isEnded(ended.state)) throw new Error(`an abort left it ${ended?.state ?? 'unknown'}`);
}

function judge(system: System, required: number): void {
  const found = violations(system.events, { required, approvers: APPROVERS, breakGlass: BREAK_GLASS });
  if (found.length > 0) throw new Error(found.join('\n'));
  if (system.errors.length > 0)
    throw new Error(`threw: ${system.errors.map(String).join('\n')}`, { cause: system.errors[0] });
}

/** What is kept at the end: an unbroken chain, and no file of ours on any member, unless somebody was told so. */
async function judgeRecord(system: System): Promise<void> {
  const entries = await system.store().listTimeline({});
  if (verifyChain(entries).kind !== 'intact') throw new Error('the chain of the timeline is broken');
  const left = system.members.cluster.members.filter(({ patch }) => patch).map(({ name }) => name);
  const said = entries.some(({ text }) => text.includes('is not known'));
  if (left.length > 0 && !said) throw new Error(`a patch file is left on ${left.join(', ')}, and nobody was told`);
}

/** The states that were reached, for the account of what the sequences covered. */
function reached({ events }: System): readonly string[] {
  return events.flatMap((event) => {
    if (event.kind !== 'state') return [];
    const change = `${event.from ?? 'nothing'} → ${event.to}`;
    return event.to === 'succeeded' ? [change, `${event.after.strategy}: ${change}`] : [change];
  });
}
