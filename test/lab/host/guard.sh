# A lab of a test must not outlive it, however it ends: Ctrl-C, a signal, a kill. Its guard waits for that, in a session of its own,
# and takes the lab down. A lab that a person started by hand has no owner and no guard.
# shellcheck shell=bash

# Begun by `up` before it makes anything that has to be taken down.
post_guard() {
  [ -n "${LOCKSTEP_LAB_OWNER:-}" ] || return 0
  note_process "$LOCKSTEP_LAB_OWNER" "$LAB/owner.pid"
  note_process $$ "$LAB/up.pid"
  # in a subshell: no job of this shell, which waits for its jobs
  (setsid bash "$HERE/lab.sh" guard < /dev/null > "$LAB/guard.log" 2>&1 &)
}

guard() {
  note_process $$ "$LAB/guard.pid"
  # `up` may be under way still: two hands at once would leave what neither of them knows of
  while live_pid "$LAB/owner.pid" > /dev/null || live_pid "$LAB/up.pid" > /dev/null; do
    [ -e "$LAB/members" ] || exit 0
    sleep 0.5
  done
  [ -e "$LAB/members" ] || exit 0
  rm -f "$LAB/guard.pid"
  down
  sweep_data
}

dismiss_guard() {
  local pid
  for pid in $(live_pid "$LAB/guard.pid"); do kill "$pid" 2> /dev/null || true; done
}

# Data directories of Lockstep whose test is gone: lockstep-lab-data-PID-RANDOM. A file system of its own may be mounted below.
sweep_data() {
  local dir pid place
  for dir in "${TMPDIR:-/tmp}"/lockstep-lab-data-*-*; do
    pid=${dir##*/lockstep-lab-data-}
    pid=${pid%%-*}
    case $pid in '' | *[!0-9]*) continue ;; esac
    [ -d "$dir" ] && [ ! -e "/proc/$pid" ] || continue
    for place in $(cut -d' ' -f2 /proc/self/mounts | grep "^$dir/" | sort -r); do umount "$place" || true; done
    rm -rf --one-file-system "$dir"
  done
}
