import { afterEach, describe, expect, test, vi } from 'vitest';
import { registerCommand, registerIn } from '../../src/cli/register.ts';
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
