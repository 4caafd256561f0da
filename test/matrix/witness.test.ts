import { expect, test } from 'vitest';
import { compileLook } from '../../src/lxd/compile.ts';
import { shellQuote } from '../../src/lxd/shell.ts';
import { aRun } from '../contract/store-fixtures.ts';
import { findBlindRepeats, findExecuted, VERDICT } from './witness.ts';

const RUN = aRun();
const [FIRST, SECOND] = RUN.plan.stages[0]!.steps;
const STEP = command(RUN.compiled[0]!.text);
const LOOK = command(compileLook(FIRST!));
const PROBE = command("printf 'x'; echo lockstep-probe 1");

/** As a member hears it. */
function command(text: string): string {
  return `sudo -n -- sh -c ${shellQuote(text)}`;
}

function heard(...lines: readonly (readonly [string, string])[]) {
  return lines.map(([member, text], at) => ({ at, member, text }));
}

test('a step that runs twice with nothing in between is found', () => {
  const twice = heard([FIRST!.member, STEP], [FIRST!.member, STEP]);
  expect(findBlindRepeats(RUN, twice)).toEqual([
    `${FIRST!.id}@${FIRST!.member} ran again 1 ms later, and nobody had looked`,
  ]);
  expect(findExecuted(RUN, twice)).toHaveLength(2);
});

test.each([
  ['a look at it', FIRST!.member, LOOK],
  ['a probe of the member', FIRST!.member, PROBE],
  ['a person’s verdict', '*', VERDICT],
])('%s in between justifies it', (_what, member, text) => {
  expect(findBlindRepeats(RUN, heard([FIRST!.member, STEP], [member, text], [FIRST!.member, STEP]))).toEqual([]);
});

test('a look at another member justifies nothing, and another member’s step is no repeat', () => {
  const lines = heard([FIRST!.member, STEP], [SECOND!.member, LOOK], [SECOND!.member, STEP], [FIRST!.member, STEP]);
  expect(findBlindRepeats(RUN, lines)).toHaveLength(1);
});
