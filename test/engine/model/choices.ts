/** Which commands a sequence is made of, and how often each. Those that lead into the engine come more often than clicks at rest. */
import fc from 'fast-check';
import { FAILPOINTS } from '../../../src/engine/failpoints.ts';
import {
  abort,
  approve,
  crashes,
  dieAfterSending,
  draft,
  draftRollback,
  end,
  goOn,
  goOnUntil,
  press,
  reject,
  resume,
  together,
  waitFor,
  EXPIRES_MS,
  LONGEST,
  type Command,
} from './commands.ts';
import { FAULTS } from './members.ts';
import type { Scenario } from './scenarios.ts';
import {
  blind,
  change,
  chat,
  comesBack,
  elsewhereLeaves,
  elsewhereTakes,
  fault,
  rollBack,
  setHealing,
} from './world-commands.ts';

const PEOPLE = ['alice', 'bob', 'carol', 'dave', 'eve', 'frank'] as const;

const person = fc.constantFrom(...PEOPLE);
const operator = fc.constantFrom('alice', 'dave');
const line = fc.constantFrom('approve --no-wait', 'reject no', 'abort', 'resume retry', 'resume done', 'recover prod');
export const SENT = [
  'back-up',
  'stop-not-ready',
  'write-patch',
  'await-patch-consumed',
  'start',
  'await-ready',
  'run-sql',
  'refresh',
  'remove-patch',
  'healing-off',
  'healing-back',
] as const;

const OTHERS = [
  '',
  '--strategy patch-in-place',
  '--strategy stop-patch-start',
  '--strategy planned-downgrade --to 5.21.2',
  '--strategy align-revision',
  '--strategy align-revision --to 5.21.2',
] as const;

const version = fc.oneof(
  { weight: 6, arbitrary: fc.constant('0.1.0') },
  { weight: 1, arbitrary: fc.constant('0.2.0') },
);

const APPROVALS: readonly Command[] = [approve('bob', false), approve('carol', false), approve('frank', true)];
const OPENING: readonly Command[] = [draft('alice'), ...APPROVALS];

/** Ended with its file on a member, which could not be reached when it was to go. */
const ABORTED: readonly Command[] = [
  ...OPENING,
  goOnUntil('exec await-patch-consumed', 0),
  blind(9),
  abort('alice'),
  fault('lost-before', 0),
  fault('unreachable', 0),
  goOn(LONGEST, 0),
  blind(0),
];

/** What comes first without any trouble, and how a run then gets under way, so that most sequences reach the engine. */
export function openingOf({ undoes }: Scenario): readonly [readonly Command[], readonly Command[]] {
  if (undoes === undefined) return [[], OPENING];
  const before = undoes === 'aborted' ? ABORTED : [...OPENING, goOn(LONGEST, 0), goOn(LONGEST, 0)];
  return [before, [draftRollback('alice'), ...APPROVALS]];
}

export const COMMANDS: readonly fc.Arbitrary<Command>[] = [
  operator.map((who) => draft(who)),
  fc.tuple(operator, fc.constantFrom(...OTHERS)).map(([who, words]) => draft(who, words)),
  operator.map(draftRollback),
  person.map((who) => approve(who, false)),
  fc.constantFrom('bob', 'carol', 'dave').map((who) => approve(who, false)),
  person.map((who) => approve(who, true)),
  person.map(reject),
  person.map(abort),
  fc.tuple(operator, fc.constantFrom('retry', 'done')).map(([who, verdict]) => resume(who, verdict)),
  fc.tuple(operator, fc.constantFrom('retry', 'done')).map(([who, verdict]) => resume(who, verdict)),
  fc.tuple(person, fc.nat(6)).map(([who, nth]) => press(who, nth)),
  fc.array(fc.tuple(person, line), { minLength: 2, maxLength: 3 }).map(together),
  fc.tuple(fc.integer({ min: 1, max: 6 }), fc.nat(2)).map(([steps, pick]) => goOn(steps, pick)),
  fc.tuple(fc.integer({ min: 5, max: 60 }), fc.nat(2)).map(([steps, pick]) => goOn(steps, pick)),
  fc.tuple(fc.integer({ min: 5, max: 60 }), fc.nat(2)).map(([steps, pick]) => goOn(steps, pick)),
  fc
    .tuple(fc.constantFrom(...FAILPOINTS, 'look', 'probe', 'sleep'), fc.nat(2))
    .map(([place, pick]) => goOnUntil(place, pick)),
  fc
    .tuple(fc.constantFrom(...FAILPOINTS, 'look', 'probe', 'sleep'), fc.nat(2))
    .map(([place, pick]) => goOnUntil(place, pick)),
  fc
    .tuple(fc.constantFrom(...SENT), fc.option(fc.constantFrom(...FAULTS)), version)
    .map(([kind, what, code]) => dieAfterSending(kind, what, code)),
  fc.constant(goOn(LONGEST, 0)),
  fc.constantFrom(1_000, 60_000, 450_000, EXPIRES_MS).map(waitFor),
  fc
    .tuple(fc.constantFrom('crash' as const, 'crash' as const, 'restart' as const), version)
    .map(([kind, code]) => end(kind, code)),
  fc
    .tuple(fc.constantFrom(...FAULTS), fc.double({ min: 0, max: 0.99, noNaN: true }))
    .map(([kind, late]) => fault(kind, late)),
  fc.integer({ min: 1, max: 8 }).map(blind),
  fc
    .tuple(fc.integer({ min: 2, max: 5 }), fc.integer({ min: 4, max: 12 }))
    .map(([times, steps]) => crashes(times, steps)),
  fc
    .tuple(
      fc.constantFrom('row', 'lxcfs', 'disk', 'serving', 'stopped', 'mended'),
      fc.constantFrom('here', 'before-verify'),
    )
    .map(([what, place]) => change(what, place)),
  fc.integer({ min: 1, max: 5 }).map(rollBack),
  fc.constantFrom(0, 300, 600).map(setHealing),
  fc.constantFrom(elsewhereTakes, elsewhereTakes, elsewhereLeaves, comesBack),
  fc.constantFrom('down' as const, 'up' as const).map(chat),
];
