import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startAgent } from '../../support/ssh/agent.ts';
import { useSshHarness } from '../../support/ssh/harness.ts';
import { generateTestKey } from '../../support/ssh/keys.ts';

const harness = useSshHarness();
const request = { text: 'true', timeoutMs: 7000 };

async function loginWith(keyPath: string) {
  const server = await harness.serve();
  const outcome = await harness.transport().exec(harness.world().target(server, { keyPath }), request);
  return { server, outcome, text: outcome.kind === 'auth-failed' ? outcome.text : '' };
}

describe('a key', () => {
  test('that the member does not accept is auth-failed and names the user and the next step', async () => {
    const { outcome, text, server } = await loginWith(
      harness.world().writeFile('wrong', generateTestKey().privateText),
    );
    expect(outcome.kind).toBe('auth-failed');
    expect(text).toMatch(/refused the key .*wrong for user ubuntu.*authorized_keys/);
    expect(server.commands).toEqual([]);
  });

  test('that does not exist is auth-failed, and nothing connects', async () => {
    const { text, server } = await loginWith(join(harness.world().directory, 'absent'));
    expect(text).toMatch(/absent does not exist.*ssh-keygen/);
    expect(server.acceptedSockets()).toBe(0);
  });

  test.each([0o640, 0o604, 0o660, 0o666])(
    'with mode %o is refused as OpenSSH does, and the text says chmod',
    async (mode) => {
      const path = harness.world().writeFile('open', harness.world().clientKey.privateText);
      chmodSync(path, mode);
      const { text, server } = await loginWith(path);
      expect(text).toMatch(/open to others \(mode 0\d+\).*chmod 600/);
      expect(server.acceptedSockets()).toBe(0);
    },
  );

  test('with a passphrase is auth-failed and names the agent', async () => {
    const { text } = await loginWith(
      harness.world().writeFile('locked', generateTestKey('ed25519', 'secret').privateText),
    );
    expect(text).toMatch(/has a passphrase.*ssh-add.*agent: true/);
  });

  test('that is none is auth-failed', async () => {
    const { text } = await loginWith(harness.world().writeFile('junk', 'not a key\n'));
    expect(text).toMatch(/not a usable private key/);
  });

  test('that is only the public half is auth-failed', async () => {
    const { text } = await loginWith(harness.world().writeFile('id.pub', `${generateTestKey().publicText}\n`));
    expect(text).toMatch(/holds no private key/);
  });

  test.each(['ecdsa', 'rsa'] as const)('of type %s logs in', async (type) => {
    const key = generateTestKey(type);
    const server = await harness.serve({ authorizedKeys: [key] });
    const keyPath = harness.world().writeFile('key', key.privateText);
    expect(await harness.transport().exec(harness.world().target(server, { keyPath }), request)).toMatchObject({
      kind: 'exited',
    });
  });

  test('is read again once its file was changed', async () => {
    const server = await harness.serve();
    const transport = harness.transport();
    const keyPath = harness.world().writeFile('key', generateTestKey().privateText);
    const target = harness.world().target(server, { keyPath });
    const refused = await transport.exec(target, request);
    writeFileSync(keyPath, harness.world().clientKey.privateText);
    const allowed = await transport.exec(target, request);
    expect([refused.kind, allowed.kind]).toEqual(['auth-failed', 'exited']);
  });
});

describe('the agent', () => {
  const agentOnly = { keyPath: null, agent: true };

  test('logs in with the key that the member accepts, though it is not the first', async () => {
    const server = await harness.serve();
    const socket = join(harness.world().directory, 'agent');
    const agent = await startAgent(socket, [generateTestKey(), harness.world().clientKey]);
    const outcome = await harness
      .transport({ agentSocket: socket })
      .exec(harness.world().target(server, agentOnly), request);
    await agent.close();
    expect(outcome).toMatchObject({ kind: 'exited' });
  });

  test('that holds no accepted key is auth-failed', async () => {
    const server = await harness.serve();
    const socket = join(harness.world().directory, 'agent');
    const agent = await startAgent(socket, [generateTestKey()]);
    const outcome = await harness
      .transport({ agentSocket: socket })
      .exec(harness.world().target(server, agentOnly), request);
    await agent.close();
    expect(outcome).toMatchObject({ kind: 'auth-failed' });
    expect(outcome.kind === 'auth-failed' && outcome.text).toContain('ssh-add');
  });

  test('that is not there is auth-failed', async () => {
    const server = await harness.serve();
    const outcome = await harness
      .transport({ agentSocket: join(harness.world().directory, 'gone') })
      .exec(harness.world().target(server, agentOnly), request);
    expect(outcome).toMatchObject({ kind: 'auth-failed' });
    expect(outcome.kind === 'auth-failed' && outcome.text).toMatch(/agent can't be used/);
  });

  test('without SSH_AUTH_SOCK is auth-failed, and nothing connects', async () => {
    const server = await harness.serve();
    const outcome = await harness.transport().exec(harness.world().target(server, agentOnly), request);
    expect(outcome.kind === 'auth-failed' && outcome.text).toContain('SSH_AUTH_SOCK');
    expect(server.acceptedSockets()).toBe(0);
  });
});
