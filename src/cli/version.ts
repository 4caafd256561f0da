/** The version of this installation, out of its package.json. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** From `dist/src/cli/` as from `src/cli/`: the nearest package.json upwards that names Lockstep. */
export function readVersion(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (let up = 0; up < 5; up += 1) {
    const path = join(folder, 'package.json');
    if (existsSync(path)) {
      const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
      if (isLockstep(value)) return value.version;
    }
    folder = dirname(folder);
  }
  return '0.0.0';
}

function isLockstep(value: unknown): value is { readonly name: 'lockstep'; readonly version: string } {
  if (typeof value !== 'object' || value === null || !('name' in value) || !('version' in value)) return false;
  return value.name === 'lockstep' && typeof value.version === 'string';
}
