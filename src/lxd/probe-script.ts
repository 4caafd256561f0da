/**
 * The one text that a probe runs on a member. Owns how the parts are put together and the framing of the answer: a header with
 * a nonce, per part its name, exit code and exact length, and an end line, so that nothing a member prints can pass for a frame
 * and a cut answer is noticed. It only reads. The parts are in `script/`.
 */
import { ABSENT_SCRIPT } from './script/absent.ts';
import { BINARY_SCRIPT } from './script/binary.ts';
import { DAEMON_SCRIPT } from './script/daemon.ts';
import { DISK_SCRIPT } from './script/disk.ts';
import { FILES_SCRIPT } from './script/files.ts';
import { OWN_PROCESSES } from './script/processes.ts';
import { PROLOGUE } from './script/prologue.ts';

export interface ProbeScriptOptions {
  /** Unique per probe; comes back in the answer's first and last line. `[A-Za-z0-9_-]{1,64}`. */
  readonly nonce: string;
  /** Keys of binaries that were measured before and need not be read again. Others than well-formed ones are left out. */
  readonly knownBinaries?: readonly string[];
}

const BINARY_KEY_PATTERN = /^(?:[0-9x]{1,16}|running):\d{1,15}:\d{1,15}:\d{1,20}$/;
const NONCE_PATTERN = /^[A-Za-z0-9_-]{1,64}$/;
const MOST_KEYS = 64;

/** A place for the answers that is gone at the end; in memory where possible, so that a full disk does not silence a member. */
const OPENING = `T=$(mktemp -d -p "$R/dev/shm" lockstep.XXXXXXXXXX 2>/dev/null) || T=$(mktemp -d) || exit 70
trap 'rm -rf "$T"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
run() {
  part=$1 limit=$2
  shift 2
  timeout -k 1 "$limit" "$@" >"$T/$part" 2>"$T/$part.err" </dev/null
  echo $? >"$T/$part.rc"
}
`;

const RUN = `began=$(date +%s%N)
: >"$T/began"
run snap 4 snap list lxd &
run changes 4 snap changes lxd &
run host 2 uname -nm &
daemon &
files &
processes &
logs &
binaries &
wait
`;

/** One `stat` for all lengths and one `cat` for all bytes. */
const FRAME = `cd "$T" || exit 70
: >nothing
: >ended
echo >newline
set --
for rc in *.rc; do
  part=\${rc%.rc} content=\${rc%.rc}
  [ -s "$part" ] || content=$part.err
  [ -e "$content" ] || content=nothing
  set -- "$@" "$content"
done
stat -c '%s %.Y' began ended "$@" >sizes
{
  read -r _ from; read -r _ to
  for rc in *.rc; do
    read -r size _
    read -r code <"$rc"
    part=\${rc%.rc}
    printf 'part %s %s %s\\n' "$part" "$code" "$size" >"$part.head"
    set -- "$@" "$part.head" "$1" newline
    shift
  done
} <sizes
printf 'lockstep-probe 1 %s %s\\n' "$N" "$began" >first
printf 'end %s %s %s\\n' "$N" "$from" "$to" >last
cat -- first "$@" last
`;

/** The probe's text. Throws on a nonce that is not one: that is a bug of the caller. */
export function compileProbe(options: ProbeScriptOptions): string {
  if (!NONCE_PATTERN.test(options.nonce)) throw new Error('not a nonce');
  const known = (options.knownBinaries ?? []).filter((key) => BINARY_KEY_PATTERN.test(key)).slice(0, MOST_KEYS);
  const values = `N='${options.nonce}'\nKNOWN=' ${known.join(' ')} '\n`;
  return [
    PROLOGUE,
    values,
    ABSENT_SCRIPT,
    OPENING,
    OWN_PROCESSES,
    DAEMON_SCRIPT,
    DISK_SCRIPT,
    FILES_SCRIPT,
    BINARY_SCRIPT,
    RUN,
    FRAME,
  ].join('');
}
