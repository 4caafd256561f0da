/**
 * Adds host keys to a known_hosts file, for `lockstep trust` alone. Never alters or removes a line that is there; a key that
 * contradicts one is refused, because replacing a key is a decision that `ssh-keygen -R` makes visible. The new content appears
 * at once (temporary file, then rename), so that a crash leaves the old file or the new one.
 */
import { randomUUID } from 'node:crypto';
import { chmod, chown, mkdir, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Result, err, ok } from '../../domain/result.ts';
import { entriesFor, judgeHostKey, keyTypeOf, knownHostsName, parseKnownHosts } from './known-hosts.ts';
import { messageOf, propertyOf } from './remote-text.ts';

export interface NewKnownHost {
  readonly host: string;
  readonly port: number;
  /** Wire format. */
  readonly key: Buffer;
}

export interface Appended {
  readonly added: number;
  readonly alreadyKnown: number;
}

export type AppendRefusal =
  | { readonly kind: 'conflict'; readonly host: string; readonly port: number; readonly text: string }
  | { readonly kind: 'unwritable'; readonly text: string };

/** All of the entries, or none: the first conflict refuses the lot. Missing files are created 0600, missing directories 0700. */
export async function appendKnownHosts(
  path: string,
  entries: readonly NewKnownHost[],
): Promise<Result<Appended, AppendRefusal>> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const before = await readExisting(path);
    const plan = planLines(path, before?.text ?? '', entries);
    if (!plan.ok) return plan;
    if (plan.value.lines.length > 0) await replace(path, before, plan.value.lines);
    return ok({ added: plan.value.lines.length, alreadyKnown: entries.length - plan.value.lines.length });
  } catch (error) {
    return err({ kind: 'unwritable', text: `${path} can't be written (${messageOf(error)})` });
  }
}

interface Existing {
  /** Where the file really is: a symbolic link stays one. */
  readonly path: string;
  readonly text: string;
  readonly bytes: Buffer;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

async function readExisting(path: string): Promise<Existing | null> {
  try {
    const real = await realpath(path);
    const [bytes, stats] = await Promise.all([readFile(real), stat(real)]);
    const { mode, uid, gid } = stats;
    return { path: real, text: bytes.toString('utf8'), bytes, mode: mode & 0o7777, uid, gid };
  } catch (error) {
    if (propertyOf(error, 'code') === 'ENOENT') return null;
    throw error;
  }
}

function planLines(
  path: string,
  text: string,
  entries: readonly NewKnownHost[],
): Result<{ readonly lines: readonly string[] }, AppendRefusal> {
  const known = parseKnownHosts(text);
  const lines = new Set<string>();
  for (const { host, port, key } of entries) {
    const name = knownHostsName(host, port);
    const type = keyTypeOf(key);
    // What is written is read back by others as one line: nothing but a plain name may come into it.
    if (type === undefined || !/^[\w.:%[\]-]+$/.test(name))
      return err({ kind: 'unwritable', text: `not a host and key that known_hosts can hold: ${JSON.stringify(name)}` });
    const verdict = judgeHostKey(entriesFor(known, host, port), key);
    if (verdict.kind === 'known') continue;
    if (verdict.kind !== 'unknown') {
      const what = verdict.kind === 'changed' ? `has another ${type} key` : 'revokes this key';
      const next = `If the host was really reinstalled, run ssh-keygen -R '${name}' -f '${path}' first.`;
      return err({ kind: 'conflict', host, port, text: `${path}:${verdict.line} ${what} for ${name}. ${next}` });
    }
    lines.add(`${name} ${type} ${key.toString('base64')}\n`);
  }
  return ok({ lines: [...lines] });
}

async function replace(path: string, before: Existing | null, lines: readonly string[]): Promise<void> {
  const target = before?.path ?? path;
  const temporary = `${target}.${randomUUID()}`;
  const old = before?.bytes ?? Buffer.alloc(0);
  const separator = old.length > 0 && old.at(-1) !== 0x0a ? '\n' : '';
  const file = await open(temporary, 'wx', 0o600);
  try {
    await file.writeFile(Buffer.concat([old, Buffer.from(separator + lines.join(''))]));
    await file.sync();
    await file.close();
    if (before !== null) {
      await chmod(temporary, before.mode);
      const own = await stat(temporary);
      if (own.uid !== before.uid || own.gid !== before.gid) await chown(temporary, before.uid, before.gid);
    }
    await refuseIfChanged(target, old, before !== null);
    await rename(temporary, target);
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(temporary, { force: true });
    throw error;
  }
}

/** An `ssh` beside us may have added a line meanwhile; renaming over it would lose that line. */
async function refuseIfChanged(path: string, old: Buffer, existed: boolean): Promise<void> {
  const now = await readExisting(path);
  const same = existed ? now !== null && now.bytes.equals(old) : now === null;
  if (!same) throw new Error('it was changed by another program in the meantime; try again');
}
