/** What configuration asks of the file system, as values: reading a text, and who may read a file. Never throws. */
import { accessSync, constants, readFileSync, statSync } from 'node:fs';

type FileRead =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'missing' }
  /** A folder, no permission, too large: why in words. */
  | { readonly kind: 'unreadable'; readonly reason: string };

type FileFacts =
  | { readonly kind: 'file'; readonly mode: number; readonly readable: boolean }
  | { readonly kind: 'missing' }
  | { readonly kind: 'other'; readonly reason: string };

export interface ConfigFiles {
  read(path: string): FileRead;
  look(path: string): FileFacts;
}

/** Far above any real configuration; a device or a log by mistake is not read to its end. */
const LARGEST_BYTES = 1_048_576;

export const nodeFiles: ConfigFiles = {
  read(path) {
    try {
      const facts = statSync(path);
      if (!facts.isFile()) return { kind: 'unreadable', reason: 'it is not a regular file' };
      if (facts.size > LARGEST_BYTES) return { kind: 'unreadable', reason: 'it is larger than 1 MiB' };
      return { kind: 'text', text: readFileSync(path, 'utf8') };
    } catch (error) {
      return isMissing(error) ? { kind: 'missing' } : { kind: 'unreadable', reason: codeOf(error) };
    }
  },
  look(path) {
    try {
      const facts = statSync(path);
      if (!facts.isFile()) return { kind: 'other', reason: 'it is not a regular file' };
      return { kind: 'file', mode: facts.mode & 0o777, readable: isReadable(path) };
    } catch (error) {
      return isMissing(error) ? { kind: 'missing' } : { kind: 'other', reason: codeOf(error) };
    }
  },
};

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

function isMissing(error: unknown): boolean {
  return codeOf(error) === 'ENOENT';
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}
