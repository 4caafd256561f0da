import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { COMMANDS } from '../../../commands/index.ts';
import { registerCommands } from '../../../src/adapters/discord/index.ts';
import { NOTE_NAME } from '../../../src/adapters/discord/registration.ts';
import type { Inbound } from '../../../src/app/inbound.ts';
import type { ChatAdapter } from '../../../src/app/surface.ts';
import { code, heading, message, table, text } from '../../../src/chat/build.ts';
import type { Action } from '../../../src/chat/message.ts';
import type { Rendered } from '../../../src/ports/chat.ts';
import { anyRendered, NASTY } from './support/any-message.ts';
import { ADA, APPROVERS, BEN, closeAll, OPS, startLive } from './support/live.ts';

afterEach(closeAll);

const CARD: Rendered = {
  message: message('prod is in step', 'good', [heading('Status of prod'), text('Nothing to do.')]),
  data: null,
};
const cardWith = (action: Partial<Action>): Rendered => ({
  ...CARD,
  message: { ...CARD.message, actions: [{ label: 'Stop', style: 'danger', token: 'TOKEN', confirm: null, ...action }] },
});
const PRIVATE = { platform: 'discord', channel: OPS, user: ADA, thread: null } as const;

async function answer({ address }: Inbound, chat: ChatAdapter): Promise<void> {
  const posted = await chat.post(address, CARD, 'm1');
  if (posted.kind !== 'delivered') throw new Error(posted.reason);
  await chat.post({ ...address, thread: address.thread ?? posted.externalId }, CARD, 'm2');
}

