/** Who runs this process, for the record beside an asserted console identity. */
import { userInfo } from 'node:os';

/** A user id without an entry in the user database (a container) is named by its number. */
export function osUser(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
