/**
 * What becomes of files at the console: they are written into a directory, and the message says where. A file that can't be written is
 * said as well, and never fails the message.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Block, Message } from '../../chat/message.ts';
import type { FilePart } from '../../ports/chat.ts';

/** The message with the path of each file as small print. Without a directory, files are named and not kept. */
export function withFiles(message: Message, files: readonly FilePart[], directory: string | null): Message {
  if (files.length === 0) return message;
  return { ...message, blocks: [...message.blocks, ...files.map((file) => noteOf(file, directory))] };
}

function noteOf(file: FilePart, directory: string | null): Block {
  if (directory === null) return note(`Not kept here: ${file.name}`);
  const path = join(directory, file.name);
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    writeFileSync(path, file.bytes, { mode: 0o600 });
    return note(`Written to ${path}`);
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    return note(`Could not write ${path} (${reason}).`);
  }
}

function note(text: string): Block {
  return { kind: 'note', parts: [{ kind: 'plain', text }] };
}
