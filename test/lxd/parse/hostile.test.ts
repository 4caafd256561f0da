import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { logPatterns, releaseTable } from '../../../src/lxd/data/index.ts';
import { parseFrame } from '../../../src/lxd/parse/frame.ts';
import { parseMember, type ParsedMember } from '../../../src/lxd/parse/member.ts';
import type { Part } from '../../../src/lxd/parse/part.ts';

const SERVING = readFileSync(new URL('../../fixtures/probe/serving.frame', import.meta.url));

function facts(parts: ReadonlyMap<string, Part>): ParsedMember {
  return parseMember(
    { memberMs: 0, elapsedMs: 0, parts },
    { sentAt: 0, receivedAt: 0, knownBinaries: new Map(), releases: releaseTable, patterns: logPatterns },
  );
}

function requireParts(): ReadonlyMap<string, Part> {
  const frame = parseFrame(SERVING, 'n1');
  if (!frame.ok) throw new Error(frame.error.text);
  return frame.value.parts;
}

const NAMES = [
  ...new Set([
    ...requireParts().keys(),
    ...['unit-later', 'journal', 'global-text', 'local-text', 'patch', 'stat-db.bin', 'disk-nodes', 'disk-schema'],
    ...['disk-settings', 'disk-raft', 'disk-address', 'sqlite-db.bin', 'sqlite-local.db', 'waitready'],
  ]),
];

const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 400 }),
  fc.string({ unit: 'binary', maxLength: 200 }).map((text) => new TextEncoder().encode(text)),
  fc
    .constantFrom(...requireParts().values())
    .chain((part) => fc.nat(part.bytes.length).map((end) => part.bytes.slice(0, end))),
);

describe('a hostile or broken member', () => {
  test('whatever stands in the parts, parsing gives facts and reasons, and never throws', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...NAMES), fc.constantFrom(0, 1, 2, 22, 28, 124, 127, 137), bytes), {
          maxLength: 12,
        }),
        (changes) => {
          const parts = new Map(requireParts());
          for (const [name, code, content] of changes) parts.set(name, { code, bytes: content });
          const { facts: seen } = facts(parts);
          expect(seen.failedParts.every(({ text }) => text.length <= 500)).toBe(true);
          expect(seen.log.every(({ text }) => text.length <= 500)).toBe(true);
        },
      ),
      { numRuns: 400 },
    );
  });

  test('whatever a member answers, the frame is parsed or refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (answer) => {
        expect(parseFrame(answer, 'n1').ok).toBe(false);
      }),
    );
  });

  test('every cut of a real answer is noticed', () => {
    const start = SERVING.indexOf('lockstep-probe');
    fc.assert(
      fc.property(fc.integer({ min: start, max: SERVING.length - 2 }), (end) => {
        expect(parseFrame(SERVING.subarray(0, end), 'n1').ok).toBe(false);
      }),
    );
  });

  test('a frame inside a part is content', () => {
    const inner = 'end n1 1.0 2.0\npart snap 0 3\nxyz\n';
    const answer = `lockstep-probe 1 n1 1795418285894000000\npart log 0 ${String(inner.length)}\n${inner}\nend n1 1.0 2.5\n`;
    const frame = parseFrame(new TextEncoder().encode(answer), 'n1');
    expect(frame.ok && [...frame.value.parts.keys()]).toEqual(['log']);
    expect(frame.ok && frame.value.elapsedMs).toBe(1500);
    expect(frame.ok && frame.value.memberMs).toBe(1795418285894);
  });

  test('an answer to another probe is not this one’s', () => {
    expect(parseFrame(SERVING, 'n2')).toMatchObject({ ok: false, error: { kind: 'garbled' } });
  });

  test('a greeting before the answer is skipped', () => {
    const answer = Buffer.concat([Buffer.from('Welcome to m1!\n'.repeat(20)), SERVING]);
    expect(parseFrame(answer, 'n1').ok).toBe(true);
  });

  test('an empty answer has a reason', () => {
    const { facts: seen } = facts(new Map());
    expect(seen).toMatchObject({ install: 'absent', snap: null, ready: 'not-asked', nodes: null, leftovers: null });
    expect(seen.failedParts.length).toBeGreaterThan(0);
  });

  test('a huge log keeps the newest of each pattern', () => {
    const line = (second: number): string =>
      `time="2026-11-23T04:24:${String(second).padStart(2, '0')}Z" level=warning msg="Failed heartbeat"\n`;
    const text = Array.from({ length: 3000 }, (_, at) => line(at % 60)).join('');
    const { facts: seen } = facts(new Map([['log', { code: 0, bytes: new TextEncoder().encode(text) }]]));
    expect(seen.log).toHaveLength(12);
    expect(seen.log.at(-1)?.at).toBe(Date.UTC(2026, 10, 23, 4, 24, 59));
  });
});
