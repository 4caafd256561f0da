/**
 * The guarded statements through a serving member's live database. Owns their order: count first, send only what is still as it
 * was read, count again. Never connects to the socket of a member that does not serve. What was cut off between sending and
 * counting says nothing, and a look decides; by then the deadline is over, so nothing of it can act any more.
 */
import { RUN_ID_PATTERN, type RunId } from '../../domain/ids.ts';
import type { PatchParams } from '../../domain/plan.ts';
import { DEADLINE, guardOf, LONGEST_LIFE_S } from './patch.ts';
import { wholeNumber, type LibraryPart } from './text.ts';

interface Body {
  readonly uses: readonly LibraryPart[];
  readonly body: string;
}

const USES: readonly LibraryPart[] = ['state', 'ready', 'sql'];

/** One line per statement: target, number of rows, guard. Nothing in it needs quoting inside JSON or double quotes. */
function statementLines(statements: readonly PatchParams[]): string {
  if (statements.length === 0 || statements.length > 100) throw new Error('no statement to run');
  return statements
    .map((patch) => {
      if (patch.oldCounts.includes(patch.target)) throw new Error('an old count is the target');
      const target = wholeNumber(patch.target, 1, 99_999);
      const rows = wholeNumber(new Set(patch.rowIds).size, 1, 1000);
      return `${target} ${rows} ${wholeNumber(patch.schema, 1, 99_999)} ${patch.rowIds.map((id) => wholeNumber(id, 1, 999_999_999)).join(',')} ${guardOf(patch)}\n`;
    })
    .join('');
}

/** `survey` leaves the number of rows at their target (`right`), still as read (`old`), and of all (`total`). */
function survey(statements: readonly PatchParams[]): string {
  return `statements() {
cat <<'STATEMENTS'
${statementLines(statements)}STATEMENTS
}
survey() {
  right=0 old=0 total=0
  while read -r target rows schema ids guard; do
    total=$((total + rows))
    count_of "api_extensions=$target AND schema=$schema AND id IN ($ids)" || return 1
    right=$((right + number))
    count_of "$guard" || return 1
    old=$((old + number))
  done <<LINES
$(statements)
LINES
}
`;
}

export function runSql(run: RunId, statements: readonly PatchParams[]): Body {
  if (!RUN_ID_PATTERN.test(run)) throw new Error('not a run id');
  const life = wholeNumber(Math.min(...statements.map(({ lifetimeS }) => lifetimeS)), 1, LONGEST_LIFE_S);
  return {
    uses: USES,
    body: `notes="$C/lockstep/${run}"
${survey(statements)}is_ready || refused reason=not-serving
survey || failed reason=read
[ "$right" = "$total" ] && already rows=$right
[ $((right + old)) = "$total" ] || refused reason=rows-changed right=$right old=$old of=$total
now=$(date +%s)
case $now in ''|*[!0-9]*) failed reason=clock ;; esac
deadline=$((now + ${life}))
mkdir -p "$notes" || failed reason=notes
while read -r target rows schema ids guard; do
  statement="UPDATE nodes SET api_extensions=$target WHERE $guard ${DEADLINE} $deadline"
  echo "$statement" >>"$notes/live.sql" || failed reason=notes
  ask_sql "$statement" || { echo; finish 1 unknown reason=no-answer; }
  echo
done <<LINES
$(statements)
LINES
survey || finish 1 unknown reason=read
[ "$right" = "$total" ] || finish 1 unknown right=$right old=$old of=$total
finish_done rows=$right
`,
  };
}

export function runSqlLook(statements: readonly PatchParams[]): Body {
  return {
    uses: USES,
    body: `${survey(statements)}is_ready || finish 0 unknown reason=not-serving
survey || finish 0 unknown reason=read
[ "$right" = "$total" ] && finish_done rows=$right
[ $((right + old)) = "$total" ] && finish 0 not-done right=$right old=$old
finish 0 unknown right=$right old=$old of=$total
`,
  };
}
