/** What was seen lately, up to a number: a convenience that a restart may forget, never a record. */
export interface Bounded<V> {
  get(key: string): V | undefined;
  has(key: string): boolean;
  set(key: string, value: V): void;
}

export function createBounded<V>(most: number): Bounded<V> {
  const map = new Map<string, V>();
  return {
    get: (key) => map.get(key),
    has: (key) => map.has(key),
    set(key, value) {
      map.delete(key);
      map.set(key, value);
      const oldest = map.keys().next().value;
      if (map.size > most && oldest !== undefined) map.delete(oldest);
    },
  };
}
