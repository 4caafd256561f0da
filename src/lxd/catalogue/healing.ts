/**
 * `cluster.healing_threshold` of a cluster that serves: to 0 and back, by LXD's own API. SQL would not do: each daemon decides by
 * the copy in its memory, which only the API renews. LXD takes the change back when a member can't be told of it, so its answer
 * counts, and afterwards both the row and this daemon's copy. A release without the extension `cluster_healing` has no copy: there
 * the row is all.
 */
import { wholeNumber, type LibraryPart } from './text.ts';

interface Body {
  readonly uses: readonly LibraryPart[];
  readonly body: string;
}

const KEY = 'cluster.healing_threshold';
const USES: readonly LibraryPart[] = ['state', 'ready', 'sql'];
const LONGEST_S = 999_999_999;

export function thresholdText(seconds: number): string {
  return wholeNumber(seconds, 1, LONGEST_S);
}

/**
 * `survey` leaves in `row` and in `copy`: `from`, `to`, or `other`. No row and no line mean 0. The daemon shows its copy in `/1.0`.
 */
function survey(from: string, to: string): string {
  return `from=${from} to=${to} setting=${KEY}
name_of() { case $1 in "$from") echo from ;; "$to") echo to ;; *) echo other ;; esac; }
survey() {
  count_in config "key='$setting' AND value='$from'" || return 1
  is_from=$number
  count_in config "key='$setting' AND value='$to'" || return 1
  is_to=$number
  count_in config "key='$setting'" || return 1
  row=other
  [ "$number" = 0 ] && row=$(name_of 0)
  [ "$is_from" = 1 ] && row=from
  [ "$is_to" = 1 ] && row=to
  said=$(ask_server) || return 1
  case $said in *'"config"'*) ;; *) return 1 ;; esac
  held=0
  case $said in *"\\"$setting\\""*)
    held=\${said#*"\\"$setting\\""}
    held=\${held#*\\"}
    held=\${held%%\\"*} ;;
  esac
  copy=$(name_of "$held")
  case $said in *'"cluster_healing"'*) known=yes ;; *) known=no copy=$row ;; esac
}
ask_server() {
  if command -v curl >/dev/null; then
    timeout -k 1 8 curl -sS -m 7 --unix-socket "$U" http://lxd/1.0 </dev/null
  else
    timeout -k 1 8 lxc query /1.0 </dev/null
  fi
}
`;
}

/** `change` leaves LXD's words in `said`; fails when there were none. */
const CHANGE = `change() {
  wanted="{\\"config\\":{\\"$setting\\":\\"$to\\"}}"
  if command -v curl >/dev/null; then
    said=$(timeout -k 1 18 curl -sS -m 17 --unix-socket "$U" -X PATCH -d "$wanted" http://lxd/1.0 </dev/null)
  else
    said=$(timeout -k 1 18 lxc query -X PATCH -d "$wanted" /1.0 </dev/null 2>&1) && said='"status_code":200'
  fi
  printf '%s\\n' "$said"
  [ -n "$said" ]
}
`;

function set(from: string, to: string): Body {
  return {
    uses: USES,
    body: `${survey(from, to)}${CHANGE}is_ready || refused reason=not-serving
for try in 1 2 3; do
  survey || failed reason=read
  if [ "$row" = to ] && [ "$copy" = to ]; then
    if [ "$try" = 1 ]; then already; else finish_done; fi
  fi
  [ "$row" = other ] && refused reason=changed
  [ "$try" = 3 ] && break
  if [ "$known" = no ]; then
    ask_sql "INSERT OR REPLACE INTO config (key, value) VALUES ('$setting', '$to')" || finish 1 unknown reason=no-answer
    echo
  else
    change || finish 1 unknown reason=no-answer
    case $said in *'"status_code":200'*) ;; *) sleep 2 ;; esac
  fi
done
failed reason=not-taken row=$row copy=$copy
`,
  };
}

function look(from: string, to: string): Body {
  return {
    uses: USES,
    body: `${survey(from, to)}is_ready || finish 0 unknown reason=not-serving
survey || finish 0 unknown reason=read
[ "$row" = to ] && [ "$copy" = to ] && finish_done
[ "$row" = from ] && finish 0 not-done copy=$copy
finish 0 unknown row=$row copy=$copy
`,
  };
}

export function healingOff(thresholdS: number): Body {
  return set(thresholdText(thresholdS), '0');
}

export function healingOffLook(thresholdS: number): Body {
  return look(thresholdText(thresholdS), '0');
}

export function healingBack(thresholdS: number): Body {
  return set('0', thresholdText(thresholdS));
}

export function healingBackLook(thresholdS: number): Body {
  return look('0', thresholdText(thresholdS));
}
