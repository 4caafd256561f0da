/** Small file helpers: atomic writes, reads that say null for what is not there. */
import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

export function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

/** A reader sees the old content or the new, never half of it. */
export function writeAtomic(path: string, text: string, mode = 0o600): void {
  const draft = `${path}.new`;
  writeFileSync(draft, text, { mode });
  chmodSync(draft, mode);
  renameSync(draft, path);
}

/** Where the host keeps a tool, by the usual places. Throws when it has none. */
export function requireHostTool(name: string): string {
  const found = ['/usr/bin', '/bin', '/usr/sbin', '/sbin', '/usr/local/bin', '/run/current-system/sw/bin']
    .map((folder) => `${folder}/${name}`)
    .find((path) => existsSync(path));
  if (found === undefined) throw new Error(`this host has no ${name}`);
  return found;
}
