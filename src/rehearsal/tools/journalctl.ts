/** `journalctl` on the LXD daemon's unit: the options and line formats that a person or a probe uses. */
import type { JournalEntry } from '../model/types.ts';
import { done, failed } from './answer.ts';
import type { Call, Reply, ToolContext } from './answer.ts';

const WITH_VALUE: Readonly<Record<string, string>> = {
  '-u': 'unit',
  '--unit': 'unit',
  '-n': 'lines',
  '--lines': 'lines',
  '-o': 'output',
  '--output': 'output',
  '-S': 'since',
  '--since': 'since',
  '-g': 'grep',
  '--grep': 'grep',
};
const FLAGS: ReadonlySet<string> = new Set([
  '--no-pager',
  '-q',
  '--quiet',
  '--utc',
  '-a',
  '--all',
  '--no-hostname',
  '-b',
  '--boot',
  '-r',
  '--reverse',
  '-e',
]);

export function journalctl(context: ToolContext, call: Call): Reply {
  const options = new Map<string, string>();
  const flags = new Set<string>();
  for (let index = 0; index < call.argv.length; index += 1) {
    const word = call.argv[index] ?? '';
    const [name = '', value] = word.split(/=(.*)/s);
    const key = WITH_VALUE[name];
    if (key !== undefined) {
      if (value === undefined) index += 1;
      options.set(key, value ?? call.argv[index] ?? '');
    } else if (FLAGS.has(word)) flags.add(word);
    else return failed(`journalctl: unrecognized option '${word}'`);
  }
  if (!call.root) return done('-- No entries --\n', '', 1);
  const quiet = flags.has('-q') || flags.has('--quiet');
  const found = select(context, options);
  if (flags.has('-r') || flags.has('--reverse')) found.reverse();
  if (found.length === 0) return done(quiet ? '' : '-- No entries --\n');
  const output = options.get('output') ?? 'short';
  return done(found.map((entry) => `${print(context.member.name, entry, output)}\n`).join(''));
}

function select(context: ToolContext, options: ReadonlyMap<string, string>): JournalEntry[] {
  const unit = options.get('unit');
  const wanted = unit === undefined || /\.\w+$/.test(unit) ? unit : `${unit}.service`;
  const since = momentOf(context.world.state.now, options.get('since'));
  const grep = options.get('grep');
  const found = context.member.journal.filter(
    (entry) =>
      (wanted === undefined || entry.unit === wanted || entry.unit === `${wanted}.service`) &&
      entry.at >= since &&
      (grep === undefined || new RegExp(grep).test(entry.message)),
  );
  const lines = options.get('lines');
  return lines === undefined || lines === 'all' ? found : found.slice(-Number(lines));
}

/** `@epoch`, `-5min`, or a UTC date. */
function momentOf(nowMs: number, text: string | undefined): number {
  if (text === undefined) return 0;
  if (text.startsWith('@')) return Number(text.slice(1)) * 1000;
  const ago = /^-?\s*(\d+)\s*(s|sec|m|min|h|hour|d|day)s?(?: ago)?$/.exec(text);
  const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
  if (ago !== null) return nowMs - Number(ago[1]) * (units[(ago[2] ?? 's').slice(0, 1)] ?? 1) * 1000;
  return Date.parse(text.replace(' UTC', '').replace(' ', 'T').replace(/Z?$/, 'Z')) || 0;
}

function print(host: string, entry: JournalEntry, output: string): string {
  const iso = new Date(entry.at).toISOString();
  const said = `${host} ${entry.identifier}[${String(entry.pid)}]: ${entry.message}`;
  switch (output) {
    case 'cat':
      return entry.message;
    case 'short-iso':
      return `${iso.slice(0, 19)}+0000 ${said}`;
    case 'short-iso-precise':
      return `${iso.slice(0, 23)}000+0000 ${said}`;
    case 'short-unix':
      return `${(entry.at / 1000).toFixed(6)} ${said}`;
    case 'json':
      return JSON.stringify({
        __REALTIME_TIMESTAMP: String(entry.at * 1000),
        _HOSTNAME: host,
        _SYSTEMD_UNIT: entry.unit,
        SYSLOG_IDENTIFIER: entry.identifier,
        _PID: String(entry.pid),
        MESSAGE: entry.message,
      });
    default: {
      const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
      return `${months[Number(iso.slice(5, 7)) - 1] ?? ''} ${iso.slice(8, 10)} ${iso.slice(11, 19)} ${said}`;
    }
  }
}
