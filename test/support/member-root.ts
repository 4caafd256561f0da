/**
 * A member as a directory: what a step text or the probe finds under LOCKSTEP_ROOT, with stand-ins first in PATH that answer from
 * files in `answers/` and write down how they were called. The texts run under a real `sh`; nothing outside the directory is touched.
 */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface Ran {
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
  readonly ms: number;
}

export const COMMON = 'var/snap/lxd/common';
export const DATABASE = `${COMMON}/lxd/database`;

/** Each stand-in notes its arguments; what it prints and its exit code come from files, so that a test can change them. */
const ANSWER = `#!/bin/sh
name=\${0##*/}
printf '%s %s\\n' "$name" "$*" >>"$LOCKSTEP_ROOT/calls"
key="$LOCKSTEP_ROOT/answers/$name"
for end in "" .sh .code; do [ -e "$key.$1$end" ] && { key="$key.$1"; break; }; done
[ -e "$key.sh" ] && . "$key.sh"
[ -e "$key" ] && cat "$key"
[ -e "$key.code" ] && exit "$(cat "$key.code")"
exit 0
`;

/** curl's part: per transfer the file of \`-o\`, the words of \`-w\`, an HTTP code from answers/curl.NAME.code (200). */
const CURL = `#!/bin/sh
PATH=/usr/bin:/bin
printf 'curl %s\\n' "$*" >>"$LOCKSTEP_ROOT/calls"
early=no out= words=
finish_one() {
  name=\${out##*/} code=200
  [ "$out" = /dev/null ] && name=ready
  [ -e "$LOCKSTEP_ROOT/answers/curl.$name.code" ] && code=$(cat "$LOCKSTEP_ROOT/answers/curl.$name.code")
  if [ "$code" = 200 ] && [ "$out" != /dev/null ]; then cat "$LOCKSTEP_ROOT/answers/curl.$name" >"$out"; fi
  printf '%s' "$words" | sed "s/%{http_code}/$code/; s/\\\\\\\\n/\\\\n/"
  [ "$code" = 200 ] || { [ "$early" = yes ] && exit 22; }
}
while [ $# -gt 0 ]; do
  case $1 in
    --fail-early) early=yes ;;
    --next) finish_one ;;
    -o) out=$2; shift ;;
    -w) words=$2; shift ;;
    -m|--unix-socket|-d) shift ;;
  esac
  shift
done
finish_one
`;

export class MemberRoot {
  readonly path = mkdtempSync(join(tmpdir(), 'lockstep-member-'));

  /** Where commands are beside the stand-ins. */
  #places = '/usr/bin:/bin';

  constructor() {
    for (const name of ['snap', 'systemctl', 'lxd', 'lxc', 'journalctl', 'kill']) this.standIn(name, ANSWER);
    this.standIn('curl', CURL);
  }

  at(name: string): string {
    return join(this.path, name);
  }

  put(name: string, content: string | Uint8Array, mode = 0o644): void {
    mkdirSync(dirname(this.at(name)), { recursive: true });
    writeFileSync(this.at(name), content);
    chmodSync(this.at(name), mode);
  }

  link(name: string, target: string): void {
    mkdirSync(dirname(this.at(name)), { recursive: true });
    rmSync(this.at(name), { force: true });
    symlinkSync(target, this.at(name));
  }

  read(name: string): string {
    return readFileSync(this.at(name), 'utf8');
  }

  has(name: string): boolean {
    return existsSync(this.at(name));
  }

  remove(name: string): void {
    rmSync(this.at(name), { recursive: true, force: true });
  }

  standIn(name: string, script: string): void {
    this.put(`bin/${name}`, script, 0o755);
  }

  /** Nothing beside the stand-ins but these, of this machine. */
  keepOnly(commands: readonly string[]): void {
    for (const name of commands) {
      const found = ['/usr/bin', '/bin'].map((place) => join(place, name)).find((path) => existsSync(path));
      if (found !== undefined) this.link(`tools/${name}`, found);
    }
    this.#places = this.at('tools');
  }

  answer(name: string, content: string): void {
    this.put(`answers/${name}`, content);
  }

  calls(): readonly string[] {
    return this.has('calls') ? this.read('calls').trim().split('\n') : [];
  }

  /** As sshd does: the text is one argument of \`sh -c\`. */
  run(text: string, shell = 'sh'): Ran {
    const started = process.hrtime.bigint();
    const done = spawnSync(shell, ['-c', text], {
      env: { PATH: `${this.at('bin')}:${this.#places}`, LOCKSTEP_ROOT: this.path, HOME: this.path },
      maxBuffer: 64 * 1024 * 1024,
    });
    const ms = Number(process.hrtime.bigint() - started) / 1e6;
    return { code: done.status, stdout: done.stdout, stderr: done.stderr.toString('utf8'), ms };
  }

