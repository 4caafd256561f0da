/**
 * How a step's text is built: `timeout` around one `sh` that gets the body on its standard input, so that what a person approves
 * reads as it runs, without a layer of quoting. Owns the result line and the exit codes; the verbs are beside this file.
 */
import { PROLOGUE, UNIT } from '../script/prologue.ts';
import { DAEMONS, OWN_PROCESSES } from '../script/processes.ts';

/**
 * Exit codes of step texts. 124 and 137 come from `timeout`: the step was cut off and nothing is known.
 * `already`: it was so before, nothing was done. `refused`: a precondition does not hold, nothing was done.
 * `foreign`: a patch file that is not this run's. `waiting`: what was waited for has not happened yet.
 */
export const EXIT_CODES = { done: 0, already: 3, refused: 4, failed: 5, foreign: 6, waiting: 7 } as const;

const FINISH = `finish() {
  code=$1 status=$2
  shift 2
  printf 'lockstep-result %s status=%s%s\\n' "$K" "$status" "\${*:+ $*}"
  exit "$code"
}
finish_done() { finish ${String(EXIT_CODES.done)} done "$@"; }
already() { finish ${String(EXIT_CODES.already)} already "$@"; }
refused() { finish ${String(EXIT_CODES.refused)} refused "$@"; }
failed() { finish ${String(EXIT_CODES.failed)} failed "$@"; }
foreign() { finish ${String(EXIT_CODES.foreign)} foreign "$@"; }
waiting() { finish ${String(EXIT_CODES.waiting)} waiting "$@"; }
first_line() { line=; [ -f "$1" ] && { IFS= read -r line <"$1" || :; }; printf '%s' "$line"; }
`;

/** Sorted by what needs what; a body names those that it uses. */
const LIBRARY = {
  processes: OWN_PROCESSES + DAEMONS,
  state: `active_state() {
  shown=$(timeout -k 1 5 systemctl show ${UNIT} --property=ActiveState) || return 1
  state=
  while IFS== read -r key value; do [ "$key" = ActiveState ] && state=$value; done <<SHOWN
$shown
SHOWN
  [ -n "$state" ]
}
daemon_pid() {
  pid=$(first_line "$C/lxd.pid")
  case $pid in ''|*[!0-9]*) pid=; return 1 ;; esac
  [ -e "$P/$pid" ] && is_lxd "$P/$pid/exe"
}
lxcfs_pid() {
  pid=$(first_line "$C/lxcfs.pid")
  case $pid in ''|*[!0-9]*) echo none; return 0 ;; esac
  if [ -e "$P/$pid" ]; then echo "$pid"; else echo none; fi
}
`,
  ready: `is_ready() { active_state && [ "$state" = active ] && answers_ready; }
answers_ready() {
  if command -v curl >/dev/null; then
    [ "$(timeout -k 1 3 curl -s -o /dev/null -m 2 -w '%{http_code}' --unix-socket "$U" http://lxd/internal/ready)" = 200 ]
  else
    timeout -k 1 3 lxd waitready --timeout 1 >/dev/null 2>&1
  fi
}
`,
  units: `each_of() {
  verb=$1
  shift
  timeout -k 1 60 systemctl $verb "$@"
  case $? in 0) return 0 ;; 5) ;; *) return 1 ;; esac
  for unit in "$@"; do
    timeout -k 1 20 systemctl $verb "$unit" || [ $? = 5 ] || return 1
  done
}
stop_activation() {
  each_of stop snap.lxd.daemon.unix.socket snap.lxd.user-daemon.unix.socket snap.lxd.user-daemon.service
}
start_all() {
  each_of 'start --no-block' snap.lxd.daemon.unix.socket snap.lxd.user-daemon.unix.socket ${UNIT}
}
activation_is_off() {
  for unit in snap.lxd.daemon.unix.socket snap.lxd.user-daemon.unix.socket; do
    case $(timeout -k 1 5 systemctl show "$unit" --property=ActiveState) in
      ActiveState=inactive|ActiveState=failed) ;;
      ActiveState=*) return 1 ;;
      *) return 2 ;;
    esac
  done
}
signal() { if [ -n "$R" ]; then env kill -s "$1" "$2"; else kill -s "$1" "$2"; fi; }
`,
  patch: `own_patch() { [ -f "$patch" ] && [ ! -L "$patch" ] && [ "$(first_line "$patch")" = "$mark" ]; }
some_patch() { [ -e "$patch" ] || [ -L "$patch" ]; }
`,
  sql: `count_of() { count_in nodes "$1"; }
count_in() {
  number=
  if command -v curl >/dev/null; then
    said=$(ask_sql "SELECT COUNT(*) FROM $1 WHERE $2") || return 1
    case $said in *'"rows":[['*) ;; *) return 1 ;; esac
    number=\${said#*'"rows":[['}
    number=\${number%%]*}
  else
    said=$(ask_sql "SELECT COUNT(*) FROM $1 WHERE $2") || return 1
    while read -r bar word _; do
      case "$bar $word" in '| '[0-9]*) number=$word ;; esac
    done <<SAID
$said
SAID
  fi
  case $number in ''|*[!0-9]*) number=; return 1 ;; esac
}
ask_sql() {
  if command -v curl >/dev/null; then
    timeout -k 1 12 curl -sS -f -m 10 --unix-socket "$U" -d "{\\"database\\":\\"global\\",\\"query\\":\\"$1\\"}" http://lxd/internal/sql </dev/null
  else
    timeout -k 1 12 lxd sql global "$1" </dev/null
  fi
}
`,
} as const;

export type LibraryPart = keyof typeof LIBRARY;

export interface StepText {
  /** First word of the result line after `lockstep-result`. */
  readonly kind: string;
  /** Upper bound in s for the whole text. */
  readonly seconds: number;
  readonly uses: readonly LibraryPart[];
  /** Must end in one of the `finish` functions; reads nothing from standard input. */
  readonly body: string;
}

const ORDER: readonly LibraryPart[] = ['processes', 'state', 'ready', 'units', 'patch', 'sql'];

export function buildText({ kind, seconds, uses, body }: StepText): string {
  const library = ORDER.filter((name) => uses.includes(name)).map((name) => LIBRARY[name]);
  return [
    `timeout -k 5 ${String(seconds)} sh -s <<'LOCKSTEP'\n`,
    PROLOGUE,
    `K=${kind}\n`,
    FINISH,
    ...library,
    `{\n${body}} </dev/null\n`,
    'LOCKSTEP\n',
  ].join('');
}

/** A number that goes into a text. Throws on anything but a whole one within bounds: that is a bug of the caller. */
export function wholeNumber(value: number, least: number, most: number): string {
  if (!Number.isSafeInteger(value) || value < least || value > most)
    throw new Error(`not in ${String(least)}..${String(most)}`);
  return String(value);
}
