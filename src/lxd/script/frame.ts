/**
 * The frame of an answer, on the member's side: where each part is gathered, and how all of them are put into one output that
 * `parse/frame.ts` takes apart. Parts are added with `run NAME SECONDS COMMAND`; what a part prints can't pass for a frame.
 */
const NONCE_PATTERN = /^[A-Za-z0-9_-]{1,64}$/;

/** The line that gives the answer its nonce. Throws on one that is none: that is a bug of the caller. */
export function nonceLine(nonce: string): string {
  if (!NONCE_PATTERN.test(nonce)) throw new Error('not a nonce');
  return `N='${nonce}'\n`;
}

/** A place for the answers that is gone at the end; in memory where possible, so that a full disk does not silence a member. */
export const OPENING = `T=$(mktemp -d -p "$R/dev/shm" lockstep.XXXXXXXXXX 2>/dev/null) || T=$(mktemp -d) || exit 70
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

/** When the parts began, by the member's clock and by its files. */
export const BEGIN = `began=$(date +%s%N)
: >"$T/began"
`;

/** One `stat` for all lengths and one `cat` for all bytes. */
export const FRAME = `cd "$T" || exit 70
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
