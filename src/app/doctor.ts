/** `doctor`: what Lockstep needs to work, checked one by one; each check that fails says what to do. */
import { assertNever } from '../domain/assert-never.ts';
import { foreignMarker, holderWords, MARKER_PATH } from '../domain/diagnose/held.ts';
import { doctorMessage } from '../chat/views/doctor.ts';
import type { ClusterConfig } from '../domain/cluster.ts';
import type { DoctorData } from '../domain/data.ts';
import { MEMBER_COMMANDS } from '../lxd/member-commands.ts';
import type { MemberObservation, Reach } from '../domain/observation.ts';
import { visibleClusters } from './authorise.ts';
import type { Call } from './call.ts';
import type { AppDeps, DoctorCheck } from './deps.ts';

/** A clock that is further off makes times in logs hard to compare. */
const CLOCK_WARN_MS = 5_000;
const CLOCK_FAIL_MS = 60_000;

export async function doctor(call: Call): Promise<void> {
  const data = await examine(call.deps, visibleClusters(call.person, call.deps.clusters));
  await call.post({ message: doctorMessage(data), data });
}

export async function examine(
  deps: Pick<AppDeps, 'localChecks' | 'prober'>,
  clusters: readonly ClusterConfig[],
): Promise<DoctorData> {
  const [local, ...members] = await Promise.all([
    deps.localChecks(),
    ...clusters.map(async (cluster) => {
      const observation = await deps.prober.probe(cluster);
      return observation.members.flatMap((member) => checksOfMember(cluster, member));
    }),
  ]);
  return { kind: 'doctor', checks: [...local, ...members.flat()] };
}

function checksOfMember(cluster: ClusterConfig, member: MemberObservation): readonly DoctorCheck[] {
  const target = `${cluster.name}/${member.member}`;
  const check = (id: string, next: string | null, state: 'ok' | 'warn' | 'fail'): DoctorCheck => ({
    id,
    target,
    state,
    next,
  });
  const failure = failureOf(cluster, member);
  if (failure !== null) {
    const passed = ['reachable', 'host-key', 'login', 'sudo'].slice(0, failure.after);
    return [...passed.map((id) => check(id, null, 'ok')), check(failure.id, failure.next, 'fail')];
  }
  return [
    ...['reachable', 'host-key', 'login', 'sudo'].map((id) => check(id, null, 'ok')),
    lxdCheck(member, target),
    ...commandsCheck(member, target),
    clockCheck(member, target),
    markerCheck(member, target),
  ];
}

interface Failure {
  readonly id: string;
  /** How many of the four gates it passed. */
  readonly after: number;
  readonly next: string;
}

function failureOf(cluster: ClusterConfig, member: MemberObservation): Failure | null {
  const where = `${member.host}:${member.port}`;
  const reach: Reach = member.reach;
  switch (reach.kind) {
    case 'answered':
      return null;
    case 'timed-out':
    case 'lost':
      // The probe was sent, so the login worked.
      return {
        id: 'answer',
        after: 3,
        next: `${member.member} let Lockstep in and then gave no whole answer: look for load, a hanging disk or a command that waits there: ssh ${cluster.ssh.user}@${member.host}`,
      };
    case 'unreachable':
      return { id: 'reachable', after: 0, next: `Check that ${where} answers: ssh ${cluster.ssh.user}@${member.host}` };
    case 'host-key-refused':
      return { id: 'host-key', after: 1, next: hostKeyNext(cluster, member, reach.reason) };
    case 'auth-failed':
      return {
        id: 'login',
        after: 2,
        next: `Put the public key of Lockstep into authorized_keys of ${cluster.ssh.user} on ${member.member}.`,
      };
    case 'sudo-refused':
      return {
        id: 'sudo',
        after: 3,
        next: `Let ${cluster.ssh.user} run sudo -n on ${member.member} (deploy/sudoers), or set ssh.user to root and sudo to false.`,
      };
    case 'garbled':
      return {
        id: 'answer',
        after: 3,
        next: `${member.member} answered with something else than the probe's answer: look for a login banner or a forced command.`,
      };
    default:
      return assertNever(reach);
  }
}

