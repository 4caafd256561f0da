#!/bin/bash
# One member's hardware: holds its mount, network and UTS namespaces, boots it, and boots it again after a power cut.
# Started by up.sh inside these namespaces, outside the member's PID namespace: when the member's init is killed, this stays,
# and with it the disk (a bind-mounted directory), /var/snap (a tmpfs, so that it can be filled) and the network card.
# usage: hardware.sh MEMBER-DIRECTORY CODE-DIRECTORY SIZE-OF-VAR-SNAP
set -eu
dir=$1 code=$2 size=$3 root=$1/root

hostname "$(cat "$root/etc/hostname")"
mount --bind "$root" "$root"
mount --rbind /usr "$root/opt/host/usr"
for part in lib lib32 lib64 libx32 libexec share; do
  [ ! -d "$root/usr/$part" ] || [ ! -d "/usr/$part" ] || mount --rbind "/usr/$part" "$root/usr/$part"
done
mount --rbind /sys "$root/sys"
mount -t tmpfs -o mode=755 dev "$root/dev"
for node in null zero full random urandom tty; do
  touch "$root/dev/$node"
  mount --bind "/dev/$node" "$root/dev/$node"
done
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
mount -t tmpfs shm "$root/dev/shm"
mount -t tmpfs -o "size=$size,mode=755" var-snap "$root/var/snap"
mkdir -p "$root/var/snap/lxd/common/lxd/logs"
mount --bind "$dir" "$root/lab"
mkdir -p "$dir/member"
mount --bind "$code" "$root/lab/member"
mount -t proc proc "$root/proc"
cd "$root"
pivot_root . .old
export PATH=/opt/host/usr/sbin:/opt/host/usr/bin
cd /
umount -l /.old
ip link set lo up
while :; do
  ip link set eth0 up 2> /dev/null || true
  unshare --pid --fork --kill-child --mount --propagation private --mount-proc \
    sh -c 'mount -t tmpfs -o mode=755 run /run && exec /opt/host/usr/bin/python3 -B /lab/member/init.py' || true
  ip link set eth0 down 2> /dev/null || true
  read -r _ < /lab/power
done
