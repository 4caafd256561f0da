# Come back to the healthy cluster: a copy of every member's data, taken at one moment, and the way back to it.
#
# The copy is made while all daemons are frozen, and it is put back while all members are switched off: for LXD's database
# that is a power cut of the whole cluster, from which it recovers by itself. So a reset undoes whatever a test did.
# shellcheck shell=bash

save() {
  local member
  for member in $(members); do signal_daemon "$member" STOP; done
  for member in $(members); do save_member "$member" & done
  wait_jobs
  for member in $(members); do signal_daemon "$member" CONT; done
}

signal_daemon() { on "$1" sh -c 'kill -"$1" "$(cat /var/snap/lxd/common/lxd.pid)"' sh "$2"; }

save_member() {
  local dir=$LAB/$1
  mkdir -p "$dir/saved"
  cp -a "$dir/state" "$dir/root/etc/sudoers.d" "$dir/saved/"
  in_hardware "$1" cp -a /var/snap/lxd/common /lab/saved/common
}

reset() {
  local member
  for member in $(members); do power_off "$member"; done
  for member in $(members); do restore_member "$member" & done
  wait_jobs
  for member in $(members); do power_on "$member"; done
  for member in $(members); do wait_for 60 "the daemon of $member" on "$member" lxd waitready --timeout 3; done
  wait_for 60 "all members to be online" all_online
}

restore_member() {
  local dir=$LAB/$1
  ip link set "$(port_of "$1")" up
  in_hardware "$1" sh -c 'rm -rf /var/snap/filler /var/snap/lxd/common && cp -a /lab/saved/common /var/snap/lxd/common'
  in_hardware "$1" rm -f /var/snap/lxd/common/lxd/unix.socket /var/snap/lxd/common/lxd-user/unix.socket
  rm -rf "$dir/state" "$dir/root/etc/sudoers.d" "$dir"/root/snap/lxd/{current,500,501}
  cp -a "$dir/saved/state" "$dir/state"
  cp -a "$dir/saved/sudoers.d" "$dir/root/etc/sudoers.d"
  ln -s 502 "$dir/root/snap/lxd/current"
  ln -sf /opt/host/usr/bin/date "$dir/root/usr/bin/date"
}

in_hardware() {
  local pid
  pid=$(live_pid "$LAB/$1/hardware.pid") || fail "$1 has no hardware"
  shift
  nsenter -t "$pid" -m -u -- /usr/bin/env -i PATH=/opt/host/usr/sbin:/opt/host/usr/bin "$@"
}

all_online() {
  local serving
  serving=$(on m1 timeout 5 lxc cluster list -f csv 2> /dev/null | grep -c ',ONLINE,')
  [ "$serving" = "$(members | wc -l)" ]
}

# Background jobs of this shell also hold the members' hardware: wait only for what was started last.
wait_jobs() {
  local pid failed=0
  for pid in $(jobs -p); do
    [ -e "/proc/$pid" ] && grep -qs hardware.sh "/proc/$pid/cmdline" && continue
    wait "$pid" || failed=1
  done
  return $failed
}
