/**
 * The stand-ins: small shell scripts under the names of tools, first in a member's PATH. One of them asks the rehearsal over
 * named pipes, with builtins and one `mkfifo`, since a node start-up per call would cost more than all else together; the
 * rest answer by themselves. The answer is a shell text, so printing it costs no process either.
 */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { requireHostTool } from './files.ts';
import type { Layout } from './layout.ts';

/** Tools that ask the simulated daemon, systemd or snapd. */
export const ASKING: readonly string[] = [
  'snap',
  'systemctl',
  'journalctl',
  'lxd',
  'lxc',
  'curl',
  'sqlite3',
  'pgrep',
  'kill',
];

/** `<root>.io/q/PID.*`: a = arguments, in = standard input, r = the pipe that wakes us, o = the answer. */
const ASK = `#!/bin/sh
d=$LOCKSTEP_ROOT.io q=$LOCKSTEP_ROOT.io/q/$$
[ -p "$d/ctl" ] || { echo "\${0##*/}: no rehearsal here" >&2; exit 70; }
mkfifo "$q.r" 2>/dev/null || { rm -f "$q.r"; mkfifo "$q.r"; } || exit 70
case "\${0##*/} $* " in sqlite3*|*' - '*|*' @- '*) cat >"$q.in" ;; esac
printf '%s\\0' "\${0##*/}" "\${REHEARSAL_ROOT:-0}" "$@" >"$q.a"
exec 3<>"$q.r"
printf '%s\\n' "$$" 1<>"$d/ctl"
read -r answer <&3
. "$q.o"
`;

const SUDO = `#!/bin/sh
if [ -e "$LOCKSTEP_ROOT.io/sudo-refused" ]; then echo 'sudo: a password is required' >&2; exit 1; fi
while :; do
  case \${1-} in
    -u) shift 2 ;;
    -n|-H|-E|-S|-i|--) shift ;;
    -k|-K|-v|-l) exit 0 ;;
    -V|--version) echo 'Sudo version 1.9.13p3'; exit 0 ;;
    *) break ;;
  esac
done
REHEARSAL_ROOT=1; export REHEARSAL_ROOT
exec "$@"
`;

const UNAME = `#!/bin/sh
n=\${LOCKSTEP_ROOT##*/}
case $* in
  -nm|-n\\ -m) echo "$n x86_64" ;;
  -n) echo "$n" ;;
  -m|-p|-i) echo x86_64 ;;
  *) exec @uname "$@" ;;
esac
`;

const HOSTNAME = `#!/bin/sh
echo "\${LOCKSTEP_ROOT##*/}"
`;

const ID = `#!/bin/sh
u=1000 n=ops
[ "\${REHEARSAL_ROOT:-0}" = 1 ] && u=0 n=root
case $* in -u) echo "$u" ;; -un) echo "$n" ;; *) exec @id "$@" ;; esac
`;

/** Free space is a fact of the scenario; in blocks of 4096 bytes. */
const STAT = `#!/bin/sh
if [ "\${1-}" = -f ]; then
  read -r blocks <"$LOCKSTEP_ROOT.io/free-blocks"
  case "\${2-} \${3-}" in
    "-c %a %S") echo "$blocks 4096"; exit 0 ;;
    "-c %a") echo "$blocks"; exit 0 ;;
    "-c %S") echo 4096; exit 0 ;;
  esac
fi
exec @stat "$@"
`;

const DF = `#!/bin/sh
read -r blocks <"$LOCKSTEP_ROOT.io/free-blocks"
case $* in
  *--output=avail*) echo Avail; case $* in *-B1*) echo $((blocks * 4096)) ;; *) echo $((blocks * 4)) ;; esac ;;
  *-B1*) printf 'Filesystem 1-blocks Used Available Capacity Mounted on\\n/dev/vda1 107374182400 1 %s 1%% /\\n' $((blocks * 4096)) ;;
  *) printf 'Filesystem 1024-blocks Used Available Capacity Mounted on\\n/dev/vda1 104857600 1 %s 1%% /\\n' $((blocks * 4)) ;;
esac
`;

/** A member's clock, off by what the scenario says. */
const DATE = `#!/bin/sh
read -r off <"$LOCKSTEP_ROOT.io/clock-offset" 2>/dev/null
if [ "\${off:-0}" = 0 ]; then exec @date "$@"; fi
exec @date -d "$off seconds" "$@"
`;

const OWN: Readonly<Record<string, string>> = {
  sudo: SUDO,
  uname: UNAME,
  hostname: HOSTNAME,
  id: ID,
  stat: STAT,
  df: DF,
  date: DATE,
};

export function writeStandIns(layout: Layout): void {
  mkdirSync(layout.bin, { recursive: true });
  const ask = join(layout.bin, '.ask');
  writeFileSync(ask, ASK, { mode: 0o755 });
  for (const name of ASKING) symlinkSync('.ask', join(layout.bin, name));
  for (const [name, text] of Object.entries(OWN)) {
    const real = text.replaceAll(/@(uname|id|stat|date)\b/g, (_, tool: string) => requireHostTool(tool));
    writeFileSync(join(layout.bin, name), real, { mode: 0o755 });
  }
}

/** PATH of a member: stand-ins, then the host's own coreutils. */
export function memberPath(layout: Layout): string {
  return [layout.bin, '/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'].join(':');
}
