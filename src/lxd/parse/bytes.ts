/** Bytes of a member as text. Owns decoding and clipping; every parser starts here. Never throws, whatever the bytes are. */

const DECODER = new TextDecoder('utf-8');

/** Most characters of remote text that a failed part or a log fact keeps. */
const TEXT_LIMIT = 500;

/** Invalid UTF-8 becomes U+FFFD, NUL is dropped. */
export function decodeText(bytes: Uint8Array): string {
  return DECODER.decode(bytes).replaceAll('\0', '');
}

/** One character per byte, for what must keep its offsets. */
export function decodeLatin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

export function clipText(text: string): string {
  const trimmed = text.trim();
  return trimmed.length <= TEXT_LIMIT ? trimmed : `${trimmed.slice(0, TEXT_LIMIT - 1)}…`;
}

export function splitLines(text: string): readonly string[] {
  return text.split(/\r?\n/).filter((line) => line.trim() !== '');
}

/** A number without sign that fits exactly, else null. */
export function parseCount(text: string | undefined): number | null {
  if (text === undefined || !/^\d{1,15}$/.test(text)) return null;
  return Number(text);
}
