/**
 * Leadership of the simulated dqlite cluster and its heartbeats. A majority of voters must have its node up, whatever their
 * daemons do; a leader that goes is replaced after an election. Heartbeats need a leader whose daemon is past its own check.
 */
import { mapNodes, nodesOf } from './tables.ts';
import type { ClusterState, MemberState } from './types.ts';
import { chance, log, requireBuild, schedule } from './world.ts';
import type { World } from './world.ts';
import { heartbeatText, outOfDateText } from './words.ts';

function nodeIsUp(member: MemberState): boolean {
  return member.daemon?.dqliteUp === true && !member.faults.partitioned;
}

function hasMajority(state: ClusterState): boolean {
  const voters = state.members.filter((member) => member.role === 'voter');
  return voters.filter(nodeIsUp).length * 2 > voters.length;
}

/** Whether this member can read and write the global database now. */
export function canWrite(state: ClusterState, member: MemberState): boolean {
  return state.leader !== null && !member.faults.partitioned && hasMajority(state);
}

/** To be called whenever a node comes up or goes. */
export function reviewLeader(world: World): void {
  const { state } = world;
  const leader = state.members.find((member) => member.name === state.leader);
  if (leader === undefined || !nodeIsUp(leader) || !hasMajority(state)) state.leader = null;
  if (state.leader !== null || !hasMajority(state)) return;
  if (!state.agenda.some((entry) => entry.what.kind === 'elect'))
    schedule(world, world.timing.electionMs, { kind: 'elect' });
}

/** The voter that has been up longest: it has the longest log. */
export function elect(world: World): void {
  const { state } = world;
  if (state.leader !== null || !hasMajority(state)) return;
  const [first] = state.members
    .filter((member) => member.role === 'voter' && nodeIsUp(member))
    .sort((a, b) => (a.daemon?.startedAt ?? 0) - (b.daemon?.startedAt ?? 0));
  state.leader = first?.name ?? null;
}

function answersHeartbeats(member: MemberState): boolean {
  const phase = member.daemon?.phase;
  return !member.faults.partitioned && (phase === 'serving' || phase === 'waiting' || phase === 'aligned');
}

/** One round: every member that answers gets the moment into its row; serving members look whether they are out of date. */
export function beat(world: World): void {
  const { state } = world;
  const leader = state.members.find((member) => member.name === state.leader);
  if (leader === undefined || !answersHeartbeats(leader) || state.transaction !== null) return;
  const answering = new Set(state.members.filter(answersHeartbeats).map((member) => member.address));
  const at = heartbeatText(state.now + leader.faults.clockOffsetMs);
  state.database = mapNodes(state.database, (row) =>
    answering.has(String(row['address'])) ? { ...row, heartbeat: at } : row,
  );
  for (const member of state.members) {
    if (member.daemon?.phase === 'serving' && answersHeartbeats(member)) lookOutOfDate(world, member);
  }
}

/** LXD compares rows, evacuated ones too, not binaries; then it refreshes its own snap, held or not. */
function lookOutOfDate(world: World, member: MemberState): void {
  const { state } = world;
  const rows = nodesOf(state.database);
  const own = rows.find((row) => row.address === member.address);
  if (own === undefined || !rows.some((row) => row.schema > own.schema || row.extensions > own.extensions)) return;
  if (state.now - member.lastOutOfDateAt < world.timing.outOfDateMs * 2) return;
  member.lastOutOfDateAt = state.now;
  log(world, member, 'warning', outOfDateText(requireBuild(state, member.revision)));
  schedule(world, chance(world, world.timing.outOfDateMs), { kind: 'auto-refresh', member: member.name });
}
