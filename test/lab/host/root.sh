# The root directory of a member: a small /etc of its own, closed /usr/bin and /usr/sbin, and the machine's libraries.
# shellcheck shell=bash

# What a member has in its PATH, next to coreutils: what Lockstep may use there, and nothing else.
TOOLS='sh bash grep tar gzip curl sqlite3 pgrep ps sudo env flock'

make_root() {
  local root=$1/root tool
  mkdir -p "$root"/{dev,proc,sys,run,tmp,root,snap/lxd,snap/bin,lab,var/snap,var/log,var/tmp,opt/host/usr,opt/lab/fake,home/ops,.old}
  mkdir -p "$root"/usr/{bin,sbin,local/bin,local/sbin,lib,libexec,share} "$root"/etc/{sudoers.d,pam.d,security}
  chmod 1777 "$root/tmp" "$root/var/tmp"
  for tool in bin sbin lib; do ln -s "usr/$tool" "$root/$tool"; done
  for tool in lib32 lib64 libx32; do
    if [ -d "/usr/$tool" ]; then
      mkdir -p "$root/usr/$tool"
      ln -s "usr/$tool" "$root/$tool"
    fi
  done
  for tool in $TOOLS $(coreutils); do
    [ ! -x "/usr/bin/$tool" ] || ln -sf "/opt/host/usr/bin/$tool" "$root/usr/bin/$tool"
  done
  ln -s /opt/host/usr/sbin/sshd "$root/usr/sbin/sshd"
  for tool in snap systemctl journalctl labctl; do ln -s /lab/member/ask.py "$root/usr/bin/$tool"; done
  make_etc "$root/etc" "$2"
  make_snap "$1"
}

coreutils() { dpkg -L coreutils 2>/dev/null | sed -nE 's,^(/usr)?/s?bin/,,p'; }

make_etc() {
  local etc=$1 member=$2 file
  printf 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\nsshd:x:100:65534::/run/sshd:/bin/false\nops:x:1000:1000:operator:/home/ops:/lab/login\n' > "$etc/passwd"
  printf 'root:x:0:\nlxd:x:101:\nsudo:x:27:\nops:x:1000:\nnogroup:x:65534:\ntty:x:5:\n' > "$etc/group"
  printf 'root:*:19000::::::\nops:*:19000::::::\nsshd:*:19000::::::\n' > "$etc/shadow"
  chmod 600 "$etc/shadow"
  echo "$member" > "$etc/hostname"
  printf '127.0.0.1 localhost\n127.0.1.1 %s\n' "$member" > "$etc/hosts"
  printf 'passwd: files\ngroup: files\nshadow: files\nhosts: files\n' > "$etc/nsswitch.conf"
  printf 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Lab member"\n' > "$etc/os-release"
  for file in sudo other sudo-i; do
    printf 'auth sufficient pam_permit.so\naccount sufficient pam_permit.so\nsession sufficient pam_permit.so\n' > "$etc/pam.d/$file"
  done
  printf 'Defaults !syslog, logfile=/lab/state/sudo.log\nDefaults secure_path="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"\nroot ALL=(ALL) ALL\n@includedir /etc/sudoers.d\n' > "$etc/sudoers"
  echo 'ops ALL=(ALL) NOPASSWD: ALL' > "$etc/sudoers.d/ops"
  chmod 440 "$etc/sudoers" "$etc/sudoers.d/ops"
  cp /etc/ld.so.cache "$etc/" 2>/dev/null || true
  # Group lookups and name resolution of LXD must not wait for a server that no member can reach
  : > "$etc/resolv.conf"
}

make_snap() {
  local dir=$1 root=$1/root
  mkdir -p "$dir/commands"
  cp "$HERE"/member/commands/* "$dir/commands/"
  printf '#!/bin/sh\nexport LXD_DIR=/var/snap/lxd/common/lxd\nexec /snap/lxd/current/bin/lxd "$@"\n' > "$root/snap/bin/lxd"
  printf '#!/bin/sh\nexport LXD_DIR=/var/snap/lxd/common/lxd\nexec /opt/host/usr/bin/lxc "$@"\n' > "$root/snap/bin/lxc"
  chmod +x "$root"/snap/bin/*
  mkdir -p "$root/snap/lxd/502/bin"
  ln "$LAB/store/502/lxd" "$root/snap/lxd/502/bin/lxd"
  ln -s /lab/commands "$root/snap/lxd/502/commands"
  ln -s 502 "$root/snap/lxd/current"
  cp /usr/bin/cat "$root/opt/lab/fake/lxcfs"
  cp /usr/bin/cat "$root/opt/lab/fake/lxd"
}
