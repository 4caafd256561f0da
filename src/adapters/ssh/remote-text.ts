/** Makes text that a server or a library gave us fit for a reason line: one line, no control characters, bounded. */

const LONGEST = 200;

function cleanText(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is to be removed
  const line = text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, ' ').trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}

export function messageOf(error: unknown): string {
  return cleanText(error instanceof Error ? error.message : String(error));
}

/** A string property of an unknown error, such as `code` or `level`. */
export function propertyOf(error: unknown, name: string): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const value: unknown = Reflect.get(error, name);
  return typeof value === 'string' ? value : undefined;
}
