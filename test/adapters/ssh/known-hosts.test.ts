import { spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { entriesFor, fingerprintOf, judgeHostKey, parseKnownHosts } from '../../../src/adapters/ssh/known-hosts.ts';
import { generateTestKey } from '../../support/ssh/keys.ts';
import { OPENSSH_TOOLS } from '../../support/ssh/openssh.ts';

const ed = generateTestKey();
const ed2 = generateTestKey();
const rsa = generateTestKey('rsa');

function judge(text: string, host: string, port = 22, key = ed) {
  return judgeHostKey(entriesFor(parseKnownHosts(text), host, port), key.publicBlob);
}

function hashed(name: string, salt = 'a salt of 20 bytes!!'): string {
  const hash = createHmac('sha1', salt).update(name).digest('base64');
  return `|1|${Buffer.from(salt).toString('base64')}|${hash}`;
}

describe('the verdict on a key', () => {
  test.each([
    ['a bare name', `m1 ${ed.publicText}`, 'm1', 22, 'known'],
    ['a name in other letters', `M1.Example ${ed.publicText}`, 'm1.eXample', 22, 'known'],
    ['one name of a list', `m0,m1,10.0.0.1 ${ed.publicText}`, '10.0.0.1', 22, 'known'],
    ['a name with a port', `[m1]:2222 ${ed.publicText}`, 'm1', 2222, 'known'],
    ['the same name on another port', `[m1]:2222 ${ed.publicText}`, 'm1', 2223, 'unknown'],
    ['a bare name for a port other than 22', `m1 ${ed.publicText}`, 'm1', 2222, 'unknown'],
    ['an IPv6 address', `fd42::1 ${ed.publicText}`, 'fd42::1', 22, 'known'],
    ['an IPv6 address with a port', `[fd42::1]:2222 ${ed.publicText}`, 'fd42::1', 2222, 'known'],
    ['a wildcard', `*.example.net ${ed.publicText}`, 'm1.example.net', 22, 'known'],
    ['a wildcard that does not reach', `*.example.net ${ed.publicText}`, 'example.net', 22, 'unknown'],
    ['a question mark', `m? ${ed.publicText}`, 'm1', 22, 'known'],
    ['a question mark for two characters', `m? ${ed.publicText}`, 'm10', 22, 'unknown'],
    ['a negated name', `*.example.net,!m1.example.net ${ed.publicText}`, 'm1.example.net', 22, 'unknown'],
    ['a negation that comes first', `!m1.example.net,*.example.net ${ed.publicText}`, 'm1.example.net', 22, 'unknown'],
    ['a hashed name', `${hashed('m1')} ${ed.publicText}`, 'm1', 22, 'known'],
    ['a hashed name with a port', `${hashed('[m1]:2222')} ${ed.publicText}`, 'm1', 2222, 'known'],
    ['a hash of another name', `${hashed('m2')} ${ed.publicText}`, 'm1', 22, 'unknown'],
    ['an unknown hash', `|2|AAAA|AAAA ${ed.publicText}`, 'm1', 22, 'unknown'],
    ['a comment', `# m1 ${ed.publicText}`, 'm1', 22, 'unknown'],
    ['a comment behind the key', `m1 ${ed.publicText} root@m1 2026`, 'm1', 22, 'known'],
    ['tabs and leading blanks', `  m1\t${ed.publicText.replace(' ', '\t')}`, 'm1', 22, 'known'],
    ['a line with a carriage return', `m1 ${ed.publicText}\r`, 'm1', 22, 'known'],
    ['another key of the type', `m1 ${ed2.publicText}`, 'm1', 22, 'changed'],
    ['one of several keys of the type', `m1 ${ed2.publicText}\nm1 ${ed.publicText}`, 'm1', 22, 'known'],
    ['only a key of another type', `m1 ${rsa.publicText}`, 'm1', 22, 'unknown'],
    ['a revoked key', `@revoked m1 ${ed.publicText}`, 'm1', 22, 'revoked'],
    ['a key revoked everywhere', `m1 ${ed.publicText}\n@revoked * ${ed.publicText}`, 'm1', 22, 'revoked'],
    ['another key revoked', `m1 ${ed.publicText}\n@revoked m1 ${ed2.publicText}`, 'm1', 22, 'known'],
    ['a key revoked for another host', `m1 ${ed.publicText}\n@revoked m2 ${ed.publicText}`, 'm1', 22, 'known'],
    ['a certificate authority with the same key', `@cert-authority * ${ed.publicText}`, 'm1', 22, 'unknown'],
    ['an unknown marker', `@trusted m1 ${ed.publicText}`, 'm1', 22, 'unknown'],
    ['an empty file', '', 'm1', 22, 'unknown'],
  ])('for %s', (_, text, host, port, verdict) => {
    expect(judge(text, host, port).kind).toBe(verdict);
  });

  test('names the line that decided', () => {
    expect(judge(`# first\n\nm1 ${ed2.publicText}\n`, 'm1')).toEqual({ kind: 'changed', line: 3 });
  });

  test('names the types that are known when it is unknown', () => {
    expect(judge(`m1 ${rsa.publicText}`, 'm1')).toEqual({ kind: 'unknown', otherTypes: ['ssh-rsa'] });
  });

  test('of a pattern made to take exponential time comes at once', () => {
    const pattern = `${'*a'.repeat(200)}b`;
    expect(judge(`${pattern} ${ed.publicText}`, 'a'.repeat(5000)).kind).toBe('unknown');
  });
});

describe('a malformed line', () => {
  test.each([
    ['without a key', 'm1'],
    ['without the base64', 'm1 ssh-ed25519'],
    ['whose base64 is none', 'm1 ssh-ed25519 !!!!'],
    ['whose type is not the one in the key', `m1 ssh-rsa ${ed.publicText.split(' ')[1]}`],
    ['of the old protocol', 'm1 1024 65537 12345678901234567890'],
    ['whose key is cut', `m1 ${ed.publicText.slice(0, 20)}`],
    ['with an unknown marker', `@trusted m1 ${ed.publicText}`],
  ])('%s is counted, vouches for nothing, and leaves the others alone', (_, line) => {
    const known = parseKnownHosts(`${line}\nm2 ${ed.publicText}\n`);
    expect([known.malformed, known.entries.length]).toEqual([1, 1]);
    expect(judgeHostKey(entriesFor(known, 'm1', 22), ed.publicBlob).kind).toBe('unknown');
  });

  test('is never taken for an entry, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(judge(text, 'm1').kind).toBe('unknown');
      }),
    );
  });
});

