/**
 * Which processes are this host's own, and which of them is LXD's daemon. A container may run an LXD of its own, whose
 * processes look exactly the same from outside: its PID namespace tells it apart. Needed by the probe and by the stop verbs.
 */

/** Leaves `own`: `PID/cmdline` of each process of this PID namespace, relative to `$P`. A place without namespaces counts as own. */
export const OWN_PROCESSES = `own_processes() {
  own=
  for entry in "$P"/[0-9]*; do
    if [ "$entry/ns/pid" -ef "$P/self/ns/pid" ] || [ ! -e "$entry/ns/pid" ]; then own="$own \${entry##*/}/cmdline"; fi
  done
}
`;

/**
 * `is_lxd EXE`: that link is a binary of the lxd snap, of a revision that is kept or of one that is gone.
 * `daemons`: pids of LXD daemons. Their children (`lxd fork…`, monitors) run the same binary; the log file's argument tells.
 */
export const DAEMONS = `is_lxd() {
  for binary in "$S"/*/sbin/lxd "$S"/*/bin/lxd "$C/lxd.debug"; do [ "$1" -ef "$binary" ] && return 0; done
  case $(readlink "$1") in */lxd/*/sbin/lxd|*/lxd/*/bin/lxd|*/lxd/*/sbin/lxd' (deleted)'|*/lxd/*/bin/lxd' (deleted)') return 0 ;; esac
  return 1
}
daemons() {
  own_processes
  for entry in $(cd "$P" && timeout 5 grep -lsazE '^--logfile(=|$)' $own); do
    is_lxd "$P/\${entry%/cmdline}/exe" && printf '%s ' "\${entry%/cmdline}"
  done
}
`;
