/**
 * The private key of a cluster, looked at before anything connects: there, readable by us alone, a private key, without a
 * passphrase that nobody could type. Reads the beginning of the file's text and keeps none of it.
 */
import type { ConfigFiles } from './files.ts';
import type { BadValue } from './values.ts';

export function findKeyProblem(files: ConfigFiles, path: string): BadValue | undefined {
  const facts = files.look(path);
  if (facts.kind === 'missing') {
    return {
      text: `There is no key file ${path}.`,
      next: 'Name the private key, or make one with ssh-keygen -t ed25519.',
    };
  }
  if (facts.kind === 'other') {
    return {
      text: `The key file ${path} can't be read (${facts.reason}).`,
      next: 'Name the private key, a regular file.',
    };
  }
  if (!facts.readable) {
    return {
      text: `The key file ${path} may not be read by this user.`,
      next: `chown it to the user who runs Lockstep.`,
    };
  }
  if ((facts.mode & 0o077) !== 0) {
    const mode = facts.mode.toString(8).padStart(4, '0');
    return { text: `The key file ${path} may be read by others (mode ${mode}).`, next: `Run chmod 600 ${path}` };
  }
  const read = files.read(path);
  return read.kind === 'text' ? findContentProblem(path, read.text) : undefined;
}

function findContentProblem(path: string, text: string): BadValue | undefined {
  if (/^(?:ssh-|ecdsa-|sk-)/.test(text)) {
    return { text: `${path} is a public key.`, next: 'Name the private key, the file without .pub.' };
  }
  if (!/^-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/m.test(text) && !text.startsWith('PuTTY-User-Key-File')) {
    return { text: `${path} holds no private key.`, next: 'Name the private key that ssh -i would take.' };
  }
  if (!isEncrypted(text)) return undefined;
  return {
    text: `The key ${path} has a passphrase, and nobody is there to type it.`,
    next: 'Load it into ssh-agent and write agent: true in place of key:, or use a key without a passphrase.',
  };
}

/** PEM says so in a header; OpenSSH's own format names its cipher first (PROTOCOL.key of OpenSSH). */
function isEncrypted(text: string): boolean {
  if (/^Proc-Type: 4,ENCRYPTED/m.test(text) || text.includes('BEGIN ENCRYPTED PRIVATE KEY')) return true;
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([A-Za-z0-9+/=\s]+)/.exec(text)?.[1];
  if (body === undefined) return /^Encryption: (?!none)/m.test(text);
  const bytes = Buffer.from(body, 'base64');
  const magic = 'openssh-key-v1\0';
  if (bytes.length < magic.length + 8 || bytes.toString('latin1', 0, magic.length) !== magic) return false;
  const length = bytes.readUInt32BE(magic.length);
  return bytes.toString('latin1', magic.length + 4, magic.length + 4 + length) !== 'none';
}
