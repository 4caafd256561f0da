/**
 * Runs a received text under the host's own `sh` with a member's root, path and name. Owns the refusal of texts that would touch
 * the host's LXD, and the environment: nothing of the caller's own environment gets in.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { Layout } from './layout.ts';
import { memberPath } from './stand-ins.ts';

const LXD_PATH = /\/(?:var\/snap|snap\/lxd)\b/g;
/** What may stand right before such a path: a variable, and a closing quote. */
const PREFIX = /\$(?:[A-Za-z_]\w*|\{[A-Za-z_]\w*(?:[:#%?+-][^}]*)?\})"?$/;

/** The first path of LXD's own that does not hang on a variable, with a little of what stands around it; null when all do. */
export function findUnprefixedPath(text: string): string | null {
  for (const match of text.matchAll(LXD_PATH)) {
    const before = text.slice(Math.max(0, match.index - 80), match.index);
    if (!PREFIX.test(before)) return text.slice(Math.max(0, match.index - 20), match.index + 30);
  }
  return null;
}

/** `lateS`: how long a slow member takes before it does anything. */
export function startText(layout: Layout, member: string, text: string, lateS = 0): ChildProcess {
  const root = layout.rootOf(member);
  const late = ['-c', 'sleep "$1"; exec /bin/sh -c "$2"', 'sh', String(lateS), text];
  return spawn('/bin/sh', lateS === 0 ? ['-c', text] : late, {
    cwd: root,
    // A process group of its own, so that the end of the rehearsal takes all of it along.
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { PATH: memberPath(layout), LOCKSTEP_ROOT: root, HOME: root, USER: 'ops', LOGNAME: 'ops', LANG: 'C.UTF-8' },
  });
}
