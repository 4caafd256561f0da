/**
 * The one text that a probe runs on a member. Owns how the parts are put together; they, and the framing of the answer (a header
 * with a nonce, per part its name, exit code and exact length, and an end line, so that nothing a member prints can pass for a frame
 * and a cut answer is noticed), are in `script/`. It only reads.
 */
import { ABSENT_SCRIPT } from './script/absent.ts';
import { BINARY_SCRIPT } from './script/binary.ts';
import { DAEMON_SCRIPT } from './script/daemon.ts';
import { DISK_SCRIPT } from './script/disk.ts';
import { FILES_SCRIPT } from './script/files.ts';
import { BEGIN, FRAME, nonceLine, OPENING } from './script/frame.ts';
import { OWN_PROCESSES } from './script/processes.ts';
import { PROLOGUE } from './script/prologue.ts';

export interface ProbeScriptOptions {
  /** Unique per probe; comes back in the answer's first and last line. `[A-Za-z0-9_-]{1,64}`. */
  readonly nonce: string;
  /** Keys of binaries that were measured before and need not be read again. Others than well-formed ones are left out. */
  readonly knownBinaries?: readonly string[];
}

const BINARY_KEY_PATTERN = /^(?:[0-9x]{1,16}|running):\d{1,15}:\d{1,15}:\d{1,20}$/;
const MOST_KEYS = 64;

const RUN = `run snap 4 snap list lxd &
run changes 4 snap changes lxd &
run host 2 uname -nm &
daemon &
files &
processes &
logs &
binaries &
wait
`;

/** The probe's text. Throws on a nonce that is not one: that is a bug of the caller. */
export function compileProbe(options: ProbeScriptOptions): string {
  const known = (options.knownBinaries ?? []).filter((key) => BINARY_KEY_PATTERN.test(key)).slice(0, MOST_KEYS);
  const values = `${nonceLine(options.nonce)}KNOWN=' ${known.join(' ')} '\n`;
  return [
    PROLOGUE,
    values,
    ABSENT_SCRIPT,
    OPENING,
    OWN_PROCESSES,
    DAEMON_SCRIPT,
    DISK_SCRIPT,
    FILES_SCRIPT,
    BINARY_SCRIPT,
    BEGIN,
    RUN,
    FRAME,
  ].join('');
}
