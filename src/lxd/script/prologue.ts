/**
 * The opening that every text for a member shares: locale, path, and the variables for LXD's places. Every absolute path hangs
 * on `R`, which is LOCKSTEP_ROOT: empty on a real member; a rehearsal member sets it to its own directory, with stand-ins
 * first in PATH. `P` is the process table: a rehearsal provides `proc/PID/{exe,cmdline,environ}` files for its simulated daemon.
 */
export const PROLOGUE = `set -u
LC_ALL=C; export LC_ALL
umask 077
R=\${LOCKSTEP_ROOT:-}
PATH="$PATH:$R/snap/bin"; export PATH
C="$R/var/snap/lxd/common"
L="$C/lxd"
D="$L/database"
U="$L/unix.socket"
S="$R/snap/lxd"
P="$R/proc"
`;

/** The unit of LXD's daemon. */
export const UNIT = 'snap.lxd.daemon.service';
