/**
 * Packing the database directory into the run's own folder. A copy is restorable only when nothing wrote meanwhile: same names,
 * sizes and times before and after. A copy of a running database is labelled as evidence. Nothing here has a limit of its own: the
 * whole text has one, and on a stopped member every process that is started prolongs the outage.
 */
import { RUN_ID_PATTERN, type RunId } from '../../domain/ids.ts';
import type { LibraryPart } from './text.ts';

interface Body {
  readonly uses: readonly LibraryPart[];
  readonly body: string;
}

const TRIES = 5;
/** Kept free beyond the directory's own size: 64 MiB. */
const RESERVE = 67_108_864;

/** Leaves `folder`, and `whole`: size and hash of that run's copy are those that were written down when it was made. */
export function wholeBackup(run: RunId): string {
  if (!RUN_ID_PATTERN.test(run)) throw new Error('not a run id');
  return `folder="$C/lockstep/${run}"
whole() {
  [ -s "$folder/database.tgz" ] || return 1
  size=$(stat -c %s "$folder/database.tgz")
  [ "$size" = "$(first_line "$folder/database.size")" ] || return 1
  (cd "$folder" && sha256sum --status -c database.tgz.sha256 2>/dev/null)
}
`;
}

function places(run: RunId): string {
  return `${wholeBackup(run)}\
facts() {
  sum=$(first_line "$folder/database.tgz.sha256")
  echo "bytes=$size sha256=\${sum%% *} consistent=$(first_line "$folder/database.label")"
}
`;
}

const STOPPED_ONLY = `active_state || failed reason=systemctl
case $state in inactive|failed) ;; *) refused reason=running state=$state ;; esac
[ -z "$(daemons)" ] || refused reason=process
`;

export function backUp(run: RunId, consistent: boolean): Body {
  const wanted = consistent ? 'yes' : 'no';
  return {
    uses: consistent ? ['processes', 'state'] : [],
    body: `${places(run)}wanted=${wanted}
[ -d "$D" ] && [ -r "$D" ] && [ -x "$D" ] || refused reason=no-database
whole && [ "$(first_line "$folder/database.label")" = "$wanted" ] && already $(facts)
${consistent ? STOPPED_ONLY : ''}mkdir -p "$folder" || failed reason=folder
used=$(du -sb "$D") || failed reason=size
used=\${used%%[!0-9]*}
free=$(stat -f -c '%a %S' "$folder") || failed reason=free
free=$((\${free% *} * \${free#* }))
[ "$free" -gt $((used + ${String(RESERVE)})) ] || refused reason=disk-low need=$used free=$free
draft="$folder/.database.tgz"
listing() { (cd "$L" && ls -lAR --time-style=+%s.%N database); }
tries=0 same=no
while [ "$tries" -lt ${consistent ? String(TRIES) : '1'} ]; do
  tries=$((tries + 1))
  before=$(listing) || failed reason=listing
  tar -C "$L" -czf "$draft" database
  code=$?
  after=$(listing) || failed reason=listing
  [ "$code" = 0 ] && [ "$before" = "$after" ] && { same=yes; break; }
  [ "$code" -le 1 ] || { rm -f "$draft"; failed reason=tar code=$code; }
  sleep 0.5
done
${consistent ? `[ "$same" = yes ] || { rm -f "$draft"; failed reason=changing tries=$tries; }\n` : ''}files=$(tar -tzf "$draft" | wc -l)
[ "$files" -gt 1 ] || { rm -f "$draft"; failed reason=archive; }
sum=$(sha256sum "$draft") || failed reason=sha256
printf '%s\\n' "$before" >"$folder/database.listing" || failed reason=write
echo "$wanted" >"$folder/database.label"
[ "$wanted" = yes ] || echo "evidence, not restorable: the daemon may have been running" >>"$folder/database.label"
stat -c %s "$draft" >"$folder/database.size" || failed reason=write
printf '%s  database.tgz\\n' "\${sum%% *}" >"$folder/database.tgz.sha256" || failed reason=write
mv -f "$draft" "$folder/database.tgz" || failed reason=write
sync "$folder" "$folder/database.tgz" "$folder/database.size" "$folder/database.tgz.sha256" || failed reason=write
whole || failed reason=verify
finish_done $(facts) files=$((files)) tries=$tries unchanged=$same
`,
  };
}

export function backUpLook(run: RunId, consistent: boolean): Body {
  return {
    uses: [],
    body: `${places(run)}whole && [ "$(first_line "$folder/database.label")" = ${consistent ? 'yes' : 'no'} ] && finish_done $(facts)
finish 0 not-done
`,
  };
}