function hostKeyNext(
  cluster: ClusterConfig,
  member: MemberObservation,
  reason: Extract<Reach, { kind: 'host-key-refused' }>['reason'],
): string {
  switch (reason) {
    case 'unknown':
      return `Compare the fingerprint with the one on ${member.member}'s own console, then: lockstep trust ${cluster.name}`;
    case 'changed':
      return `The key of ${member.host} is not the known one. Find out why before anything else; then remove the old line from ${cluster.ssh.knownHostsPath}.`;
    case 'revoked':
      return `The key of ${member.host} is marked as revoked in ${cluster.ssh.knownHostsPath}. Don't connect.`;
    case 'known-hosts-unreadable':
      return `Make ${cluster.ssh.knownHostsPath} readable, or create it with: lockstep trust ${cluster.name}`;
    default:
      return assertNever(reason);
  }
}

function lxdCheck(member: MemberObservation, target: string): DoctorCheck {
  const install = member.facts?.install ?? null;
  if (install === 'snap') return { id: 'lxd', target, state: 'ok', next: null };
  if (install === 'not-a-snap') {
    return { id: 'lxd', target, state: 'fail', next: 'LXD here is not the snap; Lockstep knows the snap alone.' };
  }
  return {
    id: 'lxd',
    target,
    state: 'fail',
    next: `Install the LXD snap on ${member.member}, or take it out of the configuration.`,
  };
}

/** Nothing about a host without LXD: there nothing is called. */
function commandsCheck(member: MemberObservation, target: string): readonly DoctorCheck[] {
  const lacks = member.facts?.lacks ?? null;
  if (lacks === null) return [];
  const missing = MEMBER_COMMANDS.filter(({ name }) => lacks.includes(name));
  if (missing.length === 0) return [{ id: 'commands', target, state: 'ok', next: null }];
  const names = missing.map(({ name, without }) => (without === null ? name : `${name} (without it ${without})`));
  const packages = [...new Set(missing.map((each) => each.package))].join(' ');
  const next = `Not found there: ${names.join(', ')}. On ${member.member}: sudo apt install ${packages}`;
  return [{ id: 'commands', target, state: missing.some(({ without }) => without === null) ? 'fail' : 'warn', next }];
}

/** Whether somebody else has this member: said here too, since a refusal is easier to expect than to understand. */
function markerCheck(member: MemberObservation, target: string): DoctorCheck {
  const marker = member.facts?.marker ?? null;
  const other = foreignMarker(marker);
  if (marker?.kind === 'unreadable') {
    const next = `Something lies at ${MARKER_PATH} that is no marker: find out who put it there and remove it.`;
    return { id: 'marker', target, state: 'warn', next };
  }
  if (other === null) return { id: 'marker', target, state: 'ok', next: null };
  const next = `Held by ${holderWords([other])}: finish or abort that run there, or wait for its deadline.`;
  return { id: 'marker', target, state: 'warn', next };
}

function clockCheck(member: MemberObservation, target: string): DoctorCheck {
  const offset = member.facts?.clockOffsetMs ?? null;
  if (offset === null)
    return { id: 'clock', target, state: 'warn', next: 'The clock could not be read; type doctor again.' };
  const far = Math.abs(offset);
  if (far < CLOCK_WARN_MS) return { id: 'clock', target, state: 'ok', next: null };
  const next = `The clock is ${Math.round(far / 1000)} s ${offset > 0 ? 'ahead' : 'behind'}: check time synchronisation (timedatectl).`;
  return { id: 'clock', target, state: far < CLOCK_FAIL_MS ? 'warn' : 'fail', next };
}
