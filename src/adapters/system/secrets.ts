/**
 * Secrets that must never leave in a log line. Owns the register and the scrubbing of a finished line; a value is found as it is
 * and as JSON writes it.
 */
export interface Secrets {
  /** Values of fewer than four characters are ignored: they would blank out ordinary text and hide nothing. */
  register(value: string): void;
  scrub(line: string): string;
}

const SHORTEST = 4;
const MASK = '[secret]';

export function createSecrets(): Secrets {
  let known: readonly string[] = [];
  return {
    register(value) {
      if (value.length < SHORTEST) return;
      const forms = [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(Buffer.from(value).toString())];
      // Longest first: a secret that contains another one leaves no rest.
      known = [...new Set([...known, ...forms])].toSorted((a, b) => b.length - a.length);
    },
    scrub: (line) => known.reduce((text, secret) => text.replaceAll(secret, MASK), line),
  };
}
