/**
 * `systemctl` on the LXD snap's units, with the words and exit codes of systemd 252. What the units do is in `model/unit.ts`.
 */
import { killDaemon } from '../model/advance.ts';
import type { MemberState } from '../model/types.ts';
import { reloadUnit, startSockets, startUnit, stopUnit } from '../model/unit.ts';
import { DAEMON_UNIT } from '../model/world.ts';
import type { World } from '../model/world.ts';
import { done, failed } from './answer.ts';
import type { Answer, Call, Reply, ToolContext } from './answer.ts';

const SOCKET = 'snap.lxd.daemon.unix.socket';
const USER_SOCKET = 'snap.lxd.user-daemon.unix.socket';
const USER_DAEMON = 'snap.lxd.user-daemon.service';
const UNITS: readonly string[] = [DAEMON_UNIT, SOCKET, USER_SOCKET, USER_DAEMON];
const CHANGES: readonly string[] = ['start', 'stop', 'restart', 'reload', 'reset-failed', 'kill', 'enable', 'disable'];

interface Words {
  readonly verb: string;
  readonly units: readonly string[];
  readonly flags: ReadonlySet<string>;
  readonly properties: readonly string[];
  readonly signal: string;
}

function readWords(argv: readonly string[]): Words {
  const plain: string[] = [];
  const flags = new Set<string>();
  const properties: string[] = [];
  let signal = 'TERM';
  for (let index = 0; index < argv.length; index += 1) {
    const word = argv[index] ?? '';
    const [name = '', value] = word.split(/=(.*)/s);
    if (['-p', '--property', '-s', '--signal'].includes(name)) {
      if (value === undefined) index += 1;
      const given = value ?? argv[index] ?? '';
      if (name === '-s' || name === '--signal') signal = given.replace(/^SIG/, '');
      else properties.push(...given.split(','));
    } else if (word.startsWith('-')) flags.add(name);
    else plain.push(word);
  }
  const units = plain.slice(1).map((unit) => (/\.(?:service|socket)$/.test(unit) ? unit : `${unit}.service`));
  return { verb: plain[0] ?? 'list-units', units, flags, properties, signal };
}

export function systemctl(context: ToolContext, call: Call): Reply {
  const { world, member } = context;
  const words = readWords(call.argv);
  if (call.argv.includes('--version')) return done('systemd 252 (252.39-1~deb12u1)\n');
  switch (words.verb) {
    case 'is-active':
      return isState(words, (unit) => activeState(member, unit), ['active'], 3);
    case 'is-failed':
      return isState(words, (unit) => activeState(member, unit), ['failed'], 1);
    case 'is-enabled':
      return isState(words, (unit) => fileState(member, unit), ['enabled', 'static'], 1);
    case 'show':
      return show(member, words);
    default:
  }
  if (!CHANGES.includes(words.verb)) return failed(`Unknown command verb ${words.verb}.`);
  if (!call.root) return failed(`Failed to ${words.verb} ${words.units.join(' ')}: Access denied`);
  for (const unit of words.units) {
    if (!UNITS.includes(unit)) return failed(`Failed to ${words.verb} ${unit}: Unit ${unit} not found.`, 5);
  }
  return change(world, member, words);
}

function activeState(member: MemberState, unit: string): string {
  if (unit === DAEMON_UNIT) return member.unit.active;
  if (unit === SOCKET) return member.socket.active ? 'active' : 'inactive';
  if (unit === USER_SOCKET) return member.userSocket.active ? 'active' : 'inactive';
  return unit === USER_DAEMON && member.userDaemonActive ? 'active' : 'inactive';
}

function subState(member: MemberState, unit: string): string {
  if (unit === DAEMON_UNIT) return member.unit.sub;
  const active = activeState(member, unit) === 'active';
  if (unit.endsWith('.socket')) return active ? (member.daemon === null ? 'listening' : 'running') : 'dead';
  return active ? 'running' : 'dead';
}

function fileState(member: MemberState, unit: string): string {
  if (unit === DAEMON_UNIT) return member.unit.enabled ? 'enabled' : 'disabled';
  return UNITS.includes(unit) ? 'enabled' : 'not-found';
}

