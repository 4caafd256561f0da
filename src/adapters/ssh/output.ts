/**
 * Collects the output of one command as bytes, up to a cap for each stream. What is beyond is dropped and said so, so that a
 * chatty member can't fill the memory; bytes are never decoded here, so that a character split over two packets survives.
 */

export interface OutputCollector {
  addStdout(chunk: Uint8Array): void;
  addStderr(chunk: Uint8Array): void;
  stdout(): Uint8Array;
  stderr(): Uint8Array;
  /** True once a byte was dropped on either stream. */
  truncated(): boolean;
}

interface Stream {
  /** Chunks are copied into one buffer: keeping views would keep the network's 64 KiB slabs alive behind each of them. */
  buffer: Buffer;
  length: number;
  dropped: boolean;
}

const FIRST_BYTES = 4096;

export function createOutputCollector(maxBytes: number): OutputCollector {
  const out: Stream = { buffer: Buffer.alloc(0), length: 0, dropped: false };
  const err: Stream = { buffer: Buffer.alloc(0), length: 0, dropped: false };
  return {
    addStdout: (chunk) => add(out, chunk, maxBytes),
    addStderr: (chunk) => add(err, chunk, maxBytes),
    stdout: () => out.buffer.subarray(0, out.length),
    stderr: () => err.buffer.subarray(0, err.length),
    truncated: () => out.dropped || err.dropped,
  };
}

function add(stream: Stream, chunk: Uint8Array, maxBytes: number): void {
  const size = Math.min(chunk.byteLength, Math.max(0, maxBytes - stream.length));
  if (size < chunk.byteLength) stream.dropped = true;
  if (size === 0) return;
  reserve(stream, stream.length + size, maxBytes);
  stream.buffer.set(size === chunk.byteLength ? chunk : chunk.subarray(0, size), stream.length);
  stream.length += size;
}

function reserve(stream: Stream, needed: number, maxBytes: number): void {
  if (needed <= stream.buffer.length) return;
  const grown = Buffer.allocUnsafeSlow(Math.min(Math.max(needed, stream.buffer.length * 2, FIRST_BYTES), maxBytes));
  grown.set(stream.buffer.subarray(0, stream.length));
  stream.buffer = grown;
}
