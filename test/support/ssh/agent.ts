/** An SSH agent in this process, on a socket, that holds the keys it is given. */
import { type Server, createServer } from 'node:net';
import ssh2, { type ParsedKey } from 'ssh2';
import { closeServer } from './listen.ts';
import type { TestKey } from './keys.ts';

export interface TestAgent {
  close(): Promise<void>;
}

export async function startAgent(socketPath: string, keys: readonly TestKey[]): Promise<TestAgent> {
  const parsed = keys.map((key) => parse(key));
  const server: Server = createServer((socket) => {
    const agent = new ssh2.AgentProtocol(false);
    agent.on('identities', (request) => agent.getIdentitiesReply(request, [...parsed]));
    agent.on('sign', (request, publicKey, data) => {
      const key = parsed.find((candidate) => candidate.getPublicSSH().equals(publicKey.getPublicSSH()));
      if (key === undefined) agent.failureReply(request);
      else agent.signReply(request, key.sign(data));
    });
    agent.on('error', () => undefined);
    socket.on('error', () => undefined);
    socket.pipe(agent).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  return { close: () => closeServer(server) };
}

function parse(key: TestKey): ParsedKey {
  const parsed = ssh2.utils.parseKey(key.privateText);
  if (parsed instanceof Error) throw parsed;
  return parsed;
}
