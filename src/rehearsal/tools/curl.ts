/**
 * `curl` as Lockstep uses it: transfers over the unix socket, one after the other, with time limits and `--fail-early`. Owns the
 * option parsing and curl's exit codes; anything else than LXD's own socket is refused.
 */
import { COMMON } from '../model/world.ts';
import { request } from './api.ts';
import type { ApiResult, Pending } from './api.ts';
import { done, failed } from './answer.ts';
import type { Answer, Call, Reply, ToolContext } from './answer.ts';

interface Transfer {
  socket: string | null;
  url: string | null;
  output: string | null;
  format: string;
  data: string | null;
  method: string | null;
  limitMs: number | null;
  silent: boolean;
  showError: boolean;
  fail: boolean;
}

const WITH_VALUE: ReadonlySet<string> = new Set([
  '-m',
  '--max-time',
  '--unix-socket',
  '-o',
  '--output',
  '-w',
  '--write-out',
  '-d',
  '--data',
  '--data-binary',
  '-X',
  '--request',
  '-H',
  '--header',
  '--connect-timeout',
]);

function emptyTransfer(): Transfer {
  return {
    socket: null,
    url: null,
    output: null,
    format: '',
    data: null,
    method: null,
    limitMs: null,
    silent: false,
    showError: false,
    fail: false,
  };
}

interface Parsed {
  readonly transfers: readonly Transfer[];
  readonly failEarly: boolean;
}

function parse(call: Call): Parsed | string {
  let current = emptyTransfer();
  const transfers = [current];
  let failEarly = false;
  for (let index = 0; index < call.argv.length; index += 1) {
    const word = call.argv[index] ?? '';
    if (word === '--next' || word === '-:') {
      current = emptyTransfer();
      transfers.push(current);
    } else if (word === '--fail-early') failEarly = true;
    else if (WITH_VALUE.has(word)) {
      index += 1;
      setValue(current, word, call.argv[index] ?? '', call.stdin);
    } else if (/^-[sSfLgG]+$/.test(word)) {
      current.silent ||= word.includes('s');
      current.showError ||= word.includes('S');
      current.fail ||= word.includes('f');
    } else if (word.startsWith('-')) return `curl: option ${word}: is unknown`;
    else current.url = word;
  }
  return { transfers, failEarly };
}

function setValue(transfer: Transfer, option: string, value: string, stdin: string): void {
  if (option === '-m' || option === '--max-time') transfer.limitMs = Number(value) * 1000;
  else if (option === '--unix-socket') transfer.socket = value;
  else if (option === '-o' || option === '--output') transfer.output = value;
  else if (option === '-w' || option === '--write-out') transfer.format = value;
  else if (option === '-X' || option === '--request') transfer.method = value;
  else if (option.startsWith('-d') || option.startsWith('--data')) transfer.data = value === '@-' ? stdin : value;
}

export function curl(context: ToolContext, call: Call): Reply {
  if (call.argv[0] === '--version') return done('curl 7.88.1 (x86_64-pc-linux-gnu)\n');
  const parsed = parse(call);
  if (typeof parsed === 'string') return failed(parsed, 2);
  const queue = [...parsed.transfers];
  let total: Answer = done();
  let running: { transfer: Transfer; pending: Pending; since: number } | null = null;
  return () => {
    for (;;) {
      if (running === null) {
        const transfer = queue.shift();
        if (transfer === undefined) return total;
        running = { transfer, pending: open(context, call, transfer), since: context.world.state.now };
      }
      const { transfer, pending, since } = running;
      const elapsed = context.world.state.now - since;
      const result = pending();
      if (result === null && (transfer.limitMs === null || elapsed < transfer.limitMs)) return null;
      const one = finish(context, transfer, result, elapsed);
      running = null;
      total = { code: one.code === 0 ? total.code : one.code, out: total.out + one.out, err: total.err + one.err };
      if (one.code !== 0 && parsed.failEarly) return total;
    }
  };
}

function open(context: ToolContext, call: Call, transfer: Transfer): Pending {
  if (transfer.socket !== `${context.root}/${COMMON}/lxd/unix.socket`) return () => ({ kind: 'no-socket' });
  const path = (transfer.url ?? '').replace(/^https?:\/\/[^/]*/, '');
  const method = transfer.method ?? (transfer.data === null ? 'GET' : 'POST');
  return request(context, { method, path, body: transfer.data ?? '', root: call.root });
}

/** Exit codes and words of curl 7.88. */
function finish(context: ToolContext, transfer: Transfer, result: ApiResult | null, elapsed: number): Answer {
  const code = result?.kind === 'response' ? result.status : 0;
  const written = transfer.format
    .replaceAll('%{http_code}', String(code).padStart(3, '0'))
    .replaceAll('%{response_code}', String(code).padStart(3, '0'))
    .replaceAll('\\n', '\n');
  const complain = (exit: number, text: string): Answer => {
    const quiet = transfer.silent && !transfer.showError;
    return { code: exit, out: written, err: quiet ? '' : `curl: (${String(exit)}) ${text}\n` };
  };
  if (result === null)
    return complain(28, `Operation timed out after ${String(elapsed)} milliseconds with 0 bytes received`);
  if (result.kind === 'eof') return complain(52, 'Empty reply from server');
  if (result.kind !== 'response') return complain(7, `Couldn't connect to server`);
  if (transfer.fail && result.status >= 400) {
    return complain(22, `The requested URL returned error: ${String(result.status)}`);
  }
  if (transfer.output === null) return done(result.body + written);
  if (!context.writeFile(transfer.output, result.body)) return complain(23, 'Failure writing output to destination');
  return done(written);
}
