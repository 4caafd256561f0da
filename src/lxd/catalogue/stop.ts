/**
 * Stopping LXD without its instances, and starting it. A serving daemon is ended with SIGTERM; one that is not ready ignores
 * that until it is aligned and then shuts down, so it is ended with SIGKILL, after the unit and behind the word `crashed` in LXD's
 * state file, which keeps the snap's stop script from ending LXCFS under running containers.
 * Activation is stopped first: one client's connection would start everything again; from then on asking is harmless too.
 */
import { UNIT } from '../script/prologue.ts';
import type { LibraryPart } from './text.ts';

interface Body {
  readonly uses: readonly LibraryPart[];
  readonly body: string;
}

/** Two texts may follow each other on a daemon that is ending: the mark tells the second that the signal was sent. */
export function stopServing(waitS: string): Body {
  return {
    uses: ['processes', 'state', 'ready', 'units'],
    body: `sent="$C/lockstep/terminated"
active_state || failed reason=systemctl
case $state in
  inactive|failed)
    [ -z "$(daemons)" ] || refused reason=orphan-daemon
    stop_activation || failed reason=sockets
    rm -f "$sent"
    already ;;
esac
before=$(lxcfs_pid)
daemon_pid || refused reason=pid state=$state
serving=$pid
if [ "$(first_line "$sent")" != "$serving" ]; then
  [ "$state" = active ] && answers_ready || refused reason=not-ready state=$state
  stop_activation || failed reason=sockets
  is_ready && daemon_pid && [ "$pid" = "$serving" ] || refused reason=not-ready-any-more
  mkdir -p "$C/lockstep" && echo "$serving" >"$sent" || failed reason=mark
  signal TERM "$serving" || failed reason=signal
fi
end=$(($(date +%s) + ${waitS}))
while :; do
  active_state || state=unknown
  [ "$state" = failed ] && failed reason=unit-failed
  [ "$state" = inactive ] && [ "$(first_line "$C/state")" = shutdown ] && [ ! -e "$P/$serving" ] && break
  [ "$(date +%s)" -lt "$end" ] || waiting reason=still-ending pid=$serving state=$state
  sleep 0.3
done
rm -f "$sent"
after=$(lxcfs_pid)
[ "$before" = "$after" ] || failed reason=lxcfs before=$before after=$after
finish_done pid=$serving lxcfs=$after
`,
  };
}

/**
 * The daemon stands still (SIGSTOP) from before the word is written until the unit is down, and only then it is killed. One that ends
 * earlier, by itself or by our hand, has its start script write that file anew: for a moment it is empty, and a stop script that reads
 * it then takes the stop for the host's shutdown. The script is believed to have read the word when `systemctl stop` comes back, or
 * when systemd has gone on to signals, as it does where the daemon belongs to the unit's control group. The word in the file of a
 * daemon that lives is ours, from a sending that was cut off; so is a daemon that still stands with its unit down, if its pid was
 * noted.
 */
