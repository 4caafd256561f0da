/**
 * `snap` for the LXD snap: the verbs, tables, refusals and blocking of snapd 2.63. Owns words and options; what a change does is
 * in `model/snapd.ts`.
 */
import { addChange, changeInProgress, refreshSteps, START_STEPS } from '../model/snapd.ts';
import type { Change, ChangeStep, MemberState } from '../model/types.ts';
import { requireBuild } from '../model/world.ts';
import type { World } from '../model/world.ts';
import { columns, done, failed } from './answer.ts';
import type { Answer, Call, Reply, ToolContext } from './answer.ts';

interface Words {
  readonly verb: string;
  readonly names: readonly string[];
  readonly flags: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, string>;
}

const TAKES_VALUE: ReadonlySet<string> = new Set(['--revision', '--channel', '--cohort', '-n']);

function readWords(argv: readonly string[]): Words {
  const plain: string[] = [];
  const flags = new Set<string>();
  const values = new Map<string, string>();
  for (let index = 0; index < argv.length; index += 1) {
    const word = argv[index] ?? '';
    const [name = '', value] = word.split(/=(.*)/s);
    if (!word.startsWith('-')) plain.push(word);
    else if (value !== undefined) values.set(name, value);
    else if (TAKES_VALUE.has(word)) {
      index += 1;
      values.set(word, argv[index] ?? '');
    } else flags.add(word);
  }
  return { verb: plain[0] ?? 'help', names: plain.slice(1), flags, values };
}

export function snap(context: ToolContext, call: Call): Reply {
  const words = readWords(call.argv);
  const reading = read(context, words);
  if (reading !== null) return reading;
  if (!['start', 'stop', 'restart', 'refresh', 'revert', 'logs'].includes(words.verb)) {
    return failed(`error: unknown command "${words.verb}", see 'snap help'.`, 64);
  }
  if (!call.root) return failed('error: access denied (try with sudo)');
  if (words.names.map((name) => name.split('.')[0]).join() !== 'lxd') {
    return failed(`error: snap "${words.names.join(' ')}" not found`);
  }
  return change(context, words);
}

function read(context: ToolContext, words: Words): Reply | null {
  const { world, member } = context;
  switch (words.verb) {
    case 'version':
      return done(
        columns([
          ['snap', '2.63'],
          ['snapd', '2.63'],
          ['series', '16'],
        ]),
      );
    case 'list':
      return list(world, member, words);
    case 'services':
      return services(member);
    case 'changes':
      return changes(world, member, words.flags.has('--abs-time'));
    case 'change':
    case 'tasks':
      return oneChange(world, member, words.names[0] ?? '', words.flags.has('--abs-time'));
    case 'info':
      return info(world, member);
    case 'refresh':
      return words.flags.has('--list') ? listRefresh(world, member, words) : null;
    default:
      return null;
  }
}

function notesOf(member: MemberState, revision: string): string {
  if (revision !== member.revision) return 'disabled';
  return [member.held ? 'held' : '', member.cohort ? 'in-cohort' : ''].filter((word) => word !== '').join(',') || '-';
}

function list(world: World, member: MemberState, words: Words): Answer {
  if (words.names.some((name) => name !== 'lxd')) return failed('error: no matching snaps installed');
  const revisions = words.flags.has('--all')
    ? [...member.installed].sort((a, b) => Number(a) - Number(b))
    : [member.revision];
  const rows = revisions.map((revision) => [
    'lxd',
    requireBuild(world.state, revision).version,
    revision,
    member.tracking,
    'canonical✓',
    notesOf(member, revision),
  ]);
  return done(columns([['Name', 'Version', 'Rev', 'Tracking', 'Publisher', 'Notes'], ...rows]));
}

