import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import type { RunId } from '../../src/domain/ids.ts';
import type { StepCall } from '../../src/domain/plan.ts';
import { compileLook, compileStep } from '../../src/lxd/compile.ts';
import { compileOffer } from '../../src/lxd/offer-script.ts';
import { compileProbe } from '../../src/lxd/probe-script.ts';
import { BACK_UP, PATCH, REMOVE, RUN, WRITE } from '../support/step-members.ts';

const CALLS: readonly StepCall[] = [
  { kind: 'hold-refreshes' },
  { kind: 'release-hold' },
  BACK_UP,
  { kind: 'back-up', run: RUN, consistent: false },
  { kind: 'stop-serving', waitS: 60 },
  { kind: 'stop-not-ready' },
  { kind: 'stop-plain', waitS: 600 },
  WRITE,
  { kind: 'await-patch-consumed', waitS: 30 },
  REMOVE,
  { kind: 'start' },
  { kind: 'await-ready', waitS: 120 },
];

/** Lets a text through that no parser would: what the last line of defence is for. */
function passesForRun(text: string): text is RunId {
  return text !== '';
}

describe.each(CALLS.map((call) => [call.kind, call] as const))('the text of %s', (_, call) => {
  const texts = [compileStep({ call, timeoutMs: 60_000 }), compileLook({ call })];

  test('is accepted by dash and bash, inside and outside of its here-document', () => {
    for (const text of texts) {
      const inner = text.split('\n').slice(1, -2).join('\n');
      for (const shell of ['dash', 'bash']) {
        for (const body of [text, inner]) expect(spawnSync(shell, ['-n'], { input: body }).stderr.toString()).toBe('');
      }
    }
  });

  test('is bounded, stops at unset variables, and names no path of LXD or the snap without the prefix', () => {
    for (const text of texts) {
      expect(text).toMatch(/^timeout -k 5 \d+ sh -s <<'LOCKSTEP'\nset -u\n/);
      expect(text.replaceAll('$R/var/snap/', '').replaceAll('$R/snap/', '')).not.toMatch(/\/snap\b/);
      expect(text.match(/^LOCKSTEP$/gm)).toHaveLength(1);
    }
  });

  test('is the same each time', () => {
    expect(texts).toEqual([compileStep({ call, timeoutMs: 60_000 }), compileLook({ call })]);
  });

  test('as a look, it changes nothing', () => {
    const look = texts[1] ?? '';
    const body = look.slice(look.lastIndexOf('\n{\n'));
    expect(body).not.toMatch(
      /\b(?:rm|mv|ln|cp|tar|kill|signal|mkdir|chmod|snap refresh|snap stop|systemctl (?:start|stop))\b|>>|>"/,
    );
  });
});

describe('what may not be compiled', () => {
  test.each([
    ['a target above an old count', { ...PATCH, target: 403 }],
    ['a target that is an old count', { ...PATCH, target: 402, mayRaise: true as const }],
    ['no rows', { ...PATCH, rowIds: [] }],
    ['no old counts', { ...PATCH, oldCounts: [] }],
    ['a fraction', { ...PATCH, schema: 73.5 }],
    ['a negative id', { ...PATCH, rowIds: [-1] }],
    ['a life over a quarter of an hour', { ...PATCH, lifetimeS: 901 }],
  ])('%s', (_, patch) => {
    expect(() => compileStep({ call: { kind: 'write-patch', run: RUN, patch }, timeoutMs: 1000 })).toThrow();
  });

  test('a run that is not one', () => {
    const run = "r1'; reboot";
    if (!passesForRun(run)) throw new Error('unreachable');
    expect(() => compileStep({ call: { kind: 'remove-patch', run }, timeoutMs: 1000 })).toThrow('run id');
    expect(() => compileStep({ call: { kind: 'back-up', run, consistent: true }, timeoutMs: 1000 })).toThrow('run id');
  });
});

test.each([
  ['probe', compileProbe({ nonce: 'n'.repeat(16) })],
  ['question for the channel', compileOffer('n'.repeat(16))],
])('the %s uses no command that a member may lack', (_, text) => {
  expect(text.match(/(?:^|[|;&(]\s*|\s{2})(?:sed|awk|perl|python3?|jq|find|xargs|openssl)\s/gm)).toBeNull();
});
