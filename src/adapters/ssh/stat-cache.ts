/**
 * Keeps what was made out of a small file for as long as the file is the same (device, inode, size, times, mode, owner). Key
 * and known_hosts files are read on every connect; parsing them once is what makes 128 connects cheap. Errors are never kept.
 */
import type { BigIntStats } from 'node:fs';
import { open } from 'node:fs/promises';

export interface FileContent {
  readonly bytes: Buffer;
  readonly mode: number;
  readonly uid: number;
}

interface Cached<T> {
  readonly stamp: string;
  readonly value: T;
}

/** Larger than any sane key or known_hosts file; a device or a log given by mistake must not fill the memory. */
const LARGEST_BYTES = 16n * 1024n * 1024n;

/** A reader that parses each file once. Rejects with the file system's error, or when the path isn't a plain file. */
export function createCachedReader<T>(parse: (content: FileContent) => T): (path: string) => Promise<T> {
  const cache = new Map<string, Cached<T>>();
  return async (path) => {
    const file = await open(path, 'r');
    try {
      const stats = await file.stat({ bigint: true });
      if (!stats.isFile()) throw new Error('not a regular file');
      if (stats.size > LARGEST_BYTES) throw new Error('larger than 16 MiB');
      const stamp = stampOf(stats);
      const cached = cache.get(path);
      if (cached !== undefined && cached.stamp === stamp) return cached.value;
      const value = parse({ bytes: await file.readFile(), mode: Number(stats.mode), uid: Number(stats.uid) });
      cache.set(path, { stamp, value });
      return value;
    } finally {
      await file.close();
    }
  };
}

function stampOf(stats: BigIntStats): string {
  const { dev, ino, size, mtimeNs, ctimeNs, mode, uid } = stats;
  return [dev, ino, size, mtimeNs, ctimeNs, mode, uid].join(':');
}