function services(member: MemberState): Answer {
  const running = member.unit.active === 'active' || member.unit.active === 'activating' ? 'active' : 'inactive';
  return done(
    columns([
      ['Service', 'Startup', 'Current', 'Notes'],
      ['lxd.activate', 'enabled', 'inactive', '-'],
      ['lxd.daemon', member.unit.enabled ? 'enabled' : 'disabled', running, 'socket-activated'],
      ['lxd.user-daemon', 'enabled', member.userDaemonActive ? 'active' : 'inactive', 'socket-activated'],
    ]),
  );
}

function moment(world: World, at: number | null, absolute: boolean): string {
  if (at === null) return '-';
  const iso = new Date(at).toISOString();
  if (absolute) return iso.replace(/\.\d{3}Z$/, 'Z');
  const days = Math.floor(world.state.now / 86_400_000) - Math.floor(at / 86_400_000);
  const day = days === 0 ? 'today' : days === 1 ? 'yesterday' : `${String(days)} days ago`;
  return `${day} at ${iso.slice(11, 16)} UTC`;
}

function changes(world: World, member: MemberState, absolute: boolean): Answer {
  if (member.changes.length === 0) return failed('error: no changes found');
  const rows = member.changes.map((one) => [
    one.id,
    one.status,
    moment(world, one.spawn, absolute),
    moment(world, one.ready, absolute),
    one.summary,
  ]);
  return done(`${columns([['ID', 'Status', 'Spawn', 'Ready', 'Summary'], ...rows])}\n`);
}

const STEP_WORDS: Readonly<Record<ChangeStep['kind'], string>> = {
  stop: 'Stop snap "lxd" services',
  link: 'Make snap "lxd" available to the system',
  start: 'Run service command "start" for services ["activate" "daemon" "user-daemon"] of snap "lxd"',
  activate: 'Start snap "lxd" services',
  reload: 'Run service command "reload" for services of snap "lxd"',
  stuck: 'Download snap "lxd"',
};

function stepStatus(one: Change, index: number): string {
  if (one.status === 'Done' || index < one.step) return 'Done';
  return index === one.step && one.begun ? 'Doing' : 'Do';
}

function oneChange(world: World, member: MemberState, id: string, absolute: boolean): Answer {
  const found = member.changes.find((one) => one.id === id);
  if (found === undefined) return failed(`error: cannot find change with id "${id}"`);
  const rows = found.steps.map((step, index) => [
    stepStatus(found, index),
    moment(world, found.spawn, absolute),
    stepStatus(found, index) === 'Done' ? moment(world, found.ready ?? found.spawn, absolute) : '-',
    STEP_WORDS[step.kind],
  ]);
  return done(`${columns([['Status', 'Spawn', 'Ready', 'Summary'], ...rows])}\n`);
}

function info(world: World, member: MemberState): Answer {
  const head = requireBuild(world.state, world.state.channelHead ?? member.revision);
  const own = requireBuild(world.state, member.revision);
  return done(
    [
      'name:      lxd',
      'summary:   LXD - container and VM manager',
      'publisher: Canonical✓',
      'snap-id:   J60k4JY0HppjwOjW8dZdYc8obXKxujRu',
      `tracking:  ${member.tracking}`,
      'channels:',
      `  ${member.tracking}: ${head.version} 2026-11-20 (${head.revision}) 116MB -`,
      `installed:   ${own.version}            (${own.revision}) 116MB ${notesOf(member, member.revision)}`,
      '',
    ].join('\n'),
  );
}

/** What the store has for the member: a table, or one sentence on standard error. A hold keeps nothing out of it. */
function listRefresh(world: World, member: MemberState, words: Words): Reply {
  if (words.names.length > 0) return failed('error: --list does not accept additional arguments');
  if (member.faults.store === 'hangs') return () => null;
  if (member.faults.store === 'refuses') {
    return failed(
      'error: cannot list updates: persistent network error: dial tcp: lookup api.snapcraft.io: no such host',
    );
  }
  const head = requireBuild(world.state, world.state.channelHead ?? member.revision);
  if (head.revision === member.revision) return done('', 'All snaps up to date.\n');
  return done(
    columns([
      ['Name', 'Version', 'Rev', 'Size', 'Publisher', 'Notes'],
      ['lxd', head.version, head.revision, '116MB', 'canonical✓', '-'],
    ]),
  );
}

