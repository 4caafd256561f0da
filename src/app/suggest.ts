/**
 * "Did you mean": the nearest of some names by Damerau-Levenshtein distance (optimal string alignment), or none when nothing is
 * near. Pure.
 */
const LONGEST_COMPARED = 64;

export function distance(a: string, b: string): number {
  let twoBack: number[] = [];
  let back = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const substitution = (back[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let best = Math.min(substitution, (back[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, (twoBack[j - 2] ?? 0) + 1);
      }
      row.push(best);
    }
    twoBack = back;
    back = row;
  }
  return back[b.length] ?? 0;
}

/** One typing error per three letters is forgiven, at least one. A beginning of three letters or more counts as near. */
export function suggest(word: string, names: readonly string[]): string | null {
  const typed = word.toLowerCase().slice(0, LONGEST_COMPARED);
  if (typed === '') return null;
  const ranked = names
    .map((name) => ({ name, far: distance(typed, name.toLowerCase()) }))
    .filter(({ name, far }) => far <= Math.max(1, Math.floor(Math.max(typed.length, name.length) / 3)))
    .sort((a, b) => a.far - b.far);
  const nearest = ranked[0]?.name;
  if (nearest !== undefined) return nearest;
  const begun = typed.length >= 3 ? names.filter((name) => name.toLowerCase().startsWith(typed)) : [];
  return begun.length === 1 ? (begun[0] ?? null) : null;
}
