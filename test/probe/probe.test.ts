import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { ClusterConfig } from '../../src/domain/cluster.ts';
import { requireClusterName, requireMemberName } from '../../src/domain/ids.ts';
import type { MemberObservation } from '../../src/domain/observation.ts';
import { logPatterns, releaseTable } from '../../src/lxd/data/index.ts';
import { createProber, type Prober } from '../../src/probe/probe.ts';
import type { Log } from '../../src/ports/system.ts';
import type { ExecOutcome, ExecRequest, Transport } from '../../src/ports/transport.ts';

const SERVING = readFileSync(new URL('../fixtures/probe/serving.frame', import.meta.url));
const NONE = new Uint8Array();

const CLUSTER: ClusterConfig = {
  name: requireClusterName('prod'),
  description: null,
  members: ['m1', 'm2', 'm3'].map((name) => ({ name: requireMemberName(name), host: `${name}.example`, port: 22 })),
  ssh: { user: 'u', keyPath: null, agent: true, knownHostsPath: '/k', sudo: true, jump: null, timeoutMs: 1000 },
  channels: { slack: null, discord: null },
  roles: { viewers: [], operators: [], approvers: [] },
  approvals: { required: 1, allowRequester: false, expiresMs: 1, console: true, breakGlass: [] },
  changeWindow: null,
  backups: { keep: 5, olderThanMs: 2_592_000_000 },
  watchEveryMs: null,
};

const SILENT: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => SILENT,
};

function exited(stdout: Uint8Array, code = 0, stderr = '', truncated = false): ExecOutcome {
  return { kind: 'exited', code, stdout, stderr: new TextEncoder().encode(stderr), truncated, durationMs: 1 };
}

type Answer = (request: ExecRequest, member: string) => ExecOutcome | Promise<ExecOutcome>;

interface Setup {
  readonly prober: Prober;
  readonly sent: { readonly member: string; readonly text: string }[];
  tick(ms: number): void;
}

function setUp(answer: Answer): Setup {
  let now = 1_795_418_285_000;
  const sent: { member: string; text: string }[] = [];
  const transport: Transport = {
    async exec(target, request) {
      sent.push({ member: target.member.name, text: request.text });
      return answer(request, target.member.name);
    },
    close: async () => undefined,
  };
  const clock = { nowMs: () => now, monotonicMs: () => now };
  const prober = createProber({
    transport,
    clock,
    ids: { token: () => 'n1' },
    log: SILENT,
    releases: releaseTable,
    patterns: logPatterns,
  });
  return {
    prober,
    sent,
    tick(ms) {
      now += ms;
    },
  };
}

function memberCalled(members: readonly MemberObservation[], name: string): MemberObservation {
  const found = members.find(({ member }) => member === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
}

describe('a probe', () => {
  test('gives one observation per member, in the order of the configuration, whoever answers first', async () => {
    const release: (() => void)[] = [];
    const { prober } = setUp(async (_, member) => {
      if (member === 'm1') await new Promise<void>((resolve) => release.push(resolve));
      return exited(SERVING);
    });
    const seen: string[] = [];
    const observed = await prober.probe(CLUSTER, {
      onMember: ({ member }) => {
        seen.push(member);
        if (seen.length === 2) release.forEach((go) => go());
      },
    });
    expect(seen).toEqual(['m2', 'm3', 'm1']);
    expect(observed.members.map(({ member }) => member)).toEqual(['m1', 'm2', 'm3']);
    expect(observed.members.every(({ facts }) => facts?.ready === 'ready')).toBe(true);
  });

  test('sends the keys of binaries that this very member gave before, and keeps their facts', async () => {
    const { prober, sent } = setUp((_, member) =>
      member === 'm1' ? exited(SERVING) : { kind: 'unreachable', reason: 'no route' },
    );
    const first = await prober.probe(CLUSTER);
    expect(sent[0]?.text).toContain("KNOWN='  '");
    const second = await prober.probe(CLUSTER);
    expect(sent.find(({ member }, at) => at > 2 && member === 'm1')?.text).toMatch(/KNOWN=' 502:\d+:\d+:\d+ '/);
    expect(sent.find(({ member }, at) => at > 2 && member === 'm2')?.text).toContain("KNOWN='  '");
    expect(memberCalled(second.members, 'm1').facts?.binaries).toEqual(
      memberCalled(first.members, 'm1').facts?.binaries,
    );
  });

  test('takes half of what the text did not use of the round trip off the clock', async () => {
    const setup = setUp(() => {
      setup.tick(1156);
      return exited(SERVING);
    });
    const observed = await setup.prober.probe({ ...CLUSTER, members: CLUSTER.members.slice(0, 1) });
    // the member's clock said 1795418285894 at the start and its text ran for 156 ms of 1156
    expect(observed.members[0]?.facts?.clockOffsetMs).toBe(894 - 500);
    expect(observed.members[0]?.at).toBe(1_795_418_286_156);
  });
});

describe('a member that gives no facts is data', () => {
  const SUDO = 'sudo: a password is required\n';
  const rows: readonly (readonly [string, ExecOutcome, object])[] = [
    ['unreachable', { kind: 'unreachable', reason: 'ECONNREFUSED' }, { kind: 'unreachable', text: 'ECONNREFUSED' }],
    ['auth', { kind: 'auth-failed', text: 'no key fits' }, { kind: 'auth-failed' }],
    [
      'host key',
      { kind: 'host-key-refused', reason: 'changed', fingerprint: 'x', text: 'changed' },
      { kind: 'host-key-refused', reason: 'changed' },
    ],
    [
      'timed out',
      { kind: 'timed-out', stdout: NONE, stderr: NONE, truncated: false, durationMs: 1 },
      { kind: 'timed-out' },
    ],
    [
      'lost',
      { kind: 'lost', reason: 'reset', stdout: NONE, stderr: NONE, truncated: false, durationMs: 1 },
      { kind: 'lost', text: 'reset' },
    ],
    [
      'signalled',
      { kind: 'signalled', signal: 'KILL', stdout: NONE, stderr: NONE, truncated: false, durationMs: 1 },
      { kind: 'lost' },
    ],
    ['sudo', exited(NONE, 1, SUDO), { kind: 'sudo-refused' }],
    [
      'a forced command',
      exited(new TextEncoder().encode('This account is restricted.\n')),
      { kind: 'garbled', text: 'This account is restricted.' },
    ],
    ['a failing shell', exited(NONE, 127, 'sh: not found'), { kind: 'garbled', text: 'exit code 127: sh: not found' }],
    ['cut output', exited(SERVING.subarray(0, 3000)), { kind: 'garbled' }],
    ['too much output', exited(SERVING, 0, '', true), { kind: 'garbled' }],
  ];

  test.each(rows)('%s', async (_, outcome, reach) => {
    const { prober } = setUp((__, member) => (member === 'm2' ? outcome : exited(SERVING)));
    const observed = await prober.probe(CLUSTER);
    expect(memberCalled(observed.members, 'm2')).toMatchObject({ reach, facts: null, host: 'm2.example', port: 22 });
    expect(memberCalled(observed.members, 'm1').reach).toEqual({ kind: 'answered' });
  });
});
