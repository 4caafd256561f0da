import { chmodSync, lstatSync, readFileSync, readdirSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { appendKnownHosts } from '../../../src/adapters/ssh/append-known-hosts.ts';
import { useSshHarness } from '../../support/ssh/harness.ts';
import { generateTestKey } from '../../support/ssh/keys.ts';

const harness = useSshHarness();
const ed = generateTestKey();
const other = generateTestKey();
const rsa = generateTestKey('rsa');
const m1 = { host: 'm1', port: 22, key: ed.publicBlob };

function fileWith(text: string): string {
  return harness.world().writeFile('hosts', text);
}

describe('appending to known_hosts', () => {
  test('makes a missing file 0600 in a missing directory 0700', async () => {
    const directory = join(harness.world().directory, 'new');
    const path = join(directory, 'known_hosts');
    expect(await appendKnownHosts(path, [m1])).toEqual({ ok: true, value: { added: 1, alreadyKnown: 0 } });
    expect(readFileSync(path, 'utf8')).toBe(`m1 ${ed.publicText}\n`);
    expect([statSync(path).mode & 0o777, statSync(directory).mode & 0o777]).toEqual([0o600, 0o700]);
    expect(readdirSync(directory)).toEqual(['known_hosts']);
  });

  test('leaves every byte that is there, ends an unended last line, and keeps the mode', async () => {
    const before = `# mine\nbroken line\r\nm2 ${rsa.publicText}`;
    const path = fileWith(before);
    chmodSync(path, 0o644);
    await appendKnownHosts(path, [m1, { host: 'M1', port: 2222, key: rsa.publicBlob }]);
    const expected = `${before}\nm1 ${ed.publicText}\n[m1]:2222 ${rsa.publicText}\n`;
    expect(readFileSync(path, 'utf8')).toBe(expected);
    expect(statSync(path).mode & 0o777).toBe(0o644);
  });

  test('does not write a key twice', async () => {
    const path = fileWith(`m1 ${ed.publicText}\n`);
    expect(await appendKnownHosts(path, [m1, m1])).toEqual({ ok: true, value: { added: 0, alreadyKnown: 2 } });
    expect(readFileSync(path, 'utf8')).toBe(`m1 ${ed.publicText}\n`);
  });

  test('adds a key of another type beside the known one', async () => {
    const path = fileWith(`m1 ${rsa.publicText}\n`);
    expect(await appendKnownHosts(path, [m1])).toMatchObject({ ok: true, value: { added: 1 } });
  });

  test.each([
    ['another key of the type', `m1 ${other.publicText}\n`],
    ['a revocation of the key', `@revoked * ${ed.publicText}\n`],
  ])('is refused as a whole over %s, and says ssh-keygen -R', async (_, before) => {
    const path = fileWith(before);
    const result = await appendKnownHosts(path, [{ host: 'm2', port: 22, key: rsa.publicBlob }, m1]);
    expect(result).toMatchObject({ ok: false, error: { kind: 'conflict', host: 'm1' } });
    expect(!result.ok && result.error.text).toContain("ssh-keygen -R 'm1'");
    expect(readFileSync(path, 'utf8')).toBe(before);
  });

  test('writes through a symbolic link and leaves the link', async () => {
    const real = fileWith('');
    const link = join(harness.world().directory, 'link');
    symlinkSync(real, link);
    await appendKnownHosts(link, [m1]);
    expect([lstatSync(link).isSymbolicLink(), readFileSync(real, 'utf8')]).toEqual([true, `m1 ${ed.publicText}\n`]);
  });

  test.each(['m1\nevil', 'a b', '*', 'm1,m2', '!m1', '|1|x', '#', '@revoked'])(
    'refuses a name that would not stay one plain name: %j',
    async (host) => {
      const path = fileWith('');
      expect(await appendKnownHosts(path, [{ ...m1, host }])).toMatchObject({
        ok: false,
        error: { kind: 'unwritable' },
      });
      expect(readFileSync(path, 'utf8')).toBe('');
    },
  );

  test('says so when the place cannot be written', async () => {
    const path = join(fileWith('a file'), 'known_hosts');
    expect(await appendKnownHosts(path, [m1])).toMatchObject({ ok: false, error: { kind: 'unwritable' } });
  });
});
