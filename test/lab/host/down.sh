# Take a lab away: end what it started, by pid, and remove its links and its directory. Safe to repeat.
# shellcheck shell=bash

down() {
  local member pid
  dismiss_guard
  for member in $(members); do
    for pid in $(live_pid "$LAB/$member/hardware.pid"); do
      kill -STOP "$pid" # so that it does not boot the member again
      end_member "$pid"
    done
    for pid in $(live_pid "$LAB/$member/init.pid"); do kill -KILL "$pid"; done # only left if the hardware was killed by hand
    # at once and by name: the kernel frees the links of a dead namespace up to a minute late
    ip link del "$(port_of "$member")" 2> /dev/null || true
  done
  [ ! -e "$LAB/members" ] || ip link del "$BRIDGE" 2> /dev/null || true
  rm -rf --one-file-system "$LAB"
}

end_member() {
  local hardware=$1 unshare init='' pid
  unshare=$(child_of "$hardware") # none on a member that is switched off
  [ -z "$unshare" ] || init=$(child_of "$unshare")
  for pid in $init $unshare $hardware; do kill -KILL "$pid" 2> /dev/null || true; done
  for pid in $init $unshare $hardware; do wait_for 5 "process $pid to end" gone "$pid"; done
}

gone() { [ ! -e "/proc/$1" ] || grep -q '^State:[[:space:]]*Z' "/proc/$1/status"; }