function isState(words: Words, stateOf: (unit: string) => string, good: readonly string[], otherwise: number): Answer {
  const states = words.units.map(stateOf);
  const quiet = words.flags.has('-q') || words.flags.has('--quiet');
  const code = states.some((state) => good.includes(state)) ? 0 : otherwise;
  return { code, out: quiet ? '' : states.map((state) => `${state}\n`).join(''), err: '' };
}

function show(member: MemberState, words: Words): Answer {
  const blocks = words.units.map((unit) => {
    const facts = factsOf(member, unit);
    const names =
      words.properties.length === 0
        ? Object.keys(facts)
        : Object.keys(facts).filter((name) => words.properties.includes(name));
    return names
      .map((name) => (words.flags.has('--value') ? `${facts[name] ?? ''}\n` : `${name}=${facts[name] ?? ''}\n`))
      .join('');
  });
  return done(blocks.join('\n'));
}

function factsOf(member: MemberState, unit: string): Readonly<Record<string, string>> {
  const known = UNITS.includes(unit);
  const common = {
    Id: unit,
    LoadState: known ? 'loaded' : 'not-found',
    ActiveState: activeState(member, unit),
    SubState: subState(member, unit),
    UnitFileState: known ? fileState(member, unit) : '',
  };
  if (unit !== DAEMON_UNIT) return { ...common, Result: 'success' };
  return {
    Type: 'simple',
    Restart: 'on-failure',
    NRestarts: String(member.unit.restarts),
    MainPID: String(member.unit.mainPid),
    Result: member.unit.result,
    ...common,
  };
}

/** Done at once or waited for, unless `--no-block`. */
function change(world: World, member: MemberState, words: Words): Reply {
  if (words.verb === 'reload' && words.units.includes(DAEMON_UNIT) && member.unit.active !== 'active') {
    return failed(`${DAEMON_UNIT} is not active, cannot reload.`);
  }
  let warning = '';
  if (
    words.verb === 'stop' &&
    words.units.includes(DAEMON_UNIT) &&
    !words.units.includes(SOCKET) &&
    member.socket.active
  ) {
    warning = `Warning: Stopping ${DAEMON_UNIT}, but it can still be activated by:\n  ${SOCKET}\n`;
  }
  for (const unit of words.units) act(world, member, words, unit);
  const waits = words.units.includes(DAEMON_UNIT) && (words.verb === 'stop' || words.verb === 'restart');
  if (!waits || words.flags.has('--no-block')) return done('', warning);
  return () => (member.unit.stop === null ? done('', warning) : null);
}

function act(world: World, member: MemberState, words: Words, unit: string): void {
  const { verb } = words;
  if (unit === DAEMON_UNIT) {
    actOnDaemon(world, member, words);
    return;
  }
  if (unit === USER_DAEMON) {
    if (verb === 'stop') member.userDaemonActive = false;
    return;
  }
  const socket = unit === SOCKET ? member.socket : member.userSocket;
  if (verb === 'stop') socket.active = false;
  if (verb === 'start' || verb === 'restart') {
    socket.active = true;
    socket.file = true;
  }
  if (verb === 'enable' || verb === 'disable') socket.enabled = verb === 'enable';
}

function actOnDaemon(world: World, member: MemberState, words: Words): void {
  const { unit } = member;
  switch (words.verb) {
    case 'start':
      if (!member.socket.active) startSockets(member);
      startUnit(world, member);
      return;
    case 'stop':
      stopUnit(world, member, null);
      return;
    case 'restart':
      stopUnit(world, member, null);
      startUnit(world, member);
      return;
    case 'reload':
      reloadUnit(world, member);
      return;
    case 'reset-failed':
      if (unit.active === 'failed') {
        unit.active = 'inactive';
        unit.sub = 'dead';
        unit.result = 'success';
      }
      return;
    case 'kill':
      killDaemon(world, member, words.signal);
      return;
    default:
      unit.enabled = words.verb === 'enable' || (words.verb !== 'disable' && unit.enabled);
  }
}
