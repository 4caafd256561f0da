# Shell functions of .ci/run: keep the count, make the unprivileged clone, read vitest's JSON.
PASSED=0 FAILED=0 FAILURES=""
WORK=$(mktemp -d) CI_USER=lockstep-ci
chmod 755 "$WORK"
USER_HOME=$WORK/home CLONE=$WORK/home/lockstep

section() { printf '\n== %s\n' "$1"; }

# record passed|failed NAME [COUNT]
record() {
  if [ "$1" = passed ]; then PASSED=$((PASSED + ${3:-1})); else FAILED=$((FAILED + ${3:-1})); FAILURES="$FAILURES
  $2"; fi
}

# check NAME SECONDS COMMAND...: one thing that passes or fails
check() {
  local name=$1 limit=$2 from=$SECONDS; shift 2
  if run_limited "$limit" "$@"; then record passed "$name"; else record failed "$name"; fi
  printf -- '-- %s: %ss\n' "$name" $((SECONDS - from))
}

# The command may be one of the functions below, so the limit is passed on in $LIMIT instead of wrapping it.
run_limited() {
  LIMIT=$1; shift
  case $1 in as_user | in_clone) "$@" ;; *) timeout -k 20 "$LIMIT" "$@" ;; esac
}

# check_vitest NAME SECONDS FUNCTION COMMAND JSON: each test counts; no file or no test is a failure, a skipped test too
check_vitest() {
  local name=$1 limit=$2 how=$3 command=$4 json=$5 from=$SECONDS status=0 line
  LIMIT=$limit
  "$how" "$command" || status=$?
  printf -- '-- %s: %ss\n' "$name" $((SECONDS - from))
  line=$(node -e '
    const r = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"));
    const failed = r.numFailedTests + r.numPendingTests + r.numTodoTests;
    console.log(r.numPassedTests, failed);
  ' "$json" 2>/dev/null) || line="0 1"
  set -- $line
  [ "$1" -gt 0 ] && record passed "$name" "$1"
  [ "$2" -gt 0 ] && record failed "$name: $2" "$2"
  if [ "$status" != 0 ] && [ "$2" = 0 ]; then record failed "$name: exit $status"; fi
  if [ "$1" = 0 ] && [ "$2" = 0 ]; then record failed "$name: no test ran"; fi
}

# check_matrix NAME SECONDS FUNCTION COMMAND LOG: each run of the kill matrix counts; no count is a failure
check_matrix() {
  local name=$1 limit=$2 how=$3 command=$4 log=$5 from=$SECONDS status line
  LIMIT=$limit
  "$how" "$command" 2>&1 | tee "$log"
  status=${PIPESTATUS[0]}
  printf -- '-- %s: %ss\n' "$name" $((SECONDS - from))
  line=$(sed -n 's/^matrix: \([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p' "$log" | tail -1)
  set -- ${line:-0 1}
  [ "$1" -gt 0 ] && record passed "$name" "$1"
  [ "$2" -gt 0 ] && record failed "$name: $2" "$2"
  if [ "$status" != 0 ] && [ "$2" = 0 ]; then record failed "$name: exit $status"; fi
}

new_user_and_clone() {
  local tries=30
  if ! id "$CI_USER" >/dev/null 2>&1; then
    useradd --system --shell /bin/bash --home-dir "$USER_HOME" "$CI_USER"
  else
    # One of an earlier run has a home that is gone; it can't be given another while processes of an interrupted run still end.
    until usermod --home "$USER_HOME" "$CI_USER"; do
      tries=$((tries - 1))
      [ "$tries" -gt 0 ] || { record failed "user $CI_USER is still in use by an earlier run"; exit 1; }
      sleep 1
    done
  fi
  mkdir -p "$USER_HOME"
  git -c safe.directory='*' clone -q "$HERE" "$CLONE"
  chown -R "$CI_USER": "$USER_HOME"
}

# as_user COMMAND: in the clone, unprivileged, with Node's own headers where the machine has them (no download)
as_user() {
  local node_dir=
  [ -e /usr/include/node/node.h ] && node_dir=/usr
  timeout -k 20 "$LIMIT" runuser -u "$CI_USER" -- env -C "$CLONE" HOME="$USER_HOME" LOGNAME="$CI_USER" USER="$CI_USER" \
    ${node_dir:+npm_config_nodedir=$node_dir} npm_config_yes=true NO_COLOR=1 bash -c "$1" </dev/null
}

in_clone() {
  timeout -k 20 "$LIMIT" env -C "$CLONE" NO_COLOR=1 bash -c "$1" </dev/null
}

finish() {
  local status=0
  pids=$(pgrep -u "$CI_USER" 2>/dev/null) && kill $pids 2>/dev/null
  rm -rf "$WORK"
  [ -n "$FAILURES" ] && printf '\nFailed:%s\n' "$FAILURES"
  if [ "$FAILED" -gt 0 ] || [ "$PASSED" = 0 ]; then status=1; fi
  printf '%s passed, %s failed\n' "$PASSED" "$FAILED"
  exit $status
}