  dispose(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** Revision 30131 serves: 387 extensions, schema 73, as 5.21.2 does; 33110 (402) is kept beside it. */
export function servingMember(binaries: { readonly current: Uint8Array; readonly kept: Uint8Array }): MemberRoot {
  const root = new MemberRoot();
  root.put('snap/lxd/30131/bin/lxd', binaries.current, 0o755);
  root.put('snap/lxd/33110/sbin/lxd', binaries.kept, 0o755);
  root.link('snap/lxd/current', '30131');
  root.put(
    'snap/lxd/30131/commands/daemon.stop',
    'if [ "$(cat "${SNAP_COMMON}/state")" = "crashed" ]; then exit 0; fi\n',
  );
  root.put(`${DATABASE}/global/db.bin`, '');
  root.put(`${DATABASE}/local.db`, 'local');
  root.put(
    `${COMMON}/lxd/logs/lxd.log`,
    'time="2026-11-23T04:35:58Z" level=warning msg="Time skew detected between leader and local"\n',
  );
  root.put(`${COMMON}/state`, '');
  root.put(`${COMMON}/lxd.pid`, '4242\n');
  root.put(`${COMMON}/lxcfs.pid`, '4100');
  root.link('proc/4242/exe', root.at('snap/lxd/30131/bin/lxd'));
  root.put('proc/4242/cmdline', 'lxd\0--logfile\0/var/snap/lxd/common/lxd/logs/lxd.log\0--group\0lxd\0');
  root.put('proc/4242/environ', 'A=b\0LXD_DIR=/x\0');
  root.put('proc/4100/cmdline', 'lxcfs\0/var/snap/lxd/common/var/lib/lxcfs\0-p\0/var/snap/lxd/common/lxcfs.pid\0');
  root.put('proc/4300/cmdline', '[lxc monitor] /var/snap/lxd/common/lxd/containers web1\0');
  root.put(
    'proc/4301/cmdline',
    'qemu-system-x86_64\0-name\0vm1\0-pidfile\0/var/snap/lxd/common/lxd/logs/vm1/qemu.pid\0',
  );
  root.answer(
    'snap.list',
    'Name  Version         Rev    Tracking     Publisher   Notes\nlxd   5.21.2-2f4ba6b  30131  5.21/stable  canonical✓  in-cohort,held\n',
  );
  root.answer(
    'snap.changes',
    'ID   Status  Spawn               Ready               Summary\n7    Done    today at 07:20 UTC  today at 07:21 UTC  Refresh "lxd" snap\n',
  );
  root.answer(
    'systemctl.show',
    'LoadState=loaded\nActiveState=active\nSubState=running\nUnitFileState=enabled\nResult=success\nMainPID=4200\nNRestarts=0\n',
  );
  const sql = (results: readonly unknown[]): string =>
    JSON.stringify({ type: 'sync', status_code: 200, metadata: { Results: results } });
  root.answer('curl.ready', '{"type":"sync","status":"Success","status_code":200}');
  root.answer(
    'curl.api',
    JSON.stringify({
      metadata: {
        api_extensions: ['a'],
        environment: { server_version: '5.21.2', server_name: 'm1', server_clustered: true },
        config: {},
      },
    }),
  );
  root.answer(
    'curl.local',
    sql([
      { columns: ['id', 'address', 'role', 'name'], rows: [[1, '10.0.0.1:8443', 0, 'm1']] },
      { columns: ['version'], rows: [[43]] },
      { columns: ['key', 'value'], rows: [['cluster.https_address', '10.0.0.1:8443']] },
    ]),
  );
  root.answer(
    'curl.global',
    sql([
      {
        columns: ['id', 'name', 'description', 'address', 'schema', 'api_extensions', 'heartbeat', 'state'],
        rows: [[1, 'm1', '', '10.0.0.1:8443', 73, 402, '2026-11-23T04:01:25.57028336Z', 0]],
      },
      { columns: ['version'], rows: [[73]] },
      { columns: ['key', 'value'], rows: [['cluster.healing_threshold', '30']] },
    ]),
  );
  root.answer(
    'curl.members',
    JSON.stringify({
      metadata: [{ server_name: 'm1', url: 'https://10.0.0.1:8443', status: 'Online', message: 'Fully operational' }],
    }),
  );
  return root;
}
