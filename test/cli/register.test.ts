import { afterEach, describe, expect, test, vi } from 'vitest';
import { clearIn, registerCommand, registerIn } from '../../src/cli/register.ts';
import { startDiscordServer, type DiscordServer } from '../support/discord/server.ts';

const open: DiscordServer[] = [];

afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  for (const server of open.splice(0)) await server.close();
});

function listen(): { readonly out: string[]; readonly err: string[] } {
  const [out, err]: [string[], string[]] = [[], []];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => out.push(String(text)) > 0);
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => err.push(String(text)) > 0);
  return { out, err };
}

async function startServer(): Promise<DiscordServer> {
  const server = await startDiscordServer();
  open.push(server);
  return server;
}

describe('lockstep register', () => {
  test('says what it registered, and the second time that nothing changed', async () => {
    const server = await startServer();
    const { out } = listen();
    const discord = { token: server.token, guildId: server.guildId };
    expect(await registerIn(discord, { api: server.apiUrl })).toBe(0);
    expect(await registerIn(discord, { api: server.apiUrl })).toBe(0);
    expect(out).toEqual([
      `Registered in server ${server.guildId}: lxd, Add to LXD timeline.\n`,
      `Nothing changed: the 2 commands in server ${server.guildId} are current.\n`,
    ]);
    expect(server.violations).toEqual([]);
  });

  test('without a server registers for all, and says that this takes a while', async () => {
    const server = await startServer();
    const { out } = listen();
    expect(await registerIn({ token: server.token, guildId: null }, { api: server.apiUrl })).toBe(0);
    expect(out[0]).toContain('for every server');
    expect(out[0]).toContain('DISCORD_GUILD_ID');
  });

  test('commands that stand twice are named, and are taken away on demand where they do not belong', async () => {
    const server = await startServer();
    const { out } = listen();
    const [api, { token, guildId }] = [{ api: server.apiUrl }, server];
    await registerIn({ token, guildId: null }, api);
    expect(await registerIn({ token, guildId }, api)).toBe(0);
    expect(out.at(-1)).toContain('Run "lockstep register --clear global".');
    expect(await clearIn({ token, guildId }, 'global', api)).toBe(0);
    expect(out.at(-1)).toBe('Taken away for every server: lxd, Add to LXD timeline.\n');
    expect(server.world.commands.get('global')).toEqual([]);
    expect(server.world.commands.get(guildId)).toHaveLength(2);
    expect(await clearIn({ token, guildId }, 'global', api)).toBe(0);
    expect(out.at(-1)).toContain('Nothing to take away');
    out.length = 0;
    await registerIn({ token, guildId }, api);
    expect(out).toEqual([`Nothing changed: the 2 commands in server ${guildId} are current.\n`]);
    expect(server.violations).toEqual([]);
  });

  test.each([
    ['the place where they belong', (guildId: string) => guildId, 'is where the commands belong'],
    ['what is no server', () => 'prod', '--clear takes the word global or a server'],
  ])('does not clear %s', async (_, where, said) => {
    const server = await startServer();
    const { err } = listen();
    const { token, guildId } = server;
    expect(await clearIn({ token, guildId }, where(guildId), { api: server.apiUrl })).toBe(2);
    expect(err.join('')).toContain(said);
  });

  test('a refused token is exit code 1, with what to do', async () => {
    const server = await startServer();
    const { out, err } = listen();
    expect(await registerIn({ token: 'no.such.token', guildId: null }, { api: server.apiUrl })).toBe(1);
    expect(out).toEqual([]);
    expect(err.join('')).toMatch(/reset it under "Bot"[\s\S]*Next: /);
  });

  test('without a token there is nothing to register with', async () => {
    vi.stubEnv('DISCORD_BOT_TOKEN', '');
    vi.stubEnv('DISCORD_GUILD_ID', '');
    const { err } = listen();
    expect(await registerCommand([])).toBe(2);
    expect(err.join('')).toContain('DISCORD_BOT_TOKEN');
  });

  test('takes no arguments', async () => {
    const { err } = listen();
    expect(await registerCommand(['now'])).toBe(2);
    expect(err.join('')).toContain('takes no argument "now"');
  });
});
