/**
 * One text per value: JSON with sorted keys and no spaces, and its SHA-256. Digests, fingerprints and the timeline's chain rest
 * on it, so the form must never change: a stored hash is compared with one made later. A key whose value is undefined is left
 * out; what JSON can't say (NaN, functions) throws, since it would otherwise hash as something else.
 */
import { hash } from 'node:crypto';

export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new Error('a number without a canonical form');
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map((item: unknown) => canonicalJson(item ?? null)).join(',')}]`;
  if (typeof value === 'object') return canonicalObject(value);
  throw new Error(`a ${typeof value} without a canonical form`);
}

function canonicalObject(value: object): string {
  const items = new Map<string, unknown>(Object.entries(value));
  const pairs: string[] = [];
  for (const key of [...items.keys()].sort()) {
    const item = items.get(key);
    if (item !== undefined) pairs.push(`${JSON.stringify(key)}:${canonicalJson(item)}`);
  }
  return `{${pairs.join(',')}}`;
}

/** SHA-256 of the UTF-8 text, in hex. */
export function sha256(text: string): string {
  return hash('sha256', text, 'hex');
}
