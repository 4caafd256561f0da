/**
 * Probe, what stands in an lxd ELF binary, read without starting it: the API extension list and the schema versions. The list is
 * a Go slice: the first extension's name, the `{pointer, length}` entry that points to it, and the `{pointer, length, capacity}`
 * header that points to that entry. Every step must give exactly one answer; else the binary is left unmeasured, never guessed.
 * Functions leave the reason of a failure in `why`.
 */

/** `word N`: the eight bytes of a number in hex, in the file's byte order. `numbers FILE AT LENGTH`: 64-bit numbers there. */
const NUMBERS = `word() {
  hex=$(printf %016x "$1") bytes=
  while [ -n "$hex" ]; do
    rest=\${hex#??} byte=\${hex%"\${hex#??}"} hex=$rest
    if [ "$order" = big ]; then bytes="$bytes $byte"; else bytes="$byte $bytes"; fi
  done
  echo $bytes
}
numbers() { timeout 2 od -An -v -tu8 "--endian=$order" -w16 -j "$2" -N "$3" "$1"; }
`;

/**
 * `seek FILE HEX…`: offsets of a byte string. grep splits at newline bytes, so with one inside, what follows the last one is
 * looked for at a line's start and the whole is read again to be sure.
 */
const SEEK = `seek() {
  file=$1 tail= all= ahead=0 seen=0
  shift
  for byte in "$@"; do
    all="$all $byte" seen=$((seen + 1))
    if [ "$byte" = 0a ]; then tail= ahead=$seen; else tail="$tail\\\\x$byte"; fi
  done
  [ -n "$tail" ] || return 0
  [ "$ahead" = 0 ] || tail="^$tail"
  timeout -k 1 5 grep -obUaP "$tail" "$file" | while IFS=: read -r at _; do
    case $at in ''|*[!0-9]*) continue ;; esac
    at=$((at - ahead))
    if [ "$ahead" = 0 ] || [ "$(timeout 2 od -An -v -tx1 -w64 -j "$at" -N "$seen" "$file")" = "$all" ]; then echo "$at"; fi
  done
}
`;

/**
 * ELF64 and not position independent: there the pointers stand in relocations. Leaves `order` and `segments`, a list of
 * `address,offset,size` of what is loaded. `address OFFSET` goes from a place in the file to its place in memory.
 */
const HEADER = `header() {
  file=$1 why=not-elf
  set -- $(timeout 2 od -An -v -tu1 -w8 -N 6 "$file")
  [ "$*" = "127 69 76 70 2 1" ] || [ "$*" = "127 69 76 70 2 2" ] || return 1
  order=little
  [ "$6" = 2 ] && order=big
  set -- $(timeout 2 od -An -v -tu2 "--endian=$order" -w64 -N 64 "$file")
  why=header
  [ $# = 32 ] || return 1
  shift 8
  why="elf-type-$1"
  [ "$1" = 2 ] || return 1
  shift 19
  why=program-headers count=$2
  [ "$1" = 56 ] && [ "$count" -le 64 ] || return 1
  set -- $(numbers "$file" 32 8)
  [ $# = 1 ] || return 1
  set -- $(numbers "$file" "$1" $((count * 56)))
  segments=
  while [ $# -ge 7 ]; do
    if [ "$order" = little ]; then type=$(($1 % 4294967296)); else type=$(($1 / 4294967296)); fi
    [ "$type" = 1 ] && segments="$segments $3,$2,$5"
    shift 7
  done
  [ -n "$segments" ]
}
address() {
  for segment in $segments; do
    from=\${segment%%,*} size=\${segment##*,} to=\${segment#*,}
    to=\${to%,*}
    if [ "$1" -ge "$to" ] && [ "$1" -lt $((to + size)) ]; then echo $((from + $1 - to)); return 0; fi
  done
  return 1
}
`;

/** Exactly one list, of a believable length. Leaves `array` (place of its first entry), `count`, `schemas`. */
const LIST = `list() {
  file=$1 array= count= schemas= why=no-list
  timeout -k 1 5 grep -aobUE 'storage_zfs_remove_snapshots|INSERT INTO schema \\(version, updated_at\\) VALUES \\([0-9]+, strftime' "$file" >"$2.hits"
  while IFS=: read -r at text; do
    case $text in
      INSERT*) text=\${text%, strftime}; schemas="$schemas \${text##*\\(}"; continue ;;
    esac
    place=$(address "$at") || continue
    for entry in $(seek "$file" $(word "$place") $(word 28)); do
      pointer=$(address "$entry") || continue
      for slice in $(seek "$file" $(word "$pointer")); do
        set -- "$1" "$2" $(numbers "$file" $((slice + 8)) 16)
        [ $# = 4 ] && [ "$3" = "$4" ] && [ "\${#3}" -le 4 ] && [ "$3" -gt 50 ] && [ "$3" -lt 5000 ] || continue
        why=several-lists
        case $array:$count in :|"$entry:$3") array=$entry count=$3 ;; *) return 1 ;; esac
      done
    done
  done <"$2.hits"
  [ -n "$array" ]
}
`;

