/** Standard input as lines, and the session's own words. */
import { Readable } from 'node:stream';
import { afterEach, describe, expect, test } from 'vitest';
import { linesOf } from '../../../src/adapters/console/piped.ts';
import { complete } from '../../../src/adapters/console/complete.ts';
import { COMMANDS } from '../../../commands/index.ts';
import { createWorld, only, type World } from '../../app/world.ts';
import { observationOf, three } from '../../support/observation.ts';
import { downgradedAll } from '../../support/planning.ts';

async function split(...chunks: readonly (string | Buffer)[]): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const line of linesOf(Readable.from(chunks.map((chunk) => Buffer.from(chunk))))) lines.push(line);
  return lines;
}

describe('lines of a pipe', () => {
  test.each([
    [['a\nb\n'], ['a', 'b']],
    [['a\r\nb'], ['a', 'b']],
    [
      ['a', 'b', '\n', 'c'],
      ['ab', 'c'],
    ],
    [['\n\n'], ['', '']],
    [[''], []],
  ])('%j', async (chunks, lines) => {
    expect(await split(...chunks)).toEqual(lines);
  });

  test('a character that is cut between two chunks is whole', async () => {
    const bytes = Buffer.from('ü\n');
    expect(await split(bytes.subarray(0, 1), bytes.subarray(1))).toEqual(['ü']);
  });

  test('a line without an end is cut, not kept in memory', async () => {
    const [line] = await split(...Array.from({ length: 100 }, () => 'x'.repeat(10_000)));
    expect(line?.length).toBeLessThan(100_000);
  });
});

describe('completion', () => {
  const source = { commands: COMMANDS, clusters: ['prod', 'lab'] };
  test.each([
    ['st', ['status ']],
    ['/lxd rec', ['recover ']],
    ['status p', ['prod ']],
    ['recover prod --st', ['--strategy ']],
    ['recover prod --strategy patch', ['patch-in-place ']],
    ['recover prod --dry-run --', ['--strategy ', '--to ', '--of ', '--instances ', '--reason ']],
    ['help wa', ['wait ', 'watch ']],
    ['nonsense x', []],
  ])('%j', (line, found) => {
    expect(complete(line, source)[0]).toEqual(found);
  });
});

describe('a session', () => {
  let world: World;
  afterEach(() => world.close());

  test('refuses a name that is none, and stays who it was', async () => {
    world = createWorld({ observation: observationOf({ members: three({ build: '5.21.2' }) }) });
    const lines = await world.type('alice', '/as', '/as ../x', '/as a b');
    expect(lines.map((line) => line.data?.kind)).toEqual(['problem', 'problem', 'problem']);
    expect(world.session.name).toBe('alice');
  });

  test('presses the button of the last card that has any', async () => {
    world = createWorld({ observation: downgradedAll() });
    await world.type('alice', 'recover prod', 'help');
    const lines = await world.type('bob', '3', '2');
    expect(only(lines, 'problem').text).toContain('no button 3');
    expect(only(lines, 'run').state).toBe('rejected');
  });

  test.each(['0', '-1', '+2', '007', '99999999999999999999'])('%s is a button that there is not', async (typed) => {
    world = createWorld({ observation: downgradedAll() });
    await world.type('alice', 'recover prod');
    expect(only(await world.type('bob', typed), 'problem')).toMatchObject({ code: 'bad-argument' });
  });

  test('prints only what is new in a run, as text', async () => {
    const printed: string[] = [];
    world = createWorld({ observation: downgradedAll(), text: (text) => printed.push(text) });
    await world.type('alice', 'recover prod');
    const before = printed.length;
    await world.type('bob', 'approve');
    expect(printed.slice(before)[0]).toMatch(/^ {2}r[0-9a-z]{6}: approved, about to start$/);
    expect(printed.slice(before).join('\n')).not.toContain('Outage');
  });
});
