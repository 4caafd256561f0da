/** One Lockstep on Slack and Discord at once: a request here, an approval there; two clicks at one moment; one platform that is down. */
import { afterEach, describe, expect, test } from 'vitest';
import { runRehearsal } from '../../src/rehearsal/run.ts';
import { makeTemporaryDirectory } from '../support/temporary-directory.ts';
import {
  closeAll,
  clustersFor,
  openDiscord,
  openService,
  openSlack,
  SLACK,
  type Cleanup,
} from './support/chat-world.ts';
import { finalOf } from './support/recorded.ts';
import { openBoth, recoverAcross, runCards } from './support/two-platforms.ts';

const cleanup: Cleanup = [];
afterEach(() => closeAll(cleanup));

async function rehearse(): Promise<string> {
  const folder = makeTemporaryDirectory();
  const rehearsal = await runRehearsal({ scenario: 'downgraded-all', dir: folder.path, idleMs: 0 });
  cleanup.push(async () => {
    await rehearsal.close();
    folder.remove();
  });
  return rehearsal.config;
}

describe.skipIf(process.platform !== 'linux')('Slack and Discord at once', () => {
  test('asked for on Slack, approved on Discord: both have the cards and see the end', {
    timeout: 120_000,
  }, async () => {
    const both = await openBoth(cleanup, await rehearse());
    await recoverAcross(both, 'slack', 'rehearsal');
  });

  test('two people who click at the same moment on both decide once', { timeout: 120_000 }, async () => {
    const both = await openBoth(cleanup, await rehearse());
    await both.on.slack.type('ada', { command: 'recover', options: { cluster: 'rehearsal' } });
    const before = both.recorder.handled();
    await Promise.all([both.on.slack.press('ben', 'Approve'), both.on.discord.press('ben', 'Approve')]);
    await both.recorder.untilHandled(before + 2);
    await both.service.lockstep.outboxIdle();
    const [run] = await both.service.lockstep.store.listRuns({});
    const decided = run?.approvals ?? [];
    expect(decided).toHaveLength(1);
    expect(run?.state).toBe('succeeded');
    const told = both.recorder.messages.filter(({ address }) => address.user !== null);
    expect(told).toHaveLength(1);
    expect(JSON.stringify(told.map(finalOf))).toContain('already-decided');
    const states = runCards(both).map((card) => finalOf(card).data);
    expect(states).toHaveLength(2);
    expect(states[0]).toEqual(states[1]);
  });

  test('one platform that is down is told on the other, and disturbs nothing there', { timeout: 120_000 }, async () => {
    const slack = await openSlack(cleanup);
    const discord = await openDiscord(cleanup);
    discord.revokeToken();
    const clusters = clustersFor(await rehearse(), { slack: true, discord: true });
    const { recorder, said, service } = await openService(cleanup, { clusters, slack, discord });
    expect(said.join('\n')).toMatch(
      /Slack: connected as[^]*Discord: not connected yet|Discord: not connected yet[^]*Slack: connected as/,
    );
    const [notice] = slack.messages(SLACK.channel);
    expect(notice?.text).toContain('Discord is not connected');
    const before = recorder.handled();
    slack.command(SLACK.ada, SLACK.channel, 'recover rehearsal');
    await recorder.untilHandled(before + 1);
    await slack.until(() => slack.messages(SLACK.channel).some(({ text }) => text.includes('waits for approval')));
    expect((await service.lockstep.store.listRuns({}))[0]?.state).toBe('awaiting-approval');
    // The cards for Discord are kept, for when it is back.
    expect(await service.lockstep.store.pendingCards()).toBeGreaterThan(0);
  });
});