/** Where each name stands, then the bytes of all of them in the file's order, each once: 7 kB out of half a megabyte. */
const NAMES = `names() {
  file=$1 out=$2 low= high=0 cut= spots= base=0 end=0 shift0=0 why=entries
  numbers "$file" "$array" $((count * 16)) >"$out.entries"
  while read -r pointer length; do
    [ "\${#pointer}" -le 15 ] && [ "\${#length}" -le 3 ] && [ "$length" -gt 0 ] && [ "$length" -lt 200 ] || return 1
    if [ "$pointer" -lt "$base" ] || [ "$pointer" -ge "$end" ]; then
      end=0
      for segment in $segments; do
        from=\${segment%%,*} size=\${segment##*,} to=\${segment#*,}
        if [ "$pointer" -ge "$from" ] && [ "$pointer" -lt $((from + size)) ]; then
          base=$from end=$((from + size)) shift0=$((\${to%,*} - from))
        fi
      done
      [ "$end" -gt 0 ] || return 1
    fi
    at=$((pointer + shift0))
    spots="$spots $at:$length"
    if [ -z "$low" ] || [ "$at" -lt "$low" ]; then low=$at; fi
    if [ $((at + length)) -gt "$high" ]; then high=$((at + length)); fi
  done <"$out.entries"
  why=span
  [ $((high - low)) -le 8388608 ] || return 1
  for spot in $spots; do
    at=$((\${spot%:*} - low))
    cut="$cut,$((at + 1))-$((at + \${spot#*:}))"
  done
  echo "entries$spots" >>"$out"
  echo names >>"$out"
  timeout 3 tail -c "+$((low + 1))" "$file" | head -c $((high - low)) | tr '\\n\\000' '  ' | cut -b "\${cut#,}" >>"$out"
}
`;

const MEASURE = `measure() {
  echo "key $3" >"$2"
  if header "$1" && list "$1" "$2"; then
    printf 'count %s\\nschemas%s\\n' "$count" "$schemas" >>"$2"
    names "$1" "$2" || echo "nameless $why" >>"$2"
  else
    echo "error $why" >>"$2"
  fi
  echo 0 >"$2.rc"
}
`;

/**
 * Every kept revision, the current one first, and the running daemon's own binary where it is another file. A key that Lockstep
 * already knows (revision, size, time and inode are as before) is listed and not read again.
 */
const BINARIES = `binaries() {
  current=$(readlink "$S/current" 2>/dev/null)
  current=\${current##*/}
  pid=; [ -r "$C/lxd.pid" ] && { read -r pid <"$C/lxd.pid" || :; }
  case $pid in ''|*[!0-9]*) pid=0 ;; esac
  set --
  for dir in "$S/$current" "$S"/*; do
    rev=\${dir##*/}
    case $rev in ''|current|*[!0-9x]*) continue ;; esac
    case " $* " in *"/$rev/"*) continue ;; esac
    for f in "$dir/sbin/lxd" "$dir/bin/lxd"; do
      if [ -f "$f" ]; then set -- "$@" "$f"; break; fi
    done
    [ $# -ge 8 ] && break
  done
  [ -e "$P/$pid/exe" ] && set -- "$@" "$P/$pid/exe"
  {
    echo "current $current"
    if [ "$pid" != 0 ] && [ -e "$P/$pid" ]; then echo "pid $pid"; printf 'exe %s\\n' "$(readlink "$P/$pid/exe")"; fi
  } >"$T/binaries" 2>/dev/null
  n=0 keys=
  [ $# = 0 ] || stat -Lc '%s %Y %i %d %n' "$@" 2>/dev/null >"$T/stats" || :
  [ -e "$T/stats" ] && while read -r size time inode device f; do
    case $f in
      "$P"/*)
        case $keys in *" $size:$time:$inode:$device="*) same=\${keys#*" $size:$time:$inode:$device="}; echo "running \${same%% *}" >>"$T/binaries"; continue ;; esac
        rev=running ;;
      *) rev=\${f#"$S/"}; rev=\${rev%%/*} ;;
    esac
    key="$rev:$size:$time:$inode"
    keys="$keys $size:$time:$inode:$device=$key "
    if [ "$rev" = running ]; then echo "running $key" >>"$T/binaries"; fi
    echo "binary $key $rev \${f#"$R"}" >>"$T/binaries"
    case $KNOWN in *" $key "*) ;; *) n=$((n + 1)); (measure "$f" "$T/binary-$n" "$key") & ;; esac
  done <"$T/stats"
  echo 0 >"$T/binaries.rc"
  wait
}
`;

export const BINARY_SCRIPT = NUMBERS + SEEK + HEADER + LIST + NAMES + MEASURE + BINARIES;
