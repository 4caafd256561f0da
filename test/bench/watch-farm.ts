/**
 * Simulated members for the watch's bench, in a process of their own so that only Lockstep's work is counted: SSH servers that answer
 * every probe with a recorded answer, its clock set to the bench's own. Started with `fork`; says its ports when it is ready.
 */
import { readFileSync } from 'node:fs';
import { startSshServer, type ScriptedExec } from '../support/ssh/ssh-server.ts';
import { generateTestKey, type TestKey } from '../support/ssh/keys.ts';

export interface FarmOrder {
  readonly members: number;
  readonly clientKey: TestKey;
  /** Simulated time: `start + (now - start) * factor`. */
  readonly start: number;
  readonly factor: number;
}

export interface FarmReady {
  readonly ports: readonly number[];
  readonly knownHosts: string;
}

const FRAME = readFileSync(new URL('../fixtures/probe/serving.frame', import.meta.url), 'latin1');

process.once('message', (order: FarmOrder) => {
  void serve(order);
});

async function serve({ members, clientKey, start, factor }: FarmOrder): Promise<void> {
  const hostKeys = [generateTestKey()];
  const authorizedKeys = [{ ...clientKey, publicBlob: Buffer.from(clientKey.publicBlob) }];
  const now = (): number => start + (Date.now() - start) * factor;
  const servers = [];
  for (let index = 0; index < members; index += 1) {
    servers.push(await startSshServer({ hostKeys, authorizedKeys, onExec: (exec) => answer(exec, now) }));
  }
  const ready: FarmReady = {
    ports: servers.map(({ port }) => port),
    knownHosts: servers.map((server) => server.knownHostsText()).join(''),
  };
  process.send?.(ready);
}

/** The text, in quotation marks for a shell or on standard input, names the nonce that its answer must carry. */
function answer(exec: ScriptedExec, now: () => number): void {
  let text = exec.command;
  const look = (): boolean => {
    const nonce = /^N=['\\]+([A-Za-z0-9_-]+)['\\]+$/m.exec(text)?.[1];
    if (nonce === undefined) return false;
    const frame = FRAME.replace(/lockstep-probe 1 n1 \d+/, `lockstep-probe 1 ${nonce} ${Math.round(now())}000000`);
    exec.stdout(Buffer.from(frame.replace('\nend n1 ', `\nend ${nonce} `), 'latin1'));
    exec.exit(0);
    return true;
  };
  if (look()) return;
  exec.channel.on('data', function take(chunk: Buffer) {
    text += chunk.toString('latin1');
    if (look()) exec.channel.off('data', take);
  });
}
