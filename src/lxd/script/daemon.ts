/**
 * Probe, the daemon's side: unit, readiness, `/1.0`, live tables, cluster list. The order is the safety: the socket is touched
 * only while the unit is active, because a connection to the socket of a stopped service starts LXD and its instances; readiness
 * is asked first, because on a waiting member the public API hangs while `/internal` answers.
 */
import { AUTOSTART_SQL } from './autostart.ts';
import { UNIT } from './prologue.ts';

const SETTING_KEYS = ['cluster.offline_threshold', 'cluster.healing_threshold', 'core.shutdown_timeout'] as const;

/** `*`, since 4.0 calls the state column `pending`. */
export const NODES_SQL = 'SELECT * FROM nodes';
export const SCHEMA_SQL = 'SELECT MAX(version) AS version FROM schema';
export const SETTINGS_SQL = `SELECT key, value FROM config WHERE key IN (${SETTING_KEYS.map((key) => `'${key}'`).join(',')})`;
export const RAFT_SQL = 'SELECT * FROM raft_nodes';
export const ADDRESS_SQL = `SELECT key, value FROM config WHERE key = 'cluster.https_address'`;

/** What one call gets: LXD splits at the semicolon and answers with one result each. */
const GLOBAL_SQL = [NODES_SQL, SCHEMA_SQL, SETTINGS_SQL].join('; ');
const LOCAL_SQL = [RAFT_SQL, SCHEMA_SQL, ADDRESS_SQL].join('; ');

/** A JSON body inside single quotes of the shell. */
function sqlBody(database: string, query: string): string {
  return `'${JSON.stringify({ database, query }).replaceAll("'", '\\u0027')}'`;
}

function transfer(name: string, path: string, seconds: number, more = ''): string {
  return `-sS -f -m ${String(seconds)} --unix-socket "$U" -o "$T/${name}" -w "${name} %{http_code}\\n"${more} "http://lxd${path}"`;
}

const LOCAL = transfer('local', '/internal/sql', 3, ` -d ${sqlBody('local', LOCAL_SQL)}`);
const AUTOSTART = transfer('autostart', '/internal/sql', 3, ` -d ${sqlBody('global', AUTOSTART_SQL)}`);
const GLOBAL = transfer('global', '/internal/sql', 3, ` -d ${sqlBody('global', GLOBAL_SQL)}`);

/** One curl for all questions, on one connection; `--fail-early` ends it at the first that is not answered. */
const ASK_CURL = `ask_curl() {
  timeout -k 1 7 curl --fail-early ${transfer('ready', '/internal/ready', 2)} \\
    --next ${transfer('api', '/1.0', 3)} \\
    --next ${LOCAL} \\
    --next ${GLOBAL} \\
    --next ${transfer('members', '/1.0/cluster/members?recursion=1', 3)} \\
    --next ${AUTOSTART} >"$T/http" 2>"$T/http.err" </dev/null
  echo $? >"$T/http.rc"
  while read -r name code; do [ "$name" = ready ] && ready=$code; done <"$T/http"
  if [ "$ready" = 503 ]; then
    timeout -k 1 4 curl ${LOCAL} \\
      --next ${GLOBAL} \\
      --next ${AUTOSTART} >>"$T/http" 2>>"$T/http.err" </dev/null
  fi
  for part in api local global members autostart; do [ -s "$T/$part" ] && echo 0 >"$T/$part.rc"; done
}
`;

/** Without curl the command line asks, each question a process of its own. */
const ASK_CLI = `ask_cli() {
  run waitready 3 lxd waitready --timeout 1
  read -r rc <"$T/waitready.rc"
  if [ "$rc" = 0 ]; then ready=200
  elif grep -qsE '<nil>|not ready yet' "$T/waitready" "$T/waitready.err"; then ready=503
  fi
  echo "ready $ready" >"$T/http"; echo 0 >"$T/http.rc"
  case $ready in 200|503) ;; *) return 0 ;; esac
  run local-text 3 lxd sql local "${LOCAL_SQL}" &
  run global-text 3 lxd sql global "${GLOBAL_SQL}" &
  run autostart-text 3 lxd sql global "${AUTOSTART_SQL}" &
  if [ "$ready" = 200 ]; then
    run api 3 lxc query /1.0 &
    run members 3 lxc query "/1.0/cluster/members?recursion=1" &
  fi
  wait
}
`;

const SHOW = `show() {
  run "$1" 3 systemctl show ${UNIT} --property=LoadState,ActiveState,SubState,UnitFileState,Result,MainPID,NRestarts
}
`;

/** A healthy member answers at once; else a second look at the restart counter, the journal, and the tables on disk. */
const DAEMON = `daemon() {
  active= ready=000
  show unit
  while IFS== read -r key value; do [ "$key" = ActiveState ] && active=$value; done <"$T/unit"
  if [ "$active" = active ]; then
    if command -v curl >/dev/null; then ask_curl; else ask_cli; fi
  fi
  if [ "$ready" = 200 ] && { [ -s "$T/global" ] || [ -s "$T/global-text" ]; }; then return 0; fi
  [ "$ready" = 200 ] || { sleep 1; show unit-later; } &
  run journal 3 journalctl -u ${UNIT} -n 300 -o short-iso-precise --no-pager -q &
  [ -s "$T/global" ] || [ -s "$T/global-text" ] || disk
  wait
}
`;

export const DAEMON_SCRIPT = SHOW + ASK_CURL + ASK_CLI + DAEMON;
