/**
 * Probe, what lies on the disk and in the process table: left-over files, LXD's state file, sizes, log, instances, LXCFS.
 * Facts that a builtin can give cost no process.
 */
import { MEMBER_COMMANDS } from '../member-commands.ts';

/**
 * Coarse filter for lines worth sending: each pattern of `data/log-patterns.json` that can stand in a log gets through
 * (a test holds them together).
 */
export const LOG_FILTER = [
  'is behind',
  'cluster not started yet',
  'inconsistent versions',
  'more recent than expected',
  'queries from',
  'updated 0 rows',
  'No node registered',
  'Failed (to start|starting|to initialize|initializing) ',
  'Failed (connecting to global|heartbeat|adding member event|applying patch)',
  'qlite',
  'past last snapshot',
  'count in preamble',
  'out-of-date',
  'Triggering cluster',
  'Rejecting heartbeat',
  'Could not notify',
  'Time skew',
  'storage buckets backed',
  'Unsupported upgrade path',
  'ecovery tarball',
  'Custom patches',
  'joining server',
  'daemon (not ready|setup)',
  'waiting for other nodes',
  'LXD failed',
  'Stop reason',
  'Forcefully stopping',
  'custom debug',
  'repeated too quickly|start-limit-hit',
  'restart counter is',
].join('|');

/** Matched per argument (`-z`); only the match is sent, so that an enormous argument costs nothing. */
const PROCESSES = [
  '^\\[lxc monitor\\] .{0,300}',
  '/common/lxd/(logs|run)/[^/]{1,200}/qemu\\.pid$',
  '^([^ ]{0,200}/)?lxcfs( |$)',
  '^--logfile(=|$)',
  '/common/lxd/logs/lxd\\.log$',
  '^LXD_ARTIFICIALLY_BUMP_API_EXTENSIONS=.{0,20}',
].join('|');

export const FILES_SCRIPT = `fingerprint() {
  while IFS= read -r line; do
    case $line in -----END*) break ;; -----*) ;; *) printf '%s\\n' "$line" ;; esac
  done <"$1" | base64 -d | sha256sum
}
files() {
  {
    if [ -d "$D" ] && [ -r "$D" ] && [ -x "$D" ]; then echo readable; elif [ -e "$L" ]; then echo unreadable; fi
    if [ -e "$D/patch.local.sql" ] || [ -L "$D/patch.local.sql" ]; then echo patch-local; fi
    if [ -e "$D/patch.global.sql" ] || [ -L "$D/patch.global.sql" ]; then echo patch-global; fi
    [ -e "$D/lxd_recovery_db.tar.gz" ] && echo recovery-tarball
    [ -f "$C/lxd.debug" ] && [ -x "$C/lxd.debug" ] && echo lxd-debug
    [ -e "$S/current" ] && echo current
    for f in state lxd.pid lxcfs.pid; do
      [ -r "$C/$f" ] && [ -f "$C/$f" ] && { line=; IFS= read -r line <"$C/$f" || :; printf '%s %s\\n' "$f" "$line"; }
    done
    if [ -f "$L/cluster.crt" ]; then printf 'certificate %s\\n' "$(fingerprint "$L/cluster.crt")"; fi
    if [ -f "$C/lockstep/marker" ] && [ ! -L "$C/lockstep/marker" ]; then
      line=; IFS= read -r line <"$C/lockstep/marker" || :
      printf 'marker %s %s\\n' "$(date +%s)" "$line"
    elif [ -e "$C/lockstep/marker" ] || [ -L "$C/lockstep/marker" ]; then echo 'marker unreadable'; fi
    printf 'lxd %s\\n' "$(command -v lxd)"
    lacks=
    for one in ${MEMBER_COMMANDS.map(({ name }) => name).join(' ')}; do
      command -v "$one" >/dev/null || lacks="$lacks $one"
    done
    echo "lacks$lacks"
  } >"$T/files" 2>/dev/null
  echo 0 >"$T/files.rc"
  if [ -e "$D/patch.global.sql" ]; then run patch 2 head -c 4096 "$D/patch.global.sql"; fi
  if [ -d "$D" ]; then
    run size 3 du -sb "$D" &
    run free 2 stat -f -c '%a %S' "$D" &
  fi
  if [ -e "$S/current" ]; then run stop-script 2 grep -c crashed "$S/current/commands/daemon.stop"; fi
  wait
}
processes() {
  pid=; [ -r "$C/lxd.pid" ] && { read -r pid <"$C/lxd.pid" || :; }
  case $pid in ''|*[!0-9]*) pid=0 ;; esac
  own_processes
  (cd "$P" 2>/dev/null && run processes 3 grep -aosHzE '${PROCESSES}' $own "$pid/environ")
}
logs() {
  { timeout -k 1 3 tail -c 262144 "$L/logs/lxd.log" 2>"$T/log.err" </dev/null; echo $? >"$T/log.rc"; } |
    grep -aE '${LOG_FILTER}' >"$T/log"
}
`;
