/** The name of the host that this process runs on, for whoever meets its marker on a member. */
import { hostname } from 'node:os';

export function hostName(): string {
  return hostname();
}
