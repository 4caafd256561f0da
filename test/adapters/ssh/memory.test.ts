/** A connection is kept for days and carries many answers: none of them may stay with it. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import type { Transport } from '../../../src/ports/transport.ts';
import { useSshHarness } from '../../support/ssh/harness.ts';

const harness = useSshHarness();

test('an answer that was given is not kept by the connection that lives on', async () => {
  const server = await harness.serve({
    onExec: (exec) => {
      exec.stdout('x'.repeat(100_000));
      exec.exit(0);
    },
  });
  const transport = harness.transport();
  const target = harness.world().target(server);
  const answers: WeakRef<object>[] = [];
  for (let count = 0; count < 5; count += 1) answers.push(await answerOf(transport, target));
  // What the last one leaves on the way may live until the next.
  await answerOf(transport, target);
  await collectGarbage();
  expect(server.connections).toHaveLength(1);
  expect(answers.map((answer) => answer.deref() !== undefined)).toEqual(Array(5).fill(false));
});

async function answerOf(transport: Transport, target: Parameters<Transport['exec']>[0]): Promise<WeakRef<object>> {
  const outcome = await transport.exec(target, { text: 'true', timeoutMs: 7_000 });
  if (outcome.kind !== 'exited') throw new Error(outcome.kind);
  return new WeakRef(outcome.stdout.buffer);
}

/** In a turn of its own: what a weak reference gave in this one stays until its end. */
async function collectGarbage(): Promise<void> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  await new Promise((resolve) => setImmediate(resolve));
  collect();
  await new Promise((resolve) => setImmediate(resolve));
  collect();
}
