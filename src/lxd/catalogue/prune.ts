/**
 * Back-ups of ended runs, removed from a member: exactly the folders of the runs that are named, which the caller knows to be its own
 * and ended. Nothing is guessed from what lies there, so another installation's are never touched.
 */
import { RUN_ID_PATTERN, type RunId } from '../../domain/ids.ts';
import { buildText } from './text.ts';

export const PRUNE_BACKUPS = 'prune-backups';
/** So many at a time, so that a text stays short. */
export const MOST_PRUNED = 50;
const SECONDS = 60;

export function pruneBackupsText(runs: readonly RunId[]): string {
  if (runs.length === 0 || runs.length > MOST_PRUNED || !runs.every((run) => RUN_ID_PATTERN.test(run))) {
    throw new Error('not a list of runs');
  }
  return buildText({
    kind: PRUNE_BACKUPS,
    seconds: SECONDS,
    uses: [],
    body: `[ -d "$C/lockstep" ] || already
gone=0
for run in ${runs.join(' ')}; do
  folder="$C/lockstep/$run"
  if [ -L "$folder" ]; then foreign reason=link run=$run; fi
  [ -d "$folder" ] || continue
  rm -rf "$folder" || failed reason=remove run=$run
  gone=$((gone + 1))
done
finish_done removed=$gone
`,
  });
}
