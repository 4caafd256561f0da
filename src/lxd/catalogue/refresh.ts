/**
 * Another revision of the snap, with instances kept. `snap refresh` ends in a call that hangs for as long as LXD waits for others,
 * so it is asked for with `--no-wait` and its change is watched, side by side on all members. Never `snap revert`, which takes the
 * path of a host's shutdown; holds are neither set nor released here.
 */
import type { LibraryPart } from './text.ts';

interface Body {
  readonly uses: readonly LibraryPart[];
  readonly body: string;
}

const REVISION = /^x?[1-9]\d{0,8}$/;

/**
 * `snap_state` leaves the id of a `change` that has not ended, and the installed `revision`; fails when snapd does not say. In this
 * order: a change that ends in between has then led to the revision that is read.
 */
function snapState(revision: string): string {
  if (!REVISION.test(revision)) throw new Error('not a snap revision');
  return `wanted=${revision}
snap_state() {
  revision= change=
  table=$(timeout -k 1 15 snap changes lxd 2>&1) || case $table in *'no changes found'*) table= ;; *) return 1 ;; esac
  while read -r number status _; do
    case $number in ''|*[!0-9]*) continue ;; esac
    case $status in Done|Error|Hold|Undone) ;; *) change=$number ;; esac
  done <<TABLE
$table
TABLE
  table=$(timeout -k 1 15 snap list lxd) || return 1
  while read -r name _ number _; do [ "$name" = lxd ] && revision=$number; done <<TABLE
$table
TABLE
  [ -n "$revision" ]
}
`;
}

export function refresh(revision: string, waitS: string): Body {
  return {
    uses: [],
    body: `${snapState(revision)}snap_state || failed reason=snapd
[ "$revision" = "$wanted" ] && [ -z "$change" ] && already revision=$revision
end=$(($(date +%s) + ${waitS})) asked=
while :; do
  if snap_state && [ -z "$change" ]; then
    [ "$revision" = "$wanted" ] && break
    [ -z "$asked" ] || failed reason=change-failed change=$asked revision=$revision
    asked=$(timeout -k 1 60 snap refresh --no-wait lxd --revision="$wanted")
    code=$?
    case $code in
      0) asked=\${asked:-none} ;;
      10) asked= ;;
      *) failed reason=snap-refresh code=$code ;;
    esac
  fi
  [ "$(date +%s)" -lt "$end" ] || waiting reason=change-in-progress change=$change revision=$revision
  sleep 0.5
done
finish_done revision=$revision change=\${asked:-none}
`,
  };
}

/** A change that has not ended by now says neither. */
export function refreshLook(revision: string): Body {
  return {
    uses: [],
    body: `${snapState(revision)}snap_state || finish 0 unknown reason=snapd
[ -z "$change" ] || finish 0 unknown change=$change revision=$revision
[ "$revision" = "$wanted" ] && finish_done revision=$revision
finish 0 not-done revision=$revision
`,
  };
}

export function checkRefreshed(revision: string): Body {
  return {
    uses: ['state', 'ready'],
    body: `${snapState(revision)}snap_state || failed reason=snapd
[ "$revision" = "$wanted" ] || refused reason=revision revision=$revision
[ -z "$change" ] || refused reason=change-in-progress change=$change
is_ready && refused reason=serving
finish_done revision=$revision
`,
  };
}

export function checkRefreshedLook(revision: string): Body {
  return {
    uses: ['state', 'ready'],
    body: `${snapState(revision)}snap_state || finish 0 unknown reason=snapd
[ "$revision" = "$wanted" ] && [ -z "$change" ] && ! is_ready && finish_done revision=$revision
finish 0 not-done revision=$revision
`,
  };
}
