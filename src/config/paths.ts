/** Paths as people write them: `~` is the home directory, a relative path belongs to a folder. Owns the default places. */
import { isAbsolute, join, resolve } from 'node:path';
import { err, ok, type Result } from '../domain/result.ts';

/** `~` and `~/…` only: another user's home is not looked up. */
export function expandPath(text: string, base: string, home: string): Result<string, string> {
  if (text.includes('\0')) return err('holds a NUL character');
  if (text === '~') return ok(home);
  if (text.startsWith('~/')) return ok(join(home, text.slice(2)));
  if (text.startsWith('~')) return err('names the home of another user');
  return ok(resolve(base, text));
}

/** XDG base directory specification: a relative value is to be ignored. */
export function defaultDataDir(xdgStateHome: string | undefined, home: string): string {
  const base = xdgStateHome !== undefined && isAbsolute(xdgStateHome) ? xdgStateHome : join(home, '.local', 'state');
  return join(base, 'lockstep');
}
