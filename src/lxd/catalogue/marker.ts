/**
 * The marker on a member: which installation of Lockstep works on it, in which run, and until when. Owns its place, its one line and
 * its three verbs. It lies outside LXD's database directory, root's alone. Writing happens under `flock` on its folder, so that of
 * two that find an expired one exactly one takes it; the kernel lets the lock go when a text is killed. Deadlines are written and
 * judged on the member's own clock: what clocks elsewhere say plays no part.
 */
import { RUN_ID_PATTERN, type RunId } from '../../domain/ids.ts';
import { buildText, wholeNumber } from './text.ts';

export interface MarkerOwner {
  /** `[A-Za-z0-9.-]{1,64}`. */
  readonly installation: string;
  readonly run: RunId;
}

export interface MarkerClaim extends MarkerOwner {
  /** Who asked for the run, for whoever is refused. Anything; written as one word. */
  readonly by: string;
  /** Life in s from now on the member's clock, at most 6 h. */
  readonly lifeS: number;
  /** A run of the same installation that is known to have ended: its marker gives way before its deadline. */
  readonly replaces: RunId | null;
}

/** Result kinds of the texts. */
export const TAKE_MARKER = 'take-marker';
export const DROP_MARKER = 'drop-marker';

export const LONGEST_MARKER_S = 21_600;
const INSTALLATION_PATTERN = /^[A-Za-z0-9][A-Za-z0-9.-]{0,63}$/;
const SECONDS = 15;
/** A deadline further ahead than any run's, in s: a clock that was wrong, or not our writing. */
const IMPLAUSIBLE_S = 86_400;

/**
 * Leaves `there` (no, yes, damaged) and the fields of a marker that is there. Nothing that does not match exactly is believed.
 */
const HOLDS = `holds() {
  there=no inst= holder= until= since= by=
  { [ -e "$marker" ] || [ -L "$marker" ]; } || return 0
  there=damaged
  [ -f "$marker" ] && [ ! -L "$marker" ] || return 0
  read -r head version inst holder until since by rest <"$marker" || return 0
  [ "$head $version" = 'lockstep-marker 1' ] && [ -z "$rest" ] || return 0
  case $inst in ''|*[!A-Za-z0-9.-]*) return 0 ;; esac
  case $holder in r[0-9a-z][0-9a-z][0-9a-z][0-9a-z][0-9a-z][0-9a-z]) ;; *) return 0 ;; esac
  case $until in ''|*[!0-9]*|?????????????*) return 0 ;; esac
  case $by in ''|*[!A-Za-z0-9@._:+-]*) return 0 ;; esac
  [ "$until" -le $((now + ${String(IMPLAUSIBLE_S)})) ] || return 0
  there=yes
}
`;

const OPENING = `[ -d "$C" ] || refused reason=no-lxd
folder="$C/lockstep" marker="$C/lockstep/marker"
command -v flock >/dev/null || refused reason=no-flock
now=$(date +%s)
case $now in ''|*[!0-9]*) failed reason=clock ;; esac
`;

function places({ installation, run }: MarkerOwner): string {
  if (!INSTALLATION_PATTERN.test(installation)) throw new Error('not an installation');
  if (!RUN_ID_PATTERN.test(run)) throw new Error('not a run id');
  return `${OPENING}${HOLDS}me=${installation} run=${run}
own() { [ "$there" = yes ] && [ "$inst" = "$me" ] && [ "$holder" = "$run" ]; }
`;
}

/** Placed, renewed when it is this run's own, taken over when its deadline has passed; refused as `foreign` otherwise. */
export function takeMarkerText(claim: MarkerClaim): string {
  const life = wholeNumber(claim.lifeS, 60, LONGEST_MARKER_S);
  if (claim.replaces !== null && !RUN_ID_PATTERN.test(claim.replaces)) throw new Error('not a run id');
  return buildText({
    kind: TAKE_MARKER,
    seconds: SECONDS,
    uses: [],
    body: `${places(claim)}replaces=${claim.replaces ?? 'none'} draft="$folder/.marker.$run"
mkdir -p "$folder" && chmod 0700 "$folder" || failed reason=folder
{
  flock -w 8 9 || failed reason=locked
  holds
  deadline=$((now + ${life}))
  case $there in
    no) how=placed ;;
    damaged) foreign reason=unreadable ;;
    yes)
      if own; then
        how=renewed
        [ "$until" -le "$deadline" ] || deadline=$until
      elif [ "$inst" = "$me" ] && [ "$holder" = "$replaces" ]; then how=replaced
      elif [ "$until" -gt "$now" ]; then
        foreign reason=held installation=$inst run=$holder by=$by until=$until now=$now
      else how=taken-over
      fi ;;
  esac
  rm -f "$draft"
  printf 'lockstep-marker 1 %s %s %s %s %s\\n' "$me" "$run" "$deadline" "$now" ${oneWord(claim.by)} >"$draft" && chmod 0600 "$draft" && sync "$draft" || { rm -f "$draft"; failed reason=write; }
  if [ "$how" = placed ]; then
    ln "$draft" "$marker" || { rm -f "$draft"; failed reason=link; }
    rm -f "$draft"
  else
    mv -f "$draft" "$marker" || { rm -f "$draft"; failed reason=rename; }
  fi
  finish_done how=$how until=$deadline now=$now
} 9<"$folder"
failed reason=folder
`,
  });
}

/** Takes this run's own away, and nobody else's. */
export function dropMarkerText(owner: MarkerOwner): string {
  return buildText({
    kind: DROP_MARKER,
    seconds: SECONDS,
    uses: [],
    body: `${places(owner)}[ -d "$folder" ] || already
{
  flock -w 8 9 || failed reason=locked
  rm -f "$folder/.marker.$run"
  holds
  own || already there=$there
  rm -f "$marker" || failed reason=remove
  finish_done
} 9<"$folder"
failed reason=folder
`,
  });
}

/** Safe unquoted in a text and as a value of the result line. */
function oneWord(text: string): string {
  const word = text
    .replace(/[^A-Za-z0-9@._:+-]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 80);
  return word === '' ? 'unknown' : word;
}
