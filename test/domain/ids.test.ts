/** Which texts are names and ids, to the last character: they end in paths, in SQL and in shell words. */
import { describe, expect, test } from 'vitest';
import {
  patchMark,
  requireClusterName,
  requireIncidentId,
  requireMemberName,
  requireRunId,
  type RunId,
} from '../../src/domain/ids.ts';

const LONGEST = `a${'b'.repeat(61)}c`;
const REQUIRE = {
  'cluster name': requireClusterName,
  'member name': requireMemberName,
  'run id': requireRunId,
  'incident id': requireIncidentId,
} as const;
type What = keyof typeof REQUIRE;

describe.each<What>(['cluster name', 'member name'])('a %s', (what) => {
  test.each(['a', 'Z', '7', 'm1', 'lxd-01.example.net', 'A-b.C', LONGEST])('may be %s', (text) => {
    expect(REQUIRE[what](text)).toBe(text);
  });

  test.each(['', '-a', 'a-', '.a', 'a.', 'a b', 'a_b', 'a/b', 'a\n', '\na', 'ü', 'a$b', "a'b", `${LONGEST}d`])(
    'is not %j',
    (text) => {
      expect(() => REQUIRE[what](text)).toThrow(`not a ${what}: ${JSON.stringify(text)}`);
    },
  );
});

test.each<[What, string, string]>([
  ['run id', 'r', 'not a run id'],
  ['incident id', 'i', 'not an incident id'],
])('a %s is %s and six more characters', (what, letter, refusal) => {
  const good = `${letter}0a9zk7`;
  expect(REQUIRE[what](good)).toBe(good);
  const bad = [
    '',
    good.slice(1),
    good.slice(0, -1),
    `${good}0`,
    ` ${good}`,
    `${good}\n`,
    `x0a9zk7`,
    good.toUpperCase(),
  ];
  for (const text of [...bad, `${letter}0a9z-7`]) {
    expect(() => REQUIRE[what](text)).toThrow(`${refusal}: ${JSON.stringify(text)}`);
  }
});

test('the mark of a patch file is an SQL comment with the run, and of nothing that is no run', () => {
  expect(patchMark(requireRunId('r0a9zk7'))).toBe('-- lockstep r0a9zk7');
  expect(() => patchMark("r0'; DROP" as RunId)).toThrow('not a run id');
});
