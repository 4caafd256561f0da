/**
 * The guarded statement, its file, and taking it away again. Owns the mark by which a run knows its own file. The file is created
 * with `ln`, which never overwrites; it carries a deadline, so that a forgotten one does nothing; a foreign file is never touched.
 */
import type { RunId } from '../../domain/ids.ts';
import { patchMark } from '../../domain/ids.ts';

import type { PatchParams } from '../../domain/plan.ts';
import { wholeBackup } from './back-up.ts';
import { thresholdText } from './healing.ts';
import { wholeNumber, type LibraryPart } from './text.ts';

export { patchMark };

interface Body {
  readonly uses: readonly LibraryPart[];
  readonly body: string;
}

export const LONGEST_LIFE_S = 900;
/** Ends every statement; the second, in Unix time, follows. */
export const DEADLINE = `AND CAST(strftime('%s','now') AS INTEGER) <`;

function numberList(values: readonly number[], most: number): string {
  if (values.length === 0 || values.length > 1000) throw new Error('a guard needs values');
  return values.map((value) => wholeNumber(value, 1, most)).join(',');
}

/** The statement up to its deadline. Throws on values that would not be a guard. */
export function guardedStatement(patch: PatchParams): string {
  if (patch.oldCounts.includes(patch.target)) throw new Error('an old count is the target');
  if (patch.mayRaise !== true && patch.oldCounts.some((count) => count < patch.target)) {
    throw new Error('an old count is not above the target');
  }
  return [
    `UPDATE nodes SET api_extensions=${wholeNumber(patch.target, 1, 99_999)}`,
    `WHERE ${guardOf(patch)}`,
    DEADLINE,
  ].join(' ');
}

/** What must hold of a row for it to be changed: schema, id, and one of the counts that were read. */
export function guardOf(patch: PatchParams): string {
  return [
    `schema=${wholeNumber(patch.schema, 1, 99_999)}`,
    `AND id IN (${numberList(patch.rowIds, 999_999_999)})`,
    `AND api_extensions IN (${numberList(patch.oldCounts, 99_999)})`,
  ].join(' ');
}

/** The line after it: healing off while members come back one after the other. Null when there is nothing to switch off. */
function healingStatement({ healingS }: PatchParams): string | null {
  if (healingS === undefined) return null;
  return `UPDATE config SET value='0' WHERE key='cluster.healing_threshold' AND value='${thresholdText(healingS)}' ${DEADLINE}`;
}

function places(run: RunId): string {
  return `patch="$D/patch.global.sql" mark="${patchMark(run)}" draft="$D/.lockstep.${run}.sql" notes="$C/lockstep/${run}"
`;
}

export function writePatch(run: RunId, patch: PatchParams): Body {
  const life = wholeNumber(patch.lifetimeS, 1, LONGEST_LIFE_S);
  const healing = healingStatement(patch);
  const more = healing === null ? '' : ' "$healing $deadline;"';
  return {
    uses: ['patch'],
    body: `${places(run)}statement="${guardedStatement(patch)}"
${healing === null ? '' : `healing="${healing}"\n`}[ -d "$D" ] || refused reason=no-database
[ -e "$D/patch.local.sql" ] && refused reason=patch-local
[ -e "$D/lxd_recovery_db.tar.gz" ] && refused reason=recovery-tarball
${wholeBackup(run)}whole || refused reason=no-verified-backup
now=$(date +%s)
case $now in ''|*[!0-9]*) failed reason=clock ;; esac
if own_patch; then
  { IFS= read -r _; IFS= read -r line; } <"$patch"
  until=\${line#"$statement "}
  until=\${until%;}
  case $until in ''|*[!0-9]*) foreign reason=other-statement ;; esac
  [ "$until" -gt "$now" ] && already deadline=$until
  rm -f "$patch" || failed reason=remove-expired
elif some_patch; then
  foreign reason=patch-exists
fi
deadline=$((now + ${life}))
mkdir -p "$notes" && echo "writing $deadline" >>"$notes/patch.log" || failed reason=notes
rm -f "$draft"
printf '%s\\n' "$mark" "$statement $deadline;"${more} >"$draft" || failed reason=write
chmod 0600 "$draft" && sync "$draft" || { rm -f "$draft"; failed reason=write; }
cp "$draft" "$notes/patch.sql" || { rm -f "$draft"; failed reason=notes; }
if ! ln "$draft" "$patch"; then
  rm -f "$draft"
  own_patch && already deadline=$deadline
  if some_patch; then foreign reason=patch-exists; else failed reason=link; fi
fi
rm -f "$draft"
echo "written $deadline" >>"$notes/patch.log"
finish_done deadline=$deadline
`,
  };
}

/** The file is there: done. Gone, but known to have been written: done too, it was taken. Half way: nobody can tell. */
export function writePatchLook(run: RunId): Body {
  return {
    uses: ['patch'],
    body: `${places(run)}own_patch && finish_done file=there
some_patch && finish 0 not-done file=foreign
last=
[ -f "$notes/patch.log" ] && while read -r word _; do last=$word; done <"$notes/patch.log"
case $last in
  written) finish_done file=gone ;;
  writing) finish 0 unknown file=gone ;;
  *) finish 0 not-done file=none ;;
esac
`,
  };
}

export function awaitPatchConsumed(waitS: string): Body {
  return {
    uses: [],
    body: `[ -d "$D" ] && [ -x "$D" ] || failed reason=no-database
left=$((${waitS} * 10))
while [ -e "$D/patch.global.sql" ]; do
  [ "$left" -gt 0 ] || waiting reason=still-there
  left=$((left - 1))
  sleep 0.1
done
finish_done
`,
  };
}

export const CONSUMED_LOOK: Body = {
  uses: [],
  body: `[ -d "$D" ] && [ -x "$D" ] || finish 0 unknown reason=no-database
if [ -e "$D/patch.global.sql" ]; then finish 0 not-done; fi
finish_done
`,
};

export function removePatch(run: RunId): Body {
  return {
    uses: ['patch'],
    body: `${places(run)}[ -d "$D" ] && [ -x "$D" ] || failed reason=no-database
rm -f "$draft" || failed reason=draft
if own_patch; then
  rm -f "$patch" || failed reason=remove
  some_patch && failed reason=still-there
  [ -d "$notes" ] && echo removed >>"$notes/patch.log"
  finish_done removed=yes
fi
some_patch && foreign reason=patch-exists
already
`,
  };
}

export function removePatchLook(run: RunId): Body {
  return {
    uses: ['patch'],
    body: `${places(run)}[ -d "$D" ] && [ -x "$D" ] || finish 0 unknown reason=no-database
if own_patch || [ -e "$draft" ]; then finish 0 not-done; fi
some_patch && finish 0 unknown file=foreign
finish_done
`,
  };
}
