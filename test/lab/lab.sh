#!/bin/bash
# A real LXD cluster on this machine: N members, each with its own network, mount, PID and UTS namespace, its own small root
# directory, sshd, LXD daemon, and stand-ins for systemd and snapd. `npm run lab` is the comfortable way to it.
#   lab.sh up [N]             members m1..mN, clustered, all on revision 502 (LXD 5.0.2, 318 extensions)
#   lab.sh on MEMBER CMD...   run a command on a member as root, with all tools of this machine
#   lab.sh disk MEMBER CMD... run a command among a member's files only, also when it is switched off
#   lab.sh power-off MEMBER   cut a member's power            lab.sh power-on MEMBER   and give it back
#   lab.sh unplug MEMBER      pull a member's network cable  lab.sh plug MEMBER       and put it back
#   lab.sh reset              every member back to where it was at the end of `up`
#   lab.sh down               take it all away
#   lab.sh sweep              take away what tests left that were killed, when no guard of theirs could
# Environment: LOCKSTEP_LAB_DIR, LOCKSTEP_LAB_NET (first three bytes of a /24), LOCKSTEP_LAB_TAG (in the names of links):
# two labs with different values of all three can be up at once. LOCKSTEP_LAB_OWNER: pid of a process that the lab must not outlive.
# LOCKSTEP_LAB_STOP_SECONDS: how long a stop waits before it kills.
set -eu
HERE=$(cd "$(dirname "$0")" && pwd)
for part in common root up cluster reset down guard; do
  # shellcheck source=/dev/null
  . "$HERE/host/$part.sh"
done

case "${1:-}" in
  up) up "${2:-3}" ;;
  down) require_host; down ;;
  guard) guard ;;
  sweep) sweep_data ;;
  on) shift; on "$@" ;;
  unplug) ip link set "$(port_of "$2")" down ;;
  plug) ip link set "$(port_of "$2")" up ;;
  reset) reset ;;
  disk) shift; in_hardware "$@" ;;
  power-off) power_off "$2" ;;
  power-on) power_on "$2" ;;
  *) sed -n '2,13s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac
