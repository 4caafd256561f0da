/**
 * The classical runbook as a good operator would put it into a script: one kept connection per host, every stage on all hosts side by
 * side, each stage checked before the next begins. The same stop of a daemon that is not ready, the same archive with its hash, the
 * same guarded patch that never overwrites, the same start.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Lab } from '../../lab/lab.ts';

const run = promisify(execFile);

const STOP = `C=/var/snap/lxd/common
systemctl stop snap.lxd.daemon.unix.socket snap.lxd.user-daemon.unix.socket snap.lxd.user-daemon.service || exit 1
grep -q crashed /snap/lxd/current/commands/daemon.stop || exit 1
lxcfs=$(cat $C/lxcfs.pid)
ready() { [ "$(curl -s -o /dev/null -m 2 -w '%{http_code}' --unix-socket $C/lxd/unix.socket http://lxd/internal/ready)" = 200 ]; }
for try in $(seq 900); do
  case $(systemctl show -p ActiveState --value snap.lxd.daemon.service) in inactive|failed) break ;; esac
  pid=$(cat $C/lxd.pid)
  if [ -n "$pid" ] && [ "$(readlink -f /proc/$pid/exe)" -ef /snap/lxd/current/bin/lxd ] && [ -z "$(cat $C/state)" ] && ! ready; then
    kill -STOP $pid 2>/dev/null || continue
    echo crashed >$C/state
    systemctl stop snap.lxd.daemon.service
    kill -KILL $pid
  else
    sleep 0.1
  fi
done
[ "$(cat $C/lxcfs.pid)" = "$lxcfs" ] && [ -e /proc/$lxcfs ] && ! pgrep -f '^/snap/lxd/current/bin/lx[d] '`;

const BACK_UP = `set -e
umask 077
mkdir -p /var/snap/lxd/common/by-hand
cd /var/snap/lxd/common/by-hand
list() { (cd /var/snap/lxd/common/lxd && ls -lAR --time-style=+%s.%N database); }
list >before
tar -C /var/snap/lxd/common/lxd -czf database.tgz database
list >after
[ "$(cat before)" = "$(cat after)" ]
sha256sum database.tgz >database.tgz.sha256
sync database.tgz
sha256sum -c database.tgz.sha256`;

/** Rows of the lab: schema 60, three members, counts of 5.0.2 to those of 5.0.1. */
const PATCH = `set -e
umask 077
cd /var/snap/lxd/common/lxd/database
echo "UPDATE nodes SET api_extensions=313 WHERE schema=60 AND id IN (1,2,3) AND api_extensions IN (318) AND CAST(strftime('%s','now') AS INTEGER) < $(($(date +%s) + 600));" >.by-hand.sql
sync .by-hand.sql
ln .by-hand.sql patch.global.sql
rm .by-hand.sql`;

const START = `systemctl start --no-block snap.lxd.daemon.unix.socket snap.lxd.user-daemon.unix.socket
systemctl start --no-block snap.lxd.daemon.service`;

const STAGES = [
  ['stop', STOP],
  ['backup', BACK_UP],
  ['patch', PATCH],
  ['start', START],
] as const;

/** `on STAGE` runs that stage's text on every host at once, and fails when it failed on one. */
const SCRIPT = `#!/bin/bash
here=$1; shift
on() {
  local pids=() host
  for host in "$@"; do
    ssh -F "$here/ssh_config" "$host" sudo -n -- sh -s <"$here/$stage" >"$here/$stage.$host.log" 2>&1 &
    pids+=($!)
  done
  for pid in "\${pids[@]}"; do wait "$pid" || { echo "$stage failed" >&2; cat "$here/$stage".*.log >&2; exit 1; }; done
  echo "$stage $(date +%s%3N)"
}
echo "begin $(date +%s%3N)"
for stage in stop backup patch start; do on "$@"; done
`;

interface ScriptRun {
  /** Name and ms of each stage, in order. */
  readonly stages: readonly (readonly [stage: string, ms: number])[];
}

export interface Operator {
  /** From all crash-looping to all told to start. */
  runbook(): Promise<ScriptRun>;
  close(): Promise<void>;
}

/** A client in the background that others go through. It keeps what it was given, so it is given nothing. */
async function connect(config: string, name: string): Promise<void> {
  const [code] = await once(spawn('ssh', ['-F', config, '-f', '-N', '-M', name], { stdio: 'ignore' }), 'exit');
  if (code !== 0) throw new Error(`no connection to ${name}`);
}

/** Connections are made before every runbook, since members lose theirs with their power in between. */
export async function createOperator(lab: Lab): Promise<Operator> {
  const dir = mkdtempSync(join(tmpdir(), 'lockstep-bench-'));
  const names = lab.members.map(({ name }) => name);
  const hosts = lab.members.map(({ name, host, port }) => `Host ${name}\n  HostName ${host}\n  Port ${port}\n`);
  const config = join(dir, 'ssh_config');
  writeFileSync(
    config,
    `${hosts.join('')}Host *\n  User ops\n  IdentityFile ${lab.key}\n  IdentitiesOnly yes\n  UserKnownHostsFile ${lab.knownHosts}
  StrictHostKeyChecking yes\n  BatchMode yes\n  ControlPath ${dir}/%n\n`,
  );
  for (const [stage, text] of STAGES) writeFileSync(join(dir, stage), `${text}\n`);
  const script = join(dir, 'runbook');
  writeFileSync(script, SCRIPT);
  const end = async (): Promise<void> => {
    await Promise.all(names.map((name) => run('ssh', ['-F', config, '-O', 'exit', name]).catch(() => undefined)));
  };
  return {
    async runbook() {
      await end();
      await Promise.all(names.map((name) => connect(config, name)));
      const { stdout } = await run('bash', [script, dir, ...names]);
      const marks = stdout
        .trim()
        .split('\n')
        .map((line) => line.split(' '))
        .map(([stage = '', at = '']) => [stage, Number(at)] as const);
      return {
        stages: marks.slice(1).map(([stage, at], index) => [stage, at - (marks[index]?.[1] ?? at)] as const),
      };
    },
    async close() {
      await end();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
