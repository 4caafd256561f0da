/**
 * A member's files as real files below its root, where its scripts find them. Owns paths and atomic writes; a snap revision is
 * unpacked from a store that all members share, so that a binary is one file with one inode.
 */
import {
  appendFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Build, MemberState } from '../model/types.ts';
import type { MemberDisk } from '../model/world.ts';
import { readText, writeAtomic } from './files.ts';
import type { Layout } from './layout.ts';

/** The branch that the harmless stop of a not-ready member needs; a probe looks for its word. */
const DAEMON_STOP = `#!/bin/sh
# Stops LXD: what the snap's own script does is played by the rehearsal, this text stands for it.
if [ "$(cat /var/snap/lxd/common/state)" = "crashed" ]; then
  echo "=> Stop reason is: crashed"
  exit 0
fi
`;

/** Binaries moved from bin to sbin in the snaps of 5.21.3 and 6.2. */
function binaryFolder(release: string): 'bin' | 'sbin' {
  const [major = 0, minor = 0, patch = 0] = release.split('.').map(Number);
  if (major >= 6) return minor >= 2 ? 'sbin' : 'bin';
  return major === 5 && minor === 21 && patch >= 3 ? 'sbin' : 'bin';
}

export function binaryPath(build: Build): string {
  return `snap/lxd/${build.revision}/${binaryFolder(build.release)}/lxd`;
}

export function makeDisk(layout: Layout, member: MemberState): MemberDisk {
  const root = layout.rootOf(member.name);
  const place = (path: string): string => {
    const full = join(root, path);
    mkdirSync(dirname(full), { recursive: true });
    return full;
  };
  return {
    read: (path) => readText(join(root, path)),
    write: (path, text) => writeAtomic(place(path), text),
    append: (path, text) => appendFileSync(place(path), text, { mode: 0o600 }),
    remove: (path) => rmSync(join(root, path), { force: true }),
    link(path, target) {
      const full = place(path);
      rmSync(`${full}.new`, { force: true });
      symlinkSync(target, `${full}.new`);
      renameSync(`${full}.new`, full);
    },
    install(build) {
      const binary = place(binaryPath(build));
      if (existsSync(binary)) return;
      linkSync(join(layout.store, build.revision, 'lxd'), binary);
      const script = place(`snap/lxd/${build.revision}/commands/daemon.stop`);
      writeFileSync(script, DAEMON_STOP, { mode: 0o755 });
    },
  };
}