export const STOP_NOT_READY: Body = {
  uses: ['processes', 'state', 'ready', 'units'],
  body: `standing="$C/lockstep/standing"
gone() { signal KILL "$1"; tries=250; while [ -e "$P/$1" ] && [ "$tries" -gt 0 ]; do tries=$((tries - 1)); sleep 0.02; done; }
active_state || failed reason=systemctl
case $state in
  inactive|failed)
    left=$(daemons)
    if [ -n "$left" ]; then
      noted=$(first_line "$standing")
      [ "$left" = "$noted " ] && ! answers_ready || refused reason=orphan-daemon
      stop_activation || failed reason=sockets
      gone "$noted"
      [ -z "$(daemons)" ] || failed reason=process
      rm -f "$standing"
      finish_done killed=1 state=$state lxcfs=$(lxcfs_pid)
    fi
    stop_activation || failed reason=sockets
    already state=$state ;;
esac
grep -q crashed "$S/current/commands/daemon.stop" || refused reason=stop-script
[ "$state" = active ] && answers_ready && refused reason=serving
before=$(lxcfs_pid)
stop_activation || failed reason=sockets
mkdir -p "$C/lockstep" || failed reason=folder
end=$(($(date +%s) + 90)) killed=0 target=
may_end() { case $(first_line "$C/state") in ''|crashed) ;; *) return 1 ;; esac; }
go_on() { [ -z "$target" ] || signal CONT "$target"; }
trap 'go_on; exit 1' HUP INT TERM
has_read() {
  timeout -k 1 10 systemctl stop ${UNIT}
  case $? in 0) state=inactive; return 0 ;; 124|137) ;; *) return 1 ;; esac
  case $(timeout -k 1 5 systemctl show ${UNIT} --property=SubState) in
    SubState=stop) [ "$(date +%s)" -lt "$end" ] && has_read ;;
    SubState=stop-*|SubState=final-*|SubState=dead|SubState=failed) return 0 ;;
    *) return 1 ;;
  esac
}
while :; do
  case $state in inactive|failed) break ;; esac
  if daemon_pid && may_end; then
    answers_ready && refused reason=became-ready killed=$killed
    if daemon_pid && may_end && echo "$pid" >"$standing" && signal STOP "$pid" 2>/dev/null; then
      target=$pid
      if daemon_pid && [ "$pid" = "$target" ] && may_end; then
        echo crashed >"$C/state" || { go_on; failed reason=state-file; }
        has_read || { go_on; failed reason=systemctl-stop; }
        gone "$target" && killed=$((killed + 1)) && target=
        [ "$state" = inactive ] && break
      else
        go_on
      fi
      target=
    fi
  else
    sleep 0.1
  fi
  active_state || state=unknown
  [ "$(date +%s)" -lt "$end" ] || waiting reason=still-active state=$state killed=$killed
done
[ -z "$(daemons)" ] || failed reason=process
rm -f "$standing"
after=$(lxcfs_pid)
[ "$before" = "$after" ] || failed reason=lxcfs before=$before after=$after
finish_done killed=$killed state=$state lxcfs=$after
`,
};

/** `unknown` while a daemon that was told to end is still there. */
export const STOPPED_LOOK: Body = { uses: ['processes', 'state'], body: stoppedLook('') };

/** Where activation was to be stopped too: a member that was down before is not done while a client could start it. */
export const STOPPED_FOR_GOOD_LOOK: Body = {
  uses: ['processes', 'state', 'units'],
  body: stoppedLook(
    `activation_is_off || { [ $? = 1 ] && finish 0 not-done reason=sockets; finish 0 unknown reason=systemctl; }\n`,
  ),
};

function stoppedLook(before: string): string {
  return `active_state || finish 0 unknown reason=systemctl
left=$(daemons)
case $state in
  inactive|failed)
    ${before}[ -z "$left" ] && finish_done state=$state ;;
esac
told=$(first_line "$C/lockstep/terminated")
[ -n "$told" ] && [ -e "$P/$told" ] && finish 0 unknown reason=still-ending state=$state
[ "$state" = deactivating ] && finish 0 unknown reason=still-ending state=$state
finish 0 not-done state=$state
`;
}

/**
 * Without waiting for readiness: a member of a cluster that starts may wait for the others. Told at once, since the instances' outage
 * lasts until then; a unit that systemd gave up (too many starts) is told again with its count forgotten.
 */
export const START: Body = {
  uses: ['state', 'units'],
  body: `start_all || failed reason=systemctl-start
end=$(($(date +%s) + 15)) again=yes
while :; do
  active_state || state=unknown
  case $state in active|activating|reloading) finish_done state=$state ;; esac
  if [ "$state" = failed ] && [ "$again" = yes ]; then
    again=no
    timeout -k 1 5 systemctl reset-failed ${UNIT}
    start_all || failed reason=systemctl-start
    continue
  fi
  [ "$(date +%s)" -lt "$end" ] || failed reason=not-started state=$state
  sleep 0.2
done
`,
};

export const START_LOOK: Body = {
  uses: ['state'],
  body: `active_state || finish 0 unknown reason=systemctl
case $state in active|activating|reloading) finish_done state=$state ;; esac
finish 0 not-done state=$state
`,
};

export function awaitReady(waitS: string): Body {
  return {
    uses: ['state', 'ready'],
    body: `end=$(($(date +%s) + ${waitS}))
while :; do
  is_ready && finish_done
  [ "$state" = failed ] && failed reason=unit-failed
  [ "$(date +%s)" -lt "$end" ] || waiting reason=not-ready state=$state
  sleep 0.5
done
`,
  };
}

export const READY_LOOK: Body = {
  uses: ['state', 'ready'],
  body: `is_ready && finish_done
finish 0 not-done state=$state
`,
};
