/** The benchmark's own arithmetic: what is taken off Lockstep's share must be what the rules ask for and no more. */
import { expect, test } from 'vitest';
import { judgeAnswers, helpFor } from './chat/answers.ts';
import { judge } from './recovery/judge.ts';
import { quantile } from './stats.ts';

const NAMES = ['m1', 'm2'];

function beats(at: number, m1: number, m2: number): { at: number; heartbeats: Readonly<Record<string, number>> } {
  return { at, heartbeats: { m1, m2 } };
}

test('two advances since the approval, the last of them since all were ready', () => {
  const watched = {
    readyAt: { m1: 101_000, m2: 102_000 },
    sightings: [beats(101_500, 50_000, 50_000), beats(103_000, 102_900, 102_950), beats(113_000, 112_900, 112_950)],
  };
  expect(judge(watched, NAMES, 100_000)).toEqual({ readyAt: 102_000, onlineAt: 103_000, ruleAt: 113_000 });
});

test('the second advance of the slower one counts, and a heartbeat of before the last was ready is no later one', () => {
  const watched = {
    readyAt: { m1: 101_000, m2: 104_000 },
    sightings: [
      beats(101_500, 101_200, 90_000),
      beats(103_000, 102_900, 102_950),
      beats(108_000, 107_900, 102_950),
      beats(118_000, 117_900, 117_950),
    ],
  };
  expect(judge(watched, NAMES, 100_000)).toEqual({ readyAt: 104_000, onlineAt: 104_000, ruleAt: 118_000 });
});

test('a cluster that was never seen in step has no figure', () => {
  const watched = { readyAt: { m1: 101_000 }, sightings: [beats(101_500, 101_200, 90_000)] };
  expect(() => judge(watched, NAMES, 100_000)).toThrow('never seen to be in step');
});

test('of a hundred values the p99 is the second greatest, of fifty the greatest', () => {
  const values = Array.from({ length: 100 }, (_, n) => 100 - n);
  expect([quantile(values, 0.5), quantile(values, 0.99)]).toEqual([50, 99]);
  expect(quantile(values.slice(0, 50), 0.99)).toBe(100);
});

test('a command without its answer and an answer without its command are both told', () => {
  const typed = [helpFor('status'), helpFor('runs')];
  expect(judgeAnswers('here', typed, ['⚪ runs: Lists.', '⚪ status: Asks.'])).toEqual([]);
  expect(judgeAnswers('here', typed, ['⚪ runs: Lists.', '⚪ runs: Lists.'])).toEqual([
    'here: no answer to "help status"',
    'here: one answer too many, "⚪ runs: Lists."',
  ]);
});
