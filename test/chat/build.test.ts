/** Sentences in which the commands that one could type stand out. */
import { expect, test } from 'vitest';
import { withCommands } from '../../src/chat/build.ts';

function commandsIn(words: string): readonly string[] {
  return withCommands(words).flatMap((part) => (typeof part !== 'string' && part.kind === 'mono' ? [part.text] : []));
}

test.each([
  ['Nothing to do. /lxd status prod', ['/lxd status prod']],
  ['Bring m3 back, then: status prod', ['/lxd status prod']],
  [
    'Bring m3 back, then: status prod. Only if that will never be: recover prod --strategy unblock-dead-row',
    ['/lxd status prod', '/lxd recover prod --strategy unblock-dead-row'],
  ],
  ['What that would do: check prod --to 5.21.4', ['/lxd check prod --to 5.21.4']],
  [
    '/lxd resume r1 retry, /lxd resume r1 done, or /lxd abort r1',
    ['/lxd resume r1 retry', '/lxd resume r1 done', '/lxd abort r1'],
  ],
  ['Bring all members to one version: recover prod', ['/lxd recover prod']],
  ['help', ['/lxd help']],
  ['timeline prod', ['/lxd timeline prod']],
  ['check the clocks, and look again.', []],
  ['Then: check the clocks (NTP)', []],
  ['Nobody knows the status prod has.', []],
])('%s', (words, commands) => {
  expect(commandsIn(words)).toEqual(commands);
});
