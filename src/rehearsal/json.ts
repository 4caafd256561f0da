/** JSON that the rehearsal itself wrote, read back with a guard. The guards are shallow: they tell ours from foreign or cut text. */
export function parseJson<T>(text: string | null, isWanted: (value: unknown) => value is T): T | null {
  if (text === null) return null;
  try {
    const value: unknown = JSON.parse(text);
    return isWanted(value) ? value : null;
  } catch {
    return null;
  }
}

export function hasKeys(value: unknown, keys: readonly string[]): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && keys.every((key) => key in value);
}
