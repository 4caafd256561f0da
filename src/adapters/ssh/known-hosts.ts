/**
 * Reads a known_hosts file and says whether a presented key is the host's: fail-closed, as `sshd(8)` describes the format.
 * Owns parsing, name matching and the verdict; opens no connection and writes nothing (`known-hosts-file.ts` reads the file,
 * `append-known-hosts.ts` writes). Certificate authorities are not supported: their lines never vouch for a plain key.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

type KnownHostsMarker = 'revoked' | 'cert-authority';

export interface KnownHostsEntry {
  /** 1-based line number in the file. */
  readonly line: number;
  readonly marker: KnownHostsMarker | null;
  /** The names field as written: a comma list of patterns, or one hashed name. */
  readonly names: string;
  readonly keyType: string;
  /** The public key in SSH wire format. */
  readonly key: Buffer;
}

export interface KnownHosts {
  readonly entries: readonly KnownHostsEntry[];
  /** Lines that are neither blank, nor comment, nor a valid entry. They vouch for nothing. */
  readonly malformed: number;
}

export type HostKeyVerdict =
  | { readonly kind: 'known'; readonly line: number }
  /** `otherTypes`: the host has keys here, but none of the presented type. */
  | { readonly kind: 'unknown'; readonly otherTypes: readonly string[] }
  | { readonly kind: 'changed'; readonly line: number }
  | { readonly kind: 'revoked'; readonly line: number };

const HASH_MAGIC = '|1|';
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

export function parseKnownHosts(text: string): KnownHosts {
  const entries: KnownHostsEntry[] = [];
  let malformed = 0;
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.replace(/\r$/, '').replace(/^[ \t]+/, '');
    if (line === '' || line.startsWith('#')) continue;
    const entry = parseEntry(line, index + 1);
    if (entry === undefined) malformed += 1;
    else entries.push(entry);
  }
  return { entries, malformed };
}

function parseEntry(line: string, number: number): KnownHostsEntry | undefined {
  const fields = line.split(/[ \t]+/);
  let marker: KnownHostsMarker | null = null;
  if (fields[0]?.startsWith('@') === true) {
    const word = fields.shift();
    if (word === '@revoked') marker = 'revoked';
    else if (word === '@cert-authority') marker = 'cert-authority';
    else return undefined;
  }
  const [names, keyType, encoded] = fields;
  if (names === undefined || names === '' || keyType === undefined || encoded === undefined) return undefined;
  if (!BASE64.test(encoded)) return undefined;
  const key = Buffer.from(encoded, 'base64');
  return keyTypeOf(key) === keyType ? { line: number, marker, names, keyType, key } : undefined;
}

/** The type name inside a wire-format public key, or undefined when it isn't one. */
export function keyTypeOf(key: Uint8Array): string | undefined {
  const bytes = Buffer.from(key.buffer, key.byteOffset, key.byteLength);
  if (bytes.length < 5) return undefined;
  const length = bytes.readUInt32BE(0);
  if (length === 0 || length > 64 || bytes.length <= 4 + length) return undefined;
  return bytes.toString('latin1', 4, 4 + length);
}

/** The name under which OpenSSH files a host: bare for port 22, else `[host]:port`; lower case. */
export function knownHostsName(host: string, port: number): string {
  const lower = host.toLowerCase();
  return port === 22 ? lower : `[${lower}]:${port}`;
}

/** Whether an entry speaks about `name` (as `knownHostsName` gives it). A negated pattern that matches excludes the whole line. */
function matchesEntry(entry: KnownHostsEntry, name: string): boolean {
  if (entry.names.startsWith('|')) return matchesHashed(entry.names, name);
  let matched = false;
  for (const pattern of entry.names.split(',')) {
    const negated = pattern.startsWith('!');
    if (!matchesPattern((negated ? pattern.slice(1) : pattern).toLowerCase(), name)) continue;
    if (negated) return false;
    matched = true;
  }
  return matched;
}

function matchesHashed(hashed: string, name: string): boolean {
  if (!hashed.startsWith(HASH_MAGIC)) return false;
  const [salt, hash, rest] = hashed.slice(HASH_MAGIC.length).split('|');
  if (salt === undefined || hash === undefined || rest !== undefined) return false;
  if (!BASE64.test(salt) || !BASE64.test(hash)) return false;
  const expected = Buffer.from(hash, 'base64');
  const actual = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest();
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

/** `*` any run, `?` any one character. Linear: a hostile pattern must not be able to hang the check. */
function matchesPattern(pattern: string, name: string): boolean {
  let p = 0;
  let n = 0;
  let star = -1;
  let resume = 0;
  while (n < name.length) {
    if (p < pattern.length && pattern[p] === '*') {
      star = p;
      p += 1;
      resume = n;
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === name[n])) {
      p += 1;
      n += 1;
    } else if (star >= 0) {
      p = star + 1;
      resume += 1;
      n = resume;
    } else return false;
  }
  while (p < pattern.length && pattern[p] === '*') p += 1;
  return p === pattern.length;
}

/** Entries about one host, in file order. */
export function entriesFor(known: KnownHosts, host: string, port: number): readonly KnownHostsEntry[] {
  const name = knownHostsName(host, port);
  return known.entries.filter((entry) => matchesEntry(entry, name));
}

/**
 * The verdict on a presented key, given the entries about its host. A revocation of that very key wins over everything; a key
 * of the same type that differs is a change; keys of other types alone leave it unknown, as in OpenSSH.
 */
export function judgeHostKey(entries: readonly KnownHostsEntry[], key: Uint8Array): HostKeyVerdict {
  const presented = Buffer.from(key.buffer, key.byteOffset, key.byteLength);
  const same = entries.filter((entry) => entry.key.equals(presented));
  const revoked = same.find((entry) => entry.marker === 'revoked');
  if (revoked !== undefined) return { kind: 'revoked', line: revoked.line };
  const plain = same.find((entry) => entry.marker === null);
  if (plain !== undefined) return { kind: 'known', line: plain.line };
  const type = keyTypeOf(presented);
  const other = entries.filter((entry) => entry.marker === null);
  const changed = other.find((entry) => entry.keyType === type);
  if (changed !== undefined) return { kind: 'changed', line: changed.line };
  return { kind: 'unknown', otherTypes: [...new Set(other.map((entry) => entry.keyType))] };
}

/** `SHA256:` and unpadded base64, as OpenSSH prints it. */
export function fingerprintOf(key: Uint8Array): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}
