import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { nodeFiles } from '../../src/config/files.ts';
import { findKeyProblem } from '../../src/config/key-file.ts';
import { makeTemporaryDirectory, type TemporaryDirectory } from '../support/temporary-directory.ts';
import { errorsOf, goodYaml, load, PRIVATE_KEY } from './support.ts';

describe('key files, on a real file system with real keys', () => {
  let folder: TemporaryDirectory;
  beforeEach(() => {
    folder = makeTemporaryDirectory();
  });
  afterEach(() => folder.remove());

  const problemOf = (name: string) => findKeyProblem(nodeFiles, join(folder.path, name))?.text;
  const generate = (name: string, passphrase: string, ...more: readonly string[]): void => {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-f', join(folder.path, name), ...more]);
  };

  test('a key without a passphrase is fine', () => {
    generate('good', '');
    expect(problemOf('good')).toBeUndefined();
  });

  test('a key with a passphrase is refused, in both formats', () => {
    generate('openssh', 'secret');
    execFileSync('ssh-keygen', [
      '-q',
      '-t',
      'rsa',
      '-b',
      '2048',
      '-m',
      'PEM',
      '-N',
      'secret',
      '-f',
      join(folder.path, 'pem'),
    ]);
    expect(problemOf('openssh')).toContain('has a passphrase');
    expect(problemOf('pem')).toContain('has a passphrase');
  });

  test('the public half is refused', () => {
    generate('half', '');
    chmodSync(join(folder.path, 'half.pub'), 0o600);
    expect(problemOf('half.pub')).toContain('is a public key');
  });

  test('a key that others may read is refused with its mode', () => {
    generate('open', '');
    chmodSync(join(folder.path, 'open'), 0o640);
    expect(problemOf('open')).toContain('(mode 0640)');
  });

  test('a missing file, a folder and another file are refused', () => {
    mkdirSync(join(folder.path, 'folder'));
    writeFileSync(join(folder.path, 'text'), 'hello\n', { mode: 0o600 });
    expect(problemOf('none')).toContain('There is no key file');
    expect(problemOf('folder')).toContain('not a regular file');
    expect(problemOf('text')).toContain('holds no private key');
  });
});

describe('files that clusters.yaml names', () => {
  test('a key that is missing, open to others or unreadable is an error at its line', () => {
    const yaml = goodYaml();
    const at = (file: { text: string; mode?: number; readable?: boolean }) =>
      errorsOf({ yaml, files: { '/home/op/.ssh/lockstep': file } });
    expect(errorsOf({ yaml: goodYaml({ 8: '      key: /none' }) })).toEqual([
      '8 clusters.prod.ssh.key: There is no key file /none.',
    ]);
    expect(at({ text: PRIVATE_KEY, mode: 0o644 })[0]).toContain(
      '8 clusters.prod.ssh.key: The key file /home/op/.ssh/lockstep may be read by others',
    );
    expect(at({ text: PRIVATE_KEY, readable: false })[0]).toContain('may not be read by this user');
  });

  test('a known_hosts that is not there yet is a warning that names lockstep trust', () => {
    const result = load({ yaml: goodYaml({ 9: '      knownHosts: /none' }) });
    expect(result.ok ? result.value.warnings : []).toMatchObject([
      { line: 9, next: 'Run lockstep trust with the name of the cluster.' },
    ]);
  });

  test('a known_hosts that may not be read is an error', () => {
    const files = { '/home/op/.ssh/known_hosts': { text: '', readable: false } };
    expect(errorsOf({ yaml: goodYaml(), files })[0]).toContain('9 clusters.prod.ssh.knownHosts: ');
  });
});
