# Bring a lab up: binaries, bridge, members side by side, then the cluster; and the switch of a single member.
# shellcheck shell=bash

up() {
  local count=${1:-3} member
  [[ $count =~ ^[1-7]$ ]] || fail "the number of members is 1 to 7, not $count"
  require_host
  refuse_leftovers
  mkdir -p "$LAB/store"
  chmod 755 "$LAB"
  : > "$LAB/members" # from here on `down` knows that this is a lab
  trap 'code=$?; explain_failure; down; exit $code' EXIT
  post_guard
  make_store
  ssh-keygen -q -t ed25519 -N '' -C lockstep-lab -f "$LAB/key"
  ip link add "$BRIDGE" type bridge
  ip addr add "$NET.254/24" dev "$BRIDGE"
  ip link set "$BRIDGE" up
  for member in $(seq -f 'm%g' "$count"); do
    echo "$member" >> "$LAB/members"
    install_member "$member"
  done
  for member in $(members); do wait_for 10 "$member to boot" boot_seen "$member"; done
  form_cluster
  save
  trap - EXIT
}

explain_failure() {
  local member
  echo "lab: up failed; this is what the members said, and now it is taken down again" >&2
  for member in $(members); do
    tail -n 3 "$LAB/$member/hardware.log" "$LAB/$member/journal" >&2 2> /dev/null || true
  done
}

refuse_leftovers() {
  local member
  for member in $(members); do
    live_pid "$LAB/$member/hardware.pid" > /dev/null && fail "a lab is already up in $LAB (take it down first, or choose another LOCKSTEP_LAB_DIR, _NET and _TAG)"
  done
  if [ -e "$LAB/members" ]; then
    echo "lab: clearing what an earlier run left in $LAB" >&2
    down
  fi
  [ ! -e "$LAB" ] || [ -z "$(ls -A "$LAB")" ] || fail "$LAB is not empty and not a lab: remove it, or choose another LOCKSTEP_LAB_DIR"
  ip link show "$BRIDGE" > /dev/null 2>&1 && fail "the bridge $BRIDGE exists and belongs to another lab: choose another LOCKSTEP_LAB_TAG, or: ip link del $BRIDGE"
  ip -o -4 addr show | grep -q " $NET\.[0-9]*/" && fail "$NET.0/24 is in use on this machine: choose another LOCKSTEP_LAB_NET"
  return 0
}

# Revisions that a member can install: the installed LXD 5.0.2, and older point releases made from it.
make_store() {
  mkdir -p "$LAB"/store/{500,501,502}
  echo 5.0.0-b0287c1 > "$LAB/store/500/version"
  echo 5.0.1-9dcf35b > "$LAB/store/501/version"
  echo 5.0.2-838e1b2 > "$LAB/store/502/version"
  cp /usr/bin/lxd "$LAB/store/502/lxd"
  /usr/bin/python3 -B "$HERE/older.py" /usr/bin/lxd "$LAB/store/501/lxd" 313 5.0.2 5.0.1
  /usr/bin/python3 -B "$HERE/older.py" /usr/bin/lxd "$LAB/store/500/lxd" 306 5.0.2 5.0.0
}

install_member() {
  local member=$1 dir=$LAB/$1
  mkdir -p "$dir/state"
  cp -rl "$LAB/store" "$dir/store"
  make_root "$dir" "$member"
  echo 502 > "$dir/state/revision"
  echo 5.0/stable > "$dir/state/tracking"
  echo yes > "$dir/state/held"
  echo "${LOCKSTEP_LAB_STOP_SECONDS:-15}" > "$dir/state/stop-seconds"
  echo "c${member#m}" > "$dir/state/instances"
  mkfifo "$dir/power"
  printf '#!/bin/sh\n[ ! -s /lab/state/slow ] || sleep "$(cat /lab/state/slow)"\n[ ! -x /lab/state/greeting ] || /lab/state/greeting\nexec /bin/sh "$@"\n' > "$dir/login"
  chmod +x "$dir/login"
  ssh-keygen -q -t ed25519 -N '' -C "$member" -f "$dir/state/hostkey"
  cp "$LAB/key.pub" "$dir/authorized_keys"
  echo "$(ip_of "$member") $(cut -d' ' -f1,2 "$dir/state/hostkey.pub")" >> "$LAB/known_hosts"
  cat > "$dir/sshd_config" <<S
ListenAddress $(ip_of "$member"):$SSH_PORT
HostKey /lab/state/hostkey
AuthorizedKeysFile /lab/authorized_keys
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
StrictModes no
PidFile none
UsePAM no
MaxStartups 100:30:200
Subsystem sftp internal-sftp
SetEnv PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
S
  setsid unshare --mount --net --uts --propagation private \
    bash "$HERE/host/hardware.sh" "$dir" "$HERE/member" "${LOCKSTEP_LAB_VAR_SIZE:-512m}" < /dev/null > "$dir/hardware.log" 2>&1 &
  note_process $! "$dir/hardware.pid"
  plug_in "$member" $!
}

plug_in() {
  local member=$1 pid=$2 port
  port=$(port_of "$member")
  wait_for 5 "the network namespace of $member" own_network "$pid"
  ip link add "$port" type veth peer name eth0 netns "$pid"
  ip link set "$port" master "$BRIDGE" up
  nsenter -t "$pid" -n ip addr add "$(ip_of "$member")/24" dev eth0
  nsenter -t "$pid" -n ip link set eth0 up
}

own_network() { [ "$(readlink "/proc/$1/ns/net")" != "$(readlink /proc/self/ns/net)" ]; }

# The member's init, as this machine numbers it: hardware.sh → unshare → init.
boot_seen() {
  local hardware unshare init
  hardware=$(live_pid "$LAB/$1/hardware.pid") && unshare=$(child_of "$hardware") && [ -n "$unshare" ] && init=$(child_of "$unshare") &&
    [ -n "$init" ] && [ -S "/proc/$init/root/run/lab-init.sock" ] && note_process "$init" "$LAB/$1/init.pid"
}

power_off() {
  local pid
  pid=$(live_pid "$LAB/$1/init.pid") || return 0
  kill -KILL "$pid"
  wait_for 5 "$1 to lose power" test ! -e "/proc/$pid"
}

power_on() {
  [ -z "$(live_pid "$LAB/$1/init.pid")" ] || return 0
  timeout 5 sh -c 'echo on > "$1"' sh "$LAB/$1/power" || fail "$1 does not take power"
  wait_for 10 "$1 to boot" boot_seen "$1"
}