describe('over the real library', () => {
  test('a typed command is deferred for the person alone, answered by a card in the channel, and explained in its thread', async () => {
    const { server, inbound } = await startLive({ handle: answer });
    const sent = server.slash(ADA, OPS, 'status', { cluster: 'prod; reboot' });
    expect(await sent.response).toMatchObject({ kind: 'deferred', data: { flags: 64 } });
    await server.until(() => server.messages(server.threads(OPS)[0]?.id ?? '').length === 1);
    await server.until(() => server.messages(OPS).length === 1);
    const [card] = server.messages(OPS);
    expect(card).toMatchObject({ content: '🟢 prod is in step', ephemeralTo: null, author: server.botId });
    expect(server.messages(card?.id ?? '')).toHaveLength(1);
    expect(server.threads(OPS)[0]?.name).toBe('prod is in step');
    expect(inbound).toMatchObject([
      {
        deliveryId: sent.id,
        person: { platform: 'discord', id: ADA, displayName: 'ada', groups: [`discord:role:${APPROVERS}`] },
        address: { platform: 'discord', channel: OPS, user: null, thread: null },
        body: { kind: 'line', text: 'status "prod; reboot"' },
      },
    ]);
    expect(server.violations).toEqual([]);
  });

  test('a command typed in a thread is answered there', async () => {
    const { server, inbound } = await startLive({ handle: answer });
    server.slash(ADA, OPS, 'status', { cluster: 'prod' });
    await server.until(() => server.threads(OPS).length === 1);
    const thread = server.threads(OPS)[0]?.id ?? '';
    await server.until(() => server.messages(thread).length === 1);
    server.slash(ADA, thread, 'status', { cluster: 'prod' });
    await server.until(() => server.messages(thread, { user: BEN }).length >= 2);
    expect(inbound[1]?.address).toEqual({ platform: 'discord', channel: OPS, user: null, thread });
    expect(server.violations).toEqual([]);
  });

  test('a private answer fills the placeholder, and nobody else sees it', async () => {
    const { server } = await startLive({ handle: async (_, chat) => void (await chat.post(PRIVATE, CARD, 'm1')) });
    server.slash(ADA, OPS, 'status', { cluster: 'prod' });
    await server.until(() => server.messages(OPS).some(({ content }) => content.endsWith('prod is in step')));
    expect(server.messages(OPS, { user: BEN })).toEqual([]);
    expect(server.messages(OPS)).toHaveLength(1);
    expect(server.violations).toEqual([]);
  });

  test('a click needs no words: the token is handed in once, however often it is delivered', async () => {
    const { server, chat, inbound, handed } = await startLive();
    const posted = await chat.post({ ...PRIVATE, user: null }, cardWith({}), 'm1');
    server.deliverTimes(2);
    const id = posted.kind === 'delivered' ? posted.externalId : '';
    expect(await server.click(BEN, { channel: OPS, id }, 'Stop').response).toMatchObject({ kind: 'deferred-update' });
    await handed(1);
    expect(inbound).toMatchObject([{ person: { id: BEN }, body: { kind: 'press', token: 'TOKEN' } }]);
    expect(server.violations).toEqual([]);
  });

  test('a dangerous click is asked again, of that person alone, before it counts', async () => {
    const { server, chat, inbound, handed } = await startLive();
    const confirm = { title: 'Stop @everyone?', text: '4 instances stop.' };
    const posted = await chat.post({ ...PRIVATE, user: null }, cardWith({ confirm }), 'm1');
    const id = posted.kind === 'delivered' ? posted.externalId : '';
    await server.click(BEN, { channel: OPS, id }, 'Stop').response;
    expect(inbound).toEqual([]);
    await server.until(() => server.messages(OPS, { user: BEN }).length === 2);
    const question = server.messages(OPS, { user: BEN })[1];
    expect(question).toMatchObject({ ephemeralTo: BEN, content: '**Stop \\@everyone?**\n4 instances stop.' });
    expect(() => server.click(ADA, { channel: OPS, id: question?.id ?? '' }, 'Stop')).toThrow();
    await server.click(BEN, { channel: OPS, id: question?.id ?? '' }, 'Stop').response;
    await handed(1);
    expect(inbound).toMatchObject([{ person: { id: BEN }, body: { kind: 'press', token: 'TOKEN' } }]);
    await server.until(() => server.messages(OPS).length === 1);
    expect(server.violations).toEqual([]);
  });

  test('a button that needs words opens a form, and the words come along', async () => {
    const { server, chat, inbound, handed } = await startLive();
    const ask = { title: 'Reject r4k2x9a', label: 'Why', required: true };
    const posted = await chat.post({ ...PRIVATE, user: null }, cardWith({ ask }), 'm1');
    const id = posted.kind === 'delivered' ? posted.externalId : '';
    expect(await server.click(BEN, { channel: OPS, id }, 'Stop').response).toMatchObject({ kind: 'modal' });
    await server.submitModal(BEN, { Why: 'not tonight' }).response;
    await handed(1);
    expect(inbound).toMatchObject([{ body: { kind: 'press', token: 'TOKEN', text: 'not tonight' } }]);
    expect(server.violations).toEqual([]);
  });

  test('a command with a form, typed with nothing behind it, asks for what it needs', async () => {
    const commands = COMMANDS.map((each) =>
      each.name === 'recover' ? { ...each, form: ['cluster', 'strategy', 'reason'] } : each,
    );
    const suggest = () => Promise.resolve([{ label: 'prod (Rack A)', value: 'prod' }]);
    const { server, inbound, handed } = await startLive({ commands, suggest });
    expect(await server.slash(ADA, OPS, 'recover').response).toMatchObject({ kind: 'modal' });
    await server.submitModal(ADA, { cluster: 'prod', reason: 'after "the" refresh --dry-run' }).response;
    await handed(1);
    expect(inbound).toMatchObject([
      { body: { kind: 'line', text: `recover prod --reason='after "the" refresh --dry-run'` } },
    ]);
    expect(server.violations).toEqual([]);
  });

  test('a message is handed over for the timeline without the message-content intent', async () => {
    const { server, inbound } = await startLive();
    const said = server.say(BEN, OPS, 'lxd on m1 is down since 3:10');
    server.contextMenu(ADA, said, NOTE_NAME);
    await server.until(() =>
      server.messages(OPS, { user: ADA }).some(({ content }) => content.endsWith('Kept in the timeline.')),
    );
    expect(inbound[0]?.body).toMatchObject({
      kind: 'note',
      note: {
        text: 'lxd on m1 is down since 3:10',
        author: 'ben',
        permalink: expect.stringContaining(`/${OPS}/${said.id}`) as string,
      },
    });
    expect(server.violations).toEqual([]);
  });

  test('suggestions come from the app, and an error is an empty list', async () => {
    let fails = false;
    const suggest = ({ typed }: { typed: string }) =>
      fails ? Promise.reject(new Error('no store')) : Promise.resolve([{ label: `${typed}d (Rack A)`, value: 'prod' }]);
    const { server } = await startLive({ suggest });
    const first = await server.autocomplete(ADA, OPS, 'status', 'cluster', 'pro').response;
    expect(first).toMatchObject({ kind: 'choices', data: { choices: [{ name: 'prod (Rack A)', value: 'prod' }] } });
    fails = true;
    const second = await server.autocomplete(ADA, OPS, 'status', 'cluster', 'pro').response;
    expect(second).toMatchObject({ kind: 'choices', data: { choices: [] } });
  });

  test('the same card posted twice is one message, and an edit finds it', async () => {
    const { server, chat } = await startLive();
    const here = { ...PRIVATE, user: null };
    const [first, second] = [await chat.post(here, CARD, 'm1'), await chat.post(here, CARD, 'm1')];
    expect(second).toEqual(first);
    expect(server.messages(OPS)).toHaveLength(1);
    const id = first.kind === 'delivered' ? first.externalId : '';
    await chat.edit(here, id, { ...CARD, message: { ...CARD.message, summary: 'prod needs attention' } });
    expect(server.messages(OPS)[0]?.content).toBe('🟢 prod needs attention');
  });

  test('an archived thread is woken, and a locked one is answered in the channel', async () => {
    const { server, chat } = await startLive();
    const here = { ...PRIVATE, user: null };
    const root = await chat.post(here, CARD, 'm1');
    const thread = root.kind === 'delivered' ? root.externalId : '';
    await chat.post({ ...here, thread }, CARD, 'm2');
    server.archiveThread(thread);
    expect(await chat.post({ ...here, thread }, CARD, 'm3')).toMatchObject({ kind: 'delivered' });
    expect(server.messages(thread)).toHaveLength(2);
    server.archiveThread(thread, { locked: true });
    expect(await chat.post({ ...here, thread }, CARD, 'm4')).toMatchObject({ kind: 'delivered' });
    expect(server.messages(OPS)).toHaveLength(2);
  });

  test('files travel with their card', async () => {
    const { server, chat } = await startLive();
    const files = [{ name: 'timeline.md', mime: 'text/markdown', bytes: new TextEncoder().encode('# all') }];
    await chat.post({ ...PRIVATE, user: null }, { ...CARD, files }, 'm1');
    expect(server.messages(OPS)[0]?.files.map(({ name }) => name)).toEqual(['timeline.md']);
    expect(server.violations).toEqual([]);
  });

  test('nothing that a member or a stranger wrote is more than text to Discord', async () => {
    const { server, chat } = await startLive();
    for (const [at, nasty] of NASTY.entries()) {
      const rendered = {
        message: message(nasty, 'info', [heading(nasty), text(nasty), code(nasty, nasty), table([nasty], [[nasty]])]),
        data: null,
      };
      expect(await chat.post({ ...PRIVATE, user: null }, rendered, `m${at}`)).toMatchObject({ kind: 'delivered' });
    }
    expect(server.violations).toEqual([]);
  });

  test('whatever the app wants to say, Discord takes it', async () => {
    const { server, chat } = await startLive();
    for (const [at, rendered] of fc.sample(anyRendered, 40).entries()) {
      expect(await chat.post({ ...PRIVATE, user: null }, rendered, `m${at}`)).toMatchObject({ kind: 'delivered' });
    }
    expect(server.violations).toEqual([]);
  });

  test('after a dropped socket commands go on arriving', async () => {
    const { server, handed } = await startLive();
    server.gateway.drop();
    await server.until(() => server.gateway.resumes() > 0);
    server.slash(ADA, OPS, 'status', { cluster: 'prod' });
    await handed(1);
  });

  test('a refused token is not yet, in words, and the doctor says where a new one comes from', async () => {
    const { chat } = await startLive({
      start: false,
      discord: { token: 'AAAAAAAAAAAAAAAAAAAA.bad.token-of-nobody', readyLimitMs: 1500 },
    });
    const started = await chat.start({} as never);
    expect(started).toMatchObject({ kind: 'not-yet', reason: expect.stringContaining('DISCORD_BOT_TOKEN') as string });
    expect(await chat.check()).toMatchObject([{ id: 'discord-token', state: 'fail' }]);
  });

  test('the doctor finds everything in place after a start', async () => {
    const { chat } = await startLive();
    expect((await chat.check()).map(({ id, state, next }) => `${id} ${state} ${next ?? ''}`.trim())).toEqual([
      'discord-token ok',
      'discord-intents ok',
      'discord-server ok',
      'discord-channel ok',
      'discord-commands ok',
    ]);
  });

  test('start registers the commands once, and register finds nothing to do then', async () => {
    const { server } = await startLive();
    const puts = () => server.world.calls.filter(({ route }) => route.startsWith('PUT ')).length;
    expect(puts()).toBe(1);
    const options = { token: server.token, guildId: server.guildId, rest: { api: server.apiUrl } };
    expect(await registerCommands({ ...options, commands: COMMANDS })).toEqual({
      ok: true,
      value: { synced: { kind: 'unchanged', commands: 2 }, twins: null },
    });
    expect(puts()).toBe(1);
    const changed = COMMANDS.map((each) => ({ ...each, summary: `${each.summary} Now.` }));
    expect(await registerCommands({ ...options, commands: changed })).toMatchObject({
      ok: true,
      value: { synced: { kind: 'changed' } },
    });
    expect(puts()).toBe(2);
  });
});
