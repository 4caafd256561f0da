/** `pgrep` over the member's own processes: its daemon, LXCFS and instances, and nothing of the host. */
import { done, failed } from './answer.ts';
import type { Call, Reply, ToolContext } from './answer.ts';
import { processesOf } from '../processes.ts';

export function pgrep(context: ToolContext, call: Call): Reply {
  let full = false;
  let exact = false;
  let listing: 'pid' | 'name' | 'all' = 'pid';
  let count = false;
  const patterns: string[] = [];
  for (const word of call.argv) {
    if (word === '--full') full = true;
    else if (word === '--exact') exact = true;
    else if (word === '--count') count = true;
    else if (word === '--list-name') listing = 'name';
    else if (word === '--list-full') listing = 'all';
    else if (/^-[fxlac]+$/.test(word)) {
      full ||= word.includes('f');
      exact ||= word.includes('x');
      count ||= word.includes('c');
      if (word.includes('l')) listing = 'name';
      if (word.includes('a')) listing = 'all';
    } else if (word === '--') continue;
    else if (word.startsWith('-')) return failed(`pgrep: invalid option -- '${word.slice(1, 2)}'`, 2);
    else patterns.push(word);
  }
  const [pattern] = patterns;
  if (pattern === undefined) return failed('pgrep: no matching criteria specified', 2);
  const expression = new RegExp(exact ? `^(?:${pattern})$` : pattern);
  const found = processesOf(context.member).filter((one) => expression.test(full ? one.cmdline.join(' ') : one.comm));
  if (count) return { code: found.length > 0 ? 0 : 1, out: `${String(found.length)}\n`, err: '' };
  const lines = found.map((one) => {
    if (listing === 'pid') return String(one.pid);
    return `${String(one.pid)} ${listing === 'all' ? one.cmdline.join(' ') : one.comm}`;
  });
  return { ...done(lines.map((line) => `${line}\n`).join('')), code: found.length > 0 ? 0 : 1 };
}
