import { afterEach, describe, expect, test } from 'vitest';
import { message } from '../../../src/chat/build.ts';
import { ADA, closeAll, OPS, startLive } from './support/live.ts';

afterEach(closeAll);

const HERE = { platform: 'discord', channel: OPS, user: null, thread: null } as const;
const LINE = { message: message('Draining', 'info', []), data: null };

describe('at the stop', () => {
  test('what was acknowledged is handed over, and whoever waits is let go', async () => {
    const { server, chat, inbound } = await startLive();
    await server.slash(ADA, OPS, 'status', { cluster: 'prod' }).response;
    await chat.stop();
    expect(inbound).toHaveLength(1);
    expect(inbound[0]?.detached.aborted).toBe(true);
  });

  test('nothing new is taken, and what is left to say still gets out', async () => {
    const { server, chat, inbound } = await startLive();
    await chat.stop();
    await chat.stop();
    await server.until(() => server.gateway.count() === 0);
    server.slash(ADA, OPS, 'status', { cluster: 'prod' });
    expect(await chat.post(HERE, LINE, 'm1')).toMatchObject({ kind: 'delivered' });
    expect(inbound).toEqual([]);
  });

  test('an answer to a command that was under way still reaches the person', async () => {
    let release: () => void = () => undefined;
    const wait = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { server, chat, handed } = await startLive({
      handle: async ({ address }, discord) => {
        await wait;
        await discord.post({ ...address, user: ADA }, LINE, 'm1');
      },
    });
    server.slash(ADA, OPS, 'status', { cluster: 'prod' });
    await handed(1);
    await chat.stop();
    release();
    await server.until(() => server.messages(OPS, { user: ADA }).some(({ content }) => content.endsWith('Draining')));
  });

  test('a stop while Discord can not be reached is at once', async () => {
    const { chat, server } = await startLive({
      start: false,
      discord: { readyLimitMs: 50, rest: { api: 'http://127.0.0.1:9/api' } },
    });
    expect(await chat.start({} as never)).toMatchObject({ kind: 'not-yet' });
    expect(await chat.post(HERE, LINE, 'm1')).toMatchObject({
      kind: 'retry',
      reason: expect.stringContaining("can't be reached") as string,
    });
    await chat.stop();
    expect(server.messages(OPS)).toEqual([]);
  });
});
