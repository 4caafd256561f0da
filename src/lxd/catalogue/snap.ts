/**
 * Verbs on the snap: hold refreshes, release our own hold, and the plain stop that shuts instances down. A hold that was there
 * before is never replaced nor released: a mark file says which one is ours.
 */
import type { LibraryPart } from './text.ts';

interface Body {
  readonly uses: readonly LibraryPart[];
  readonly body: string;
}

const HELD = `mark="$C/lockstep/hold"
is_held() {
  table=$(timeout -k 1 15 snap list lxd) || return 2
  while read -r name _ _ _ _ notes; do
    [ "$name" = lxd ] && case ",$notes," in *,held,*) return 0 ;; esac
  done <<TABLE
$table
TABLE
  return 1
}
is_held; held=$?
`;

export const HOLD: Body = {
  uses: [],
  body: `${HELD}case $held in
  2) failed reason=snap-list ;;
  0) if [ -e "$mark" ]; then already own=yes; else already own=no; fi ;;
esac
mkdir -p "$C/lockstep" && : >"$mark" || failed reason=mark
timeout -k 1 60 snap refresh --hold lxd || { rm -f "$mark"; failed reason=snap-refresh-hold; }
is_held || { rm -f "$mark"; failed reason=not-held; }
finish_done own=yes
`,
};

export const HOLD_LOOK: Body = {
  uses: [],
  body: `${HELD}case $held in 0) finish_done ;; 1) finish 0 not-done ;; *) finish 0 unknown ;; esac
`,
};

export const RELEASE: Body = {
  uses: [],
  body: `${HELD}[ -e "$mark" ] || already own=no
case $held in
  2) failed reason=snap-list ;;
  0) timeout -k 1 60 snap refresh --unhold lxd || failed reason=snap-refresh-unhold ;;
esac
rm -f "$mark" || failed reason=mark
finish_done
`,
};

export const RELEASE_LOOK: Body = {
  uses: [],
  body: `if [ -e "$C/lockstep/hold" ]; then finish 0 not-done; fi
finish_done
`,
};

export function plainStop(waitS: string): Body {
  return {
    uses: ['processes', 'state'],
    body: `active_state || failed reason=systemctl
[ "$state" = inactive ] && [ -z "$(daemons)" ] && already
timeout -k 5 ${waitS} snap stop lxd
code=$?
case $code in
  0) ;;
  124|137) waiting reason=snap-stop ;;
  *) failed reason=snap-stop code=$code ;;
esac
active_state || failed reason=systemctl
case $state in inactive|failed) ;; *) failed reason=unit state=$state ;; esac
[ -z "$(daemons)" ] || failed reason=process
finish_done
`,
  };
}
