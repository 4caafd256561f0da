/**
 * A file that looks like an lxd binary to whoever reads it the way the probe does: ELF64 with one loaded segment, the names of the
 * API extensions, their `{pointer, length}` entries, the slice header that points to them, and the texts that carry the schema
 * versions. It is data: nothing in it can run. Layout of a Go binary for linux/amd64 that is not position independent.
 */

export interface LxdBinarySpec {
  /** In order; the first one is `storage_zfs_remove_snapshots`, as in every LXD. More than 50. */
  readonly names: readonly string[];
  readonly globalSchema: number;
  readonly localSchema: number;
  /** Stands in the file as text, so that files of equal counts differ. */
  readonly version: string;
  /** Where the segment is loaded. Default 0x400000. */
  readonly loadAddress?: number;
}

const HEADER = 64;
const PROGRAM_HEADER = 56;
const FIRST_NAME = 'storage_zfs_remove_snapshots';
const EXECUTABLE = 2;
const AMD64 = 62;
const LOADED = 1;
const READABLE = 4;

function align(size: number): number {
  return Math.ceil(size / 16) * 16;
}

/** Schema statements as LXD has them: the local database's, an old one's, the global one's. */
function schemaTexts({ localSchema, globalSchema }: LxdBinarySpec): string {
  return [localSchema, 14, globalSchema]
    .map((version) => `INSERT INTO schema (version, updated_at) VALUES (${String(version)}, strftime("%s"))\n`)
    .join('');
}

function writeHeaders(file: DataView, loadAddress: number): void {
  [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1].forEach((byte, at) => file.setUint8(at, byte));
  file.setUint16(16, EXECUTABLE, true);
  file.setUint16(18, AMD64, true);
  file.setUint32(20, 1, true);
  file.setBigUint64(24, BigInt(loadAddress), true);
  file.setBigUint64(32, BigInt(HEADER), true);
  file.setUint16(52, HEADER, true);
  file.setUint16(54, PROGRAM_HEADER, true);
  file.setUint16(56, 1, true);
  file.setUint32(HEADER, LOADED, true);
  file.setUint32(HEADER + 4, READABLE, true);
  file.setBigUint64(HEADER + 16, BigInt(loadAddress), true);
  file.setBigUint64(HEADER + 24, BigInt(loadAddress), true);
  file.setBigUint64(HEADER + 32, BigInt(file.byteLength), true);
  file.setBigUint64(HEADER + 40, BigInt(file.byteLength), true);
  file.setBigUint64(HEADER + 48, 4096n, true);
}

/** Go's linker puts strings together sorted by length, without anything between them. */
function placeNames(names: readonly string[], from: number): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  let at = from;
  for (const name of [...names].sort((a, b) => a.length - b.length || (a < b ? -1 : 1))) {
    places.set(name, at);
    at += name.length;
  }
  return places;
}

/** Throws on a list that no LXD has: that is a bug of the scenario. */
export function buildLxdBinary(spec: LxdBinarySpec): Uint8Array {
  const { names, loadAddress = 0x400000 } = spec;
  if (names[0] !== FIRST_NAME || names.length <= 50 || new Set(names).size !== names.length) {
    throw new Error('not a list of API extensions');
  }
  const texts = new TextEncoder().encode(`lxd ${spec.version}\n${schemaTexts(spec)}`);
  const textsAt = HEADER + PROGRAM_HEADER;
  const namesAt = textsAt + texts.length;
  const places = placeNames(names, namesAt);
  const entriesAt = align(namesAt + names.join('').length);
  const sliceAt = align(entriesAt + names.length * 16);
  const bytes = new Uint8Array(sliceAt + 32);
  const file = new DataView(bytes.buffer);
  writeHeaders(file, loadAddress);
  bytes.set(texts, textsAt);
  names.forEach((name, index) => {
    const at = places.get(name) ?? 0;
    bytes.set(new TextEncoder().encode(name), at);
    file.setBigUint64(entriesAt + index * 16, BigInt(loadAddress + at), true);
    file.setBigUint64(entriesAt + index * 16 + 8, BigInt(name.length), true);
  });
  file.setBigUint64(sliceAt, BigInt(loadAddress + entriesAt), true);
  file.setBigUint64(sliceAt + 8, BigInt(names.length), true);
  file.setBigUint64(sliceAt + 16, BigInt(names.length), true);
  return bytes;
}
