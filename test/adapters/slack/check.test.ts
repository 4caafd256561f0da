/** `doctor` for Slack: what is missing, and what to click. */
import { afterEach, expect, test } from 'vitest';
import { SCOPES } from '../../../src/adapters/slack/registration.ts';
import type { ClusterConfig } from '../../../src/domain/cluster.ts';
import { aCluster } from '../../support/cluster.ts';
import { startTalk, type TalkOptions } from './support.ts';

const cleanup: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of cleanup.splice(0).toReversed()) await close();
});

async function checks(
  options: TalkOptions,
  before: (server: Awaited<ReturnType<typeof startTalk>>['server']) => void = () => undefined,
) {
  const talk = await startTalk(cleanup, options);
  before(talk.server);
  const all = await talk.chat.check();
  return all.map(({ id, state, next }) => ({ id, state, next }));
}

const PROD: ClusterConfig = {
  ...aCluster({ roles: { approvers: ['slack:group:S1'] } }),
  channels: { slack: 'C1', discord: null },
};

test('a complete app is in order', async () => {
  const all = await checks({ clusters: [PROD] });
  expect(all.filter(({ state }) => state !== 'ok')).toEqual([]);
  expect(all.map(({ id }) => id)).toContain('slack-socket');
  expect(all.map(({ id }) => id)).toContain('slack-channel');
});

test('a missing scope is named with what to click and what it costs', async () => {
  const all = await checks({ clusters: [PROD], server: { scopes: ['commands', 'chat:write', 'channels:read'] } });
  const groups = all.find(({ id }) => id === 'slack-scope-usergroups:read');
  expect(groups).toMatchObject({ state: 'fail', next: expect.stringContaining('Reinstall') });
  expect(all.find(({ id }) => id === 'slack-scope-files:write')?.state).toBe('warn');
});

test('a channel without the bot says how to invite it', async () => {
  const all = await checks({ clusters: [PROD] }, (server) => server.removeBot('C1'));
  expect(all.find(({ id }) => id === 'slack-channel')).toMatchObject({
    state: 'fail',
    next: expect.stringContaining('/invite @lockstep'),
  });
});

test('without the scopes that look at channels, it is said what was not looked at', async () => {
  const scopes = SCOPES.map(({ name }) => name).filter((name) => name !== 'channels:read' && name !== 'groups:read');
  const all = await checks({ clusters: [PROD], server: { scopes } });
  const wrong = all.filter(({ state }) => state !== 'ok').map(({ id, state }) => `${id} ${state}`);
  expect(wrong).toEqual(['slack-scope-channels:read warn', 'slack-scope-groups:read warn', 'slack-channel warn']);
});

test('with exactly the scopes of the manifest everything is looked at', async () => {
  const all = await checks({ clusters: [PROD], server: { scopes: SCOPES.map(({ name }) => name) } });
  expect(all.filter(({ state }) => state !== 'ok')).toEqual([]);
});

test('a revoked token fails first and names the place of a new one', async () => {
  const all = await checks({ clusters: [PROD] }, (server) => server.revokeToken());
  expect(all[0]).toMatchObject({ id: 'slack-token', state: 'fail', next: expect.stringContaining('SLACK_BOT_TOKEN') });
});
