# Names, paths and checks that the parts of lab.sh share. Everything a lab owns lies under $LAB or carries $TAG in its name.
# shellcheck shell=bash
LAB=${LOCKSTEP_LAB_DIR:-${TMPDIR:-/tmp}/lockstep-lab}
NET=${LOCKSTEP_LAB_NET:-10.77.0}
TAG=${LOCKSTEP_LAB_TAG:-lab}
BRIDGE=lk-$TAG
SSH_PORT=22
PACKAGES='lxd lxd-client openssh-server iproute2 python3 sqlite3 curl sudo procps util-linux'

fail() {
  echo "lab: $*" >&2
  exit 1
}

members() { cat "$LAB/members" 2>/dev/null || true; }
ip_of() { echo "$NET.${1#m}"; }
port_of() { echo "$BRIDGE-$1"; }

# A pid may have been given to another process since: it is ours only if it started when ours did.
start_of() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }
note_process() { echo "$1 $(start_of "$1")" > "$2"; }
live_pid() {
  local pid start
  [ -s "$1" ] && read -r pid start < "$1" && [ -n "$start" ] && [ "$(start_of "$pid")" = "$start" ] && echo "$pid"
}

child_of() { pgrep -P "$1" 2>/dev/null | head -1; }

wait_for() { # SECONDS WHAT COMMAND...
  local end=$((SECONDS + $1)) what=$2
  shift 2
  until "$@" > /dev/null 2>&1; do
    [ "$SECONDS" -lt "$end" ] || fail "waited too long for $what"
    sleep 0.05
  done
}

require_host() {
  local tool missing=
  [ "$(id -u)" = 0 ] || fail "needs root: it makes network, mount and process namespaces (sudo npm run lab ...)"
  [ "$(uname -s)" = Linux ] || fail "needs Linux"
  for tool in /usr/bin/lxd /usr/bin/lxc /usr/sbin/sshd ip unshare nsenter pivot_root /usr/bin/python3 sqlite3 curl sudo pgrep ssh-keygen; do
    command -v "$tool" > /dev/null || missing="$missing $tool"
  done
  [ -z "$missing" ] || fail "not found:$missing. On Debian 12: apt-get install -y --no-install-recommends $PACKAGES"
  case "$(/usr/bin/lxd --version)" in
    5.0.2) ;;
    *) fail "needs LXD 5.0.2 as packaged for Debian, found $(/usr/bin/lxd --version)" ;;
  esac
  [ ${#TAG} -le 8 ] || fail "LOCKSTEP_LAB_TAG may have 8 characters at most"
}

# Run a command on a member as root, in all of its namespaces, with every tool of this machine in PATH.
on() {
  local member=$1 pid
  shift
  pid=$(live_pid "$LAB/$member/init.pid") || fail "$member is switched off"
  nsenter -t "$pid" -m -n -p -u -W/root -- /usr/bin/env -i HOME=/root LANG=C.UTF-8 TERM=dumb \
    PATH=/snap/bin:/usr/local/bin:/usr/bin:/opt/host/usr/sbin:/opt/host/usr/bin "$@"
}