const sshKeygen = spawnSync(OPENSSH_TOOLS.keygen, ['-F', 'x', '-f', '/dev/null']).error === undefined;
const directory = mkdtempSync(join(tmpdir(), 'lockstep-known-hosts-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Line numbers that ssh-keygen finds for a name. */
function linesBySshKeygen(text: string, name: string): number[] {
  const path = join(directory, 'known_hosts');
  writeFileSync(path, text);
  const { stdout } = spawnSync(OPENSSH_TOOLS.keygen, ['-F', name, '-f', path], { encoding: 'utf8' });
  return [...stdout.matchAll(/found: line (\d+)/g)].map((match) => Number(match[1]));
}

const label = fc.constantFrom('m1', 'm2', 'M1', 'a.b', 'x.a.b', '10.0.0.1', 'fd42::1');
const pattern = fc.oneof(label, fc.constantFrom('*', 'm?', '*.b', '?.a.*', '10.0.0.*', '!m1', '!*.b', '!10.0.0.1', ''));
const plainNames = fc.array(pattern, { minLength: 1, maxLength: 4 }).map((patterns) => patterns.join(','));
const withPort = label.map((name) => `[${name}]:2222`);
const hashedName = fc
  .tuple(label, fc.boolean())
  .map(([name, port]) => hashed(port ? `[${name.toLowerCase()}]:2222` : name.toLowerCase()));
const names = fc.oneof(plainNames, withPort, hashedName);
const key = fc.constantFrom(ed.publicText, rsa.publicText);
const line = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(names, key).map(([name, text]) => `${name} ${text}`) },
  { weight: 1, arbitrary: fc.tuple(names, key).map(([name, text]) => `@revoked ${name} ${text}`) },
  { weight: 1, arbitrary: fc.tuple(names, key).map(([name, text]) => `\t ${name}\t${text} a comment`) },
  { weight: 1, arbitrary: fc.constantFrom('', '# comment', '#', '   ') },
);
const table = fc.array(line, { minLength: 1, maxLength: 8 }).map((lines) => `${lines.join('\n')}\n`);

describe.skipIf(!sshKeygen)(`ssh-keygen${sshKeygen ? '' : ' (not installed here)'}`, () => {
  test('finds the same lines for a host, over generated tables', () => {
    fc.assert(
      fc.property(table, label, fc.constantFrom(22, 2222), (text, host, port) => {
        const ours = entriesFor(parseKnownHosts(text), host, port).map((entry) => entry.line);
        // As ssh does before it looks; ssh-keygen takes the name as it is, which matters for hashes.
        const lower = host.toLowerCase();
        const name = port === 22 ? lower : `[${lower}]:${port}`;
        expect(ours).toEqual(linesBySshKeygen(text, name));
      }),
      { numRuns: 150 },
    );
  }, 60_000);

  test.each([ed, rsa])('prints the same fingerprint', (each) => {
    const path = join(directory, 'key.pub');
    writeFileSync(path, `${each.publicText}\n`);
    const { stdout } = spawnSync(OPENSSH_TOOLS.keygen, ['-lf', path], { encoding: 'utf8' });
    expect(stdout.split(' ')[1]).toBe(fingerprintOf(each.publicBlob));
  });
});
