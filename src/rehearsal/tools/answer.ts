/**
 * What a stand-in gets and gives. Owns the shapes that all tools share and the little formatting that snap and systemctl have in
 * common. A reply that can't be given yet is a function that is asked again as time moves on: that is how a call hangs.
 */
import type { MemberState } from '../model/types.ts';
import type { World } from '../model/world.ts';

export interface Call {
  readonly tool: string;
  readonly argv: readonly string[];
  readonly stdin: string;
  /** It came through sudo. */
  readonly root: boolean;
}

export interface Answer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export type Reply = Answer | (() => Answer | null);

export interface ToolContext {
  readonly world: World;
  readonly member: MemberState;
  /** Extension names of a release, in order. */
  readonly extensionNames: (release: string) => readonly string[];
  /** Write a file that the call named (`curl -o`, sqlite3's `.output`). False: not possible, or outside the member's and the temporary places. */
  readonly writeFile: (path: string, text: string) => boolean;
  readonly readFile: (path: string) => string | null;
  /** The member's root directory: an absolute path on the host. */
  readonly root: string;
}

export type Tool = (context: ToolContext, call: Call) => Reply;

export function done(out = '', err = '', code = 0): Answer {
  return { code, out, err };
}

export function failed(text: string, code = 1): Answer {
  return { code, out: '', err: `${text}\n` };
}

/** `then` on the answer of a reply, now or later. */
export function afterReply(reply: Reply, then: (answer: Answer) => Answer): Reply {
  if (typeof reply !== 'function') return then(reply);
  return () => {
    const answer = reply();
    return answer === null ? null : then(answer);
  };
}

/** In code points: enough for the one check mark that snap prints. */
function lengthOf(text: string): number {
  return Array.from(text).length;
}

/** Columns padded to the widest cell, two spaces apart, nothing after the last: as snap prints tables. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, index) => Math.max(...rows.map((row) => lengthOf(row[index] ?? ''))));
  const lines = rows.map((row) =>
    row
      .map((cell, index) => cell + ' '.repeat((widths[index] ?? 0) - lengthOf(cell)))
      .join('  ')
      .trimEnd(),
  );
  return lines.map((line) => `${line}\n`).join('');
}
