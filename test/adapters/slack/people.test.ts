/** User groups as roles: asked for once in a minute, closed when they can't be read. */
import { webApi } from '@slack/bolt';
import { expect, test } from 'vitest';
import { createPeople, groupsNamed } from '../../../src/adapters/slack/people.ts';
import { createFakeTime } from '../../support/fake-clock.ts';
import { createMemoryLog, type Logged } from './support.ts';

const ADA = { id: 'U1', name: 'ada' };

function setUp(answer: () => Promise<Readonly<Record<string, unknown>>>) {
  const time = createFakeTime();
  const lines: Logged[] = [];
  const calls: string[] = [];
  const people = createPeople({
    api: {
      call: (method) => {
        calls.push(method);
        return answer();
      },
    },
    clock: time.clock,
    log: createMemoryLog(lines),
    groups: ['S1'],
  });
  return { time, lines, calls, people };
}

test('a member has the group; many at once ask once, and a minute later again', async () => {
  const { time, calls, people } = setUp(() => Promise.resolve({ ok: true, users: ['U1'] }));
  const found = await Promise.all(Array.from({ length: 20 }, () => people.find(ADA)));
  expect(found.every(({ groups }) => groups.join() === 'slack:group:S1')).toBe(true);
  expect(calls).toEqual(['usergroups.users.list']);
  time.advance(59_000);
  await people.find(ADA);
  expect(calls).toHaveLength(1);
  time.advance(1_000);
  await people.find({ id: 'U2', name: null });
  expect(calls).toHaveLength(2);
});

test('without the scope nobody is in a group, and the log says why', async () => {
  const { lines, people } = setUp(() =>
    Promise.reject(new webApi.WebAPIPlatformError({ ok: false, error: 'missing_scope' })),
  );
  expect((await people.find(ADA)).groups).toEqual([]);
  expect(lines[0]?.message).toBe('the members of a Slack user group can not be read');
});

test('a name that was seen once is known for events that carry none', async () => {
  const { people } = setUp(() => Promise.resolve({ users: [] }));
  expect((await people.find({ id: 'U1', name: null })).displayName).toBe('U1');
  await people.find(ADA);
  expect((await people.find({ id: 'U1', name: null })).displayName).toBe('ada');
});

test('only user groups of Slack are asked for, each once', () => {
  expect(groupsNamed(['*', 'slack:U1', 'slack:group:S01', 'discord:role:4', 'slack:group:S01'])).toEqual(['S01']);
});
