/** A member's files in memory: for a history that is played before anything is written, and for tests. */
import type { Build } from './types.ts';
import type { MemberDisk } from './world.ts';

export interface MemoryDisk extends MemberDisk {
  /** Everything that was done, done again on another disk. */
  copyTo(other: MemberDisk): void;
}

export function makeMemoryDisk(): MemoryDisk {
  const files = new Map<string, string>();
  const links = new Map<string, string>();
  const installed = new Map<string, Build>();
  return {
    read: (path) => files.get(path) ?? null,
    write: (path, text) => void files.set(path, text),
    append: (path, text) => void files.set(path, (files.get(path) ?? '') + text),
    remove: (path) => void files.delete(path),
    link: (path, target) => void links.set(path, target),
    install: (build) => void installed.set(build.revision, build),
    copyTo(other) {
      for (const build of installed.values()) other.install(build);
      for (const [path, target] of links) other.link(path, target);
      for (const [path, text] of files) other.write(path, text);
    },
  };
}
