import { PermissionFlagsBits } from 'discord.js';
import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../../commands/index.ts';
import { checkDiscord } from '../../../src/adapters/discord/check.ts';
import { inviteUrl, missingPermissions, NEEDED, type Standing } from '../../../src/adapters/discord/permissions.ts';
import { registrationJson } from '../../../src/adapters/discord/registration.ts';
import { apiError, createFakeApi } from './support/stand-ins.ts';

const ALL = NEEDED.reduce((sum, { flag }) => sum | flag, 0n);
const STANDING: Standing = {
  guildId: '900',
  userId: '1',
  isOwner: false,
  roleIds: ['77'],
  roles: [
    { id: '900', permissions: '0' },
    { id: '77', permissions: ALL.toString() },
  ],
  overwrites: [],
};
const deny = (id: string, flag: bigint) => ({ id, allow: '0', deny: flag.toString() });
const allow = (id: string, flag: bigint) => ({ id, allow: flag.toString(), deny: '0' });

describe('permissions in a channel', () => {
  test.each([
    ['the role has all', STANDING, []],
    ['nothing is allowed', { ...STANDING, roles: [] }, NEEDED.map(({ name }) => name)],
    ['an administrator needs nothing', { ...STANDING, roles: [{ id: '77', permissions: '8' }] }, []],
    ['the owner needs nothing', { ...STANDING, roles: [], isOwner: true }, []],
    ['a role of somebody else helps nobody', { ...STANDING, roleIds: [] }, NEEDED.map(({ name }) => name)],
    [
      'the channel denies it to everyone',
      { ...STANDING, overwrites: [deny('900', PermissionFlagsBits.AttachFiles)] },
      ['Attach Files'],
    ],
    [
      'the channel allows it to the role again',
      {
        ...STANDING,
        overwrites: [deny('900', PermissionFlagsBits.AttachFiles), allow('77', PermissionFlagsBits.AttachFiles)],
      },
      [],
    ],
    [
      'the bot itself is denied',
      { ...STANDING, overwrites: [allow('77', ALL), deny('1', PermissionFlagsBits.SendMessages)] },
      ['Send Messages'],
    ],
    [
      'what can’t be seen can’t be used',
      { ...STANDING, overwrites: [deny('900', PermissionFlagsBits.ViewChannel)] },
      NEEDED.map(({ name }) => name),
    ],
  ])('%s', (_, standing, missing) => {
    expect(missingPermissions(standing)).toEqual(missing);
  });

  test('the invite link asks for exactly these', () => {
    const url = new URL(inviteUrl('123'));
    expect(BigInt(url.searchParams.get('permissions') ?? '0')).toBe(ALL);
    expect(url.searchParams.get('scope')).toBe('bot applications.commands');
    expect(url.searchParams.get('client_id')).toBe('123');
  });
});

describe('the doctor of Discord', () => {
  const commands = registrationJson(COMMANDS);
  const channels = [{ cluster: 'prod', channel: '42' }];
  const run = (answers: Parameters<typeof createFakeApi>[0], guildId: string | null = '900') =>
    checkDiscord({ api: createFakeApi(answers).api, guildId, channels, commands });
  const healthy = () => ({ roles: [STANDING.roles], commands: [commands] });
  const find = async (checks: ReturnType<typeof run>, id: string) => (await checks).find((check) => check.id === id);

  test('with everything in place every check is fine', async () => {
    const checks = await run(healthy());
    expect(checks.map(({ id, state }) => `${id} ${state}`)).toEqual([
      'discord-token ok',
      'discord-intents ok',
      'discord-server ok',
      'discord-channel ok',
      'discord-commands ok',
    ]);
    expect(checks.every(({ next }) => next === null)).toBe(true);
  });

  test('a refused token says where a new one comes from', async () => {
    expect(await run({ me: [apiError(401, 0)] })).toMatchObject([
      { id: 'discord-token', state: 'fail', next: expect.stringContaining('reset it') as string },
    ]);
  });

  test('without a network nothing else is asked', async () => {
    expect(await run({ me: [new TypeError('fetch failed')] })).toMatchObject([
      { id: 'discord-reachable', state: 'fail' },
    ]);
  });

  test('a bot outside the server gets the invite link', async () => {
    const check = await find(
      run({ ...healthy(), guild: [apiError(404, 10_004)], getChannel: [apiError(403, 50_001)] }),
      'discord-server',
    );
    expect(check).toMatchObject({
      state: 'fail',
      next: expect.stringContaining('oauth2/authorize?client_id=1') as string,
    });
  });

  test('a missing permission is named with the place where it is given', async () => {
    const channel = {
      id: '42',
      type: 0,
      name: 'ops',
      guild_id: '900',
      permission_overwrites: [deny('900', PermissionFlagsBits.CreatePublicThreads)],
    };
    const check = await find(run({ ...healthy(), getChannel: [channel] }), 'discord-channel');
    expect(check).toMatchObject({
      state: 'fail',
      next: 'In #ops: "Edit Channel", "Permissions", the bot\'s role, and allow Create Public Threads.',
    });
  });

  test.each([
    ['unknown', apiError(404, 10_003), /Copy Channel ID/],
    ['not to be seen', apiError(403, 50_001), /allow View Channel/],
    ['in another server', { id: '42', type: 0, guild_id: '901' }, /another server/],
    ['a private conversation', { id: '42', type: 1 }, /no channel of a server/],
  ])('a channel that is %s fails with what to do', async (_, answer, next) => {
    const check = await find(run({ ...healthy(), getChannel: [answer] }), 'discord-channel');
    expect(check).toMatchObject({ state: 'fail', next: expect.stringMatching(next) as string });
  });

  const stored = () => commands.map((command, at) => ({ ...command, id: String(at) }));

  test('commands that stand for one server and for every server are seen twice, and it says what to type', async () => {
    const answers = { ...healthy(), commands: [stored(), stored(), stored()] };
    expect(await find(run(answers), 'discord-commands-twice')).toEqual({
      id: 'discord-commands-twice',
      target: 'server 900',
      state: 'warn',
      next: 'lxd, Add to LXD timeline: registered for every server and for server 900, so people there see them twice. Run "lockstep register --clear global".',
    });
  });

  test('registered for every server, the servers of the channels are looked at', async () => {
    const answers = { ...healthy(), commands: [stored(), stored(), stored()] };
    const check = await find(run(answers, null), 'discord-commands-twice');
    expect(check?.next).toContain('Run "lockstep register --clear 900".');
  });

  test.each([
    ['another program’s', [{ name: 'other', id: '9' }]],
    ['none', []],
  ])('%s commands beside ours are nobody’s trouble', async (_, everywhere) => {
    const checks = await run({ ...healthy(), commands: [stored(), everywhere, stored()] });
    expect(checks.filter(({ state }) => state !== 'ok')).toEqual([]);
  });

  test('commands that are not current are a warning with the command to type', async () => {
    const check = await find(run({ ...healthy(), commands: [[]] }), 'discord-commands');
    expect(check).toMatchObject({ state: 'warn', next: expect.stringContaining('lockstep register') as string });
  });
});
