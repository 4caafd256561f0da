/**
 * Probe, the tables on disk, for a member whose daemon does not answer. LXD writes `db.bin` and `db.bin-wal` when its database
 * stops; the data may be in the second alone, and opening them in place would check them in and delete it. So both are copied
 * and the copy is opened. A failing start cuts the dump to nothing before it writes it anew: an empty one is looked at again for a
 * second at most. `.sync` is never asked for: without a leader it truncates both.
 */
import { AUTOSTART_SQL } from './autostart.ts';
import { ADDRESS_SQL, NODES_SQL, RAFT_SQL, SCHEMA_SQL, SETTINGS_SQL } from './daemon.ts';

/** 256 MiB: above it the dump is left alone. */
const LARGEST = 268435456;

function outputs(sections: readonly (readonly [string, string])[]): string {
  return `.headers on\n.mode csv\n${sections.map(([name, sql]) => `.output $T/${name}\n${sql};\n`).join('')}`;
}

const GLOBAL_SECTIONS = outputs([
  ['disk-nodes', NODES_SQL],
  ['disk-schema', SCHEMA_SQL],
  ['disk-settings', SETTINGS_SQL],
  ['disk-autostart', AUTOSTART_SQL],
]);
const LOCAL_SECTIONS = outputs([
  ['disk-raft', RAFT_SQL],
  ['disk-local-schema', SCHEMA_SQL],
  ['disk-address', ADDRESS_SQL],
]);

export const DISK_SCRIPT = `disk() {
  if ! command -v sqlite3 >/dev/null; then echo 127 >"$T/disk.rc"; return 0; fi
  mkdir "$T/copy"
  global_dump &
  [ -s "$T/local" ] || [ -s "$T/local-text" ] || dump "$D" local.db local.db-wal local.db-journal <<SQL &
${LOCAL_SECTIONS}SQL
  wait
  for f in "$T"/disk-*; do [ -e "$f" ] && echo 0 >"$f.rc"; done
}
global_dump() {
  for try in 1 2 3 4; do
    dump "$D/global" db.bin db.bin-wal <<SQL
${GLOBAL_SECTIONS}SQL
    if [ -s "$T/disk-nodes" ] || [ ! -e "$D/global/db.bin" ] || [ "$try" = 4 ]; then break; fi
    sleep 0.3
  done
}
dump() {
  from=$1 base=$2 files= total=0
  shift
  for f in "$@"; do [ -s "$from/$f" ] && files="$files $f"; done
  [ -n "$files" ] || return 0
  cd "$from" || return 0
  stat -c '%n %s %.Y' $files >"$T/stat-$base" 2>"$T/stat-$base.err" || { echo 1 >"$T/stat-$base.rc"; return 0; }
  while read -r _ size _; do total=$((total + size)); done <"$T/stat-$base"
  rm -f "$T/copy/$base" "$T/copy/$base"-*
  [ "$total" -le ${String(LARGEST)} ] || { echo 27 >"$T/stat-$base.rc"; return 0; }
  timeout -k 1 4 cp -- $files "$T/copy/" 2>"$T/stat-$base.err" || { echo 1 >"$T/stat-$base.rc"; return 0; }
  stat -c '%n %s %.Y' $files >>"$T/stat-$base" 2>/dev/null
  echo 0 >"$T/stat-$base.rc"
  timeout -k 1 4 sqlite3 -batch -init /dev/null "$T/copy/$base" >/dev/null 2>"$T/sqlite-$base.err"
  echo $? >"$T/sqlite-$base.rc"
  : >"$T/sqlite-$base"
}
`;
