/** Writing answers: what a terminal gets, and what becomes of answers that nobody can take. */
import { Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { createOutput } from '../../../src/adapters/console/output.ts';

function failing(code: string): Writable {
  return new Writable({
    write: (_chunk, _encoding, done) => done(Object.assign(new Error(code), { code })),
  });
}

async function failureOf(stream: Writable): Promise<string | null> {
  const output = createOutput(stream, false);
  const closed = new Promise((resolve) => stream.once('close', resolve));
  output.print('one');
  await closed;
  output.print('two');
  return output.failure();
}

describe('answers that can’t be written', () => {
  test('for want of room are remembered as lost', async () => {
    expect(await failureOf(failing('ENOSPC'))).toBe('ENOSPC');
  });

  test('because the reader left are nobody’s loss', async () => {
    expect(await failureOf(failing('EPIPE'))).toBeNull();
  });
});
