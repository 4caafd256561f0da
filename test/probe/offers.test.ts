/** Asking what the store offers: what becomes of every outcome of an exec, and that the way there is the question's own. */
import { expect, test } from 'vitest';
import { createOfferReader, type OfferReader } from '../../src/probe/offers.ts';
import type { ExecOutcome, ExecRequest, Transport } from '../../src/ports/transport.ts';
import { aCluster } from '../support/cluster.ts';

const CLUSTER = aCluster();
const [MEMBER] = CLUSTER.members;
const NONE = new Uint8Array();

interface Setup {
  readonly reader: OfferReader;
  readonly sent: ExecRequest[];
  open: number;
  opened: number;
}

function setUp(answer: (request: ExecRequest) => ExecOutcome | Promise<ExecOutcome>): Setup {
  const setup: Setup = {
    sent: [],
    open: 0,
    opened: 0,
    reader: createOfferReader({
      ids: { token: () => 'n-1' },
      connect(): Transport {
        setup.open += 1;
        setup.opened += 1;
        let lose: (outcome: ExecOutcome) => void = () => undefined;
        let isOpen = true;
        return {
          exec(_target, request) {
            setup.sent.push(request);
            return Promise.race([answer(request), new Promise<ExecOutcome>((resolve) => (lose = resolve))]);
          },
          async close() {
            if (isOpen) setup.open -= 1;
            isOpen = false;
            lose({ kind: 'lost', reason: 'closed', stdout: NONE, stderr: NONE, truncated: false, durationMs: 1 });
          },
        };
      },
    }),
  };
  return setup;
}

function exited(text: string, code = 0): ExecOutcome {
  const stdout = new TextEncoder().encode(text);
  return { kind: 'exited', code, stdout, stderr: NONE, truncated: false, durationMs: 1 };
}

/** The answer of a member with this part in it. */
function framed(part: string, code = 0): ExecOutcome {
  const length = new TextEncoder().encode(part).length;
  return exited(`lockstep-probe 1 n-1 1795418285894000000\npart offer ${code} ${length}\n${part}\nend n-1 1.0 2.0\n`);
}

const TABLE = 'Name Version Rev Size Publisher Notes\nlxd 5.21.4-aee7e08 38767 116MB canonical -\n';

function read({ reader }: Setup, stopping = new AbortController().signal) {
  return reader.read(CLUSTER, MEMBER!, stopping);
}

test('an answer is taken apart, and the connection is closed after it', async () => {
  const setup = setUp(() => framed(TABLE));
  expect(await read(setup)).toEqual({ kind: 'offered', version: '5.21.4-aee7e08', revision: '38767' });
  await read(setup);
  expect(setup).toMatchObject({ open: 0, opened: 2 });
  expect(setup.sent[0]?.timeoutMs).toBeGreaterThan(30_000);
});

const OUTPUT = { stdout: NONE, stderr: NONE, truncated: false, durationMs: 1 };

test.each<readonly [string, ExecOutcome, string]>([
  ['unreachable', { kind: 'unreachable', reason: 'no route' }, 'no route'],
  ['auth', { kind: 'auth-failed', text: 'no key fits' }, 'no key fits'],
  ['a time-out', { kind: 'timed-out', ...OUTPUT }, 'no answer in time'],
  ['a lost connection', { kind: 'lost', reason: 'reset', ...OUTPUT }, 'reset'],
  ['a forced command', exited('Welcome to the shop\n'), 'Welcome to the shop'],
  ['a text that failed', exited('', 70), 'exit code 70'],
  ['a store that can’t be reached', framed('error: cannot list updates', 1), 'cannot list updates'],
])('%s is unknown and never "up to date"', async (_, outcome, said) => {
  const setup = setUp(() => outcome);
  const answer = await read(setup);
  expect(answer.kind).toBe('unknown');
  expect(answer.kind === 'unknown' && answer.text).toContain(said);
  expect(setup.open).toBe(0);
});

test('a question that hangs ends with the watch, and one that comes later is not asked', async () => {
  const stopping = new AbortController();
  const setup = setUp(() => new Promise<ExecOutcome>(() => undefined));
  const answer = read(setup, stopping.signal);
  stopping.abort();
  expect(await answer).toMatchObject({ kind: 'unknown' });
  expect(await read(setup, stopping.signal)).toMatchObject({ kind: 'unknown' });
  expect(setup).toMatchObject({ open: 0, opened: 1 });
});
