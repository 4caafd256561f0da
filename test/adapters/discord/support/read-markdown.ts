/**
 * A reader of Discord's markdown that is stricter than Discord: finds whatever would act in a text.
 */
export interface Read {
  /** The text outside of code, with escaped signs taken away. */
  readonly bare: string;
  readonly fences: readonly string[];
}

export function readMarkdown(text: string): Read {
  const fences: string[] = [];
  // From left to right, as Discord does: within code a backslash means nothing.
  const bare = text.replace(
    /```([\s\S]*?)```|`[^`\n]+`|\\[^0-9A-Za-z\s]/g,
    (token: string, inner: string | undefined) => {
      if (inner !== undefined) fences.push(inner);
      return inner !== undefined ? '¶' : token.startsWith('`') ? '¤' : '§';
    },
  );
  return { bare, fences };
}

/** What acts in `bare`, apart from the styles that the adapter itself puts there. */
export function findActing(bare: string): readonly string[] {
  const own = bare
    .replace(/<t:\d{1,13}:R>/g, '')
    .replace(/<@\d{5,20}>(?= \()/g, '')
    .replace(/\*\*/g, '⁑')
    .replace(/\[[^\]\n]*\]\(<https?:\/\/[^>\s]*>\)/g, '');
  const found: string[] = [];
  const look = (name: string, pattern: RegExp): void => {
    const hit = pattern.exec(own);
    if (hit !== null) found.push(`${name}: ${JSON.stringify(own.slice(Math.max(0, hit.index - 20), hit.index + 30))}`);
  };
  look('mention', /@(?:everyone|here)|<[@#/:a-z]/i);
  look('address', /[a-z]+:\/\//i);
  look('invite', /discord(?:app)?\.(?:gg|com)\//i);
  look('link', /\]\(/);
  look('style', /[*_~`|]/);
  look('heading, quote or list', /^[^\S\n]*(?:#{1,3}\s|>|[-+]\s|\d+\.\s)/m);
  // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
  look('invisible', /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/);
  return found;
}