function change(context: ToolContext, words: Words): Reply {
  const { member } = context;
  switch (words.verb) {
    case 'logs':
      return logs(member, words.values.get('-n') ?? '10');
    case 'start':
      return begin(
        context,
        words,
        { kind: 'service-control', summary: 'Running service command', steps: START_STEPS },
        'Started.',
      );
    case 'stop':
      return begin(
        context,
        words,
        { kind: 'service-control', summary: 'Running service command', steps: [{ kind: 'stop' }] },
        'Stopped.',
      );
    case 'restart': {
      const steps: readonly ChangeStep[] = words.flags.has('--reload')
        ? [{ kind: 'reload' }]
        : [{ kind: 'stop' }, ...START_STEPS];
      return begin(
        context,
        words,
        { kind: 'service-control', summary: 'Running service command', steps },
        'Restarted.',
      );
    }
    case 'revert':
      return revert(context, words);
    default:
      return refresh(context, words);
  }
}

function logs(member: MemberState, count: string): Answer {
  const lines = member.journal
    .filter((entry) => entry.identifier.startsWith('lxd.'))
    .map(
      (entry) =>
        `${new Date(entry.at).toISOString().replace(/\.\d{3}Z$/, 'Z')} ${entry.identifier}[${String(entry.pid)}]: ${entry.message}\n`,
    );
  return done((count === 'all' ? lines : lines.slice(-Number(count))).join(''));
}

function refresh(context: ToolContext, words: Words): Reply {
  const { world, member } = context;
  if (words.flags.has('--hold') || words.values.has('--hold')) {
    member.held = true;
    return done('General refreshes of "lxd" held indefinitely\n');
  }
  if (words.flags.has('--unhold')) {
    member.held = false;
    return done('Removed general refresh hold of "lxd"\n');
  }
  const wanted = words.values.get('--revision') ?? world.state.channelHead ?? member.revision;
  const build = world.state.builds.find((one) => one.revision === wanted);
  if (build === undefined) return failed('error: cannot refresh "lxd": no snap revision available as specified');
  if (wanted === member.revision) return done('', 'snap "lxd" has no updates available\n');
  const steps = refreshSteps(wanted);
  const said = `lxd ${build.version} from Canonical✓ refreshed`;
  return begin(context, words, { kind: 'refresh-snap', summary: 'Refresh "lxd" snap', steps }, said);
}

function revert(context: ToolContext, words: Words): Reply {
  const { world, member } = context;
  const others = member.installed.filter((revision) => revision !== member.revision);
  const wanted = words.values.get('--revision') ?? others.at(-1);
  if (wanted === undefined) return failed('error: no revision to revert to');
  const steps = refreshSteps(wanted);
  const said = `lxd reverted to ${requireBuild(world.state, wanted).version}`;
  return begin(context, words, { kind: 'revert-snap', summary: 'Revert "lxd" snap', steps }, said);
}

/** Refused while another change is in progress; waited for unless `--no-wait`. */
function begin(
  context: ToolContext,
  words: Words,
  wanted: { readonly kind: string; readonly summary: string; readonly steps: readonly ChangeStep[] },
  said: string,
): Reply {
  const { world, member } = context;
  const other = changeInProgress(member);
  if (other !== null) return failed(`error: snap "lxd" has "${other.kind}" change in progress`, 10);
  const added = addChange(world, member, wanted);
  if (words.flags.has('--no-wait')) return done(`${added.id}\n`);
  return () => {
    if (added.status === 'Doing') return null;
    return added.status === 'Done' ? done(`${said}\n`) : failed('error: change failed');
  };
}
