/**
 * The one file that makes shell strings. Owns POSIX single-quote quoting; holds no verb and no script. Everything that
 * reaches a shell from a variable passes through here, so there is one place to read when asking what a name can do.
 */

/** Bytes that no shell needs to see in quotes. Everything else is quoted. */
const PLAIN = /^[A-Za-z0-9_@%+=:,./-]+$/;

/**
 * `text` as one word of a POSIX shell, byte for byte. Between single quotes only the single quote itself ends the word, so it
 * is closed, escaped and opened again. Throws on NUL, which no argument can hold.
 */
export function shellQuote(text: string): string {
  if (text.includes('\0')) throw new Error('a shell word cannot hold a NUL byte');
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/**
 * An argument vector as one line of shell. Words made of harmless characters stay readable; a first word with `=` is quoted, as
 * it would be an assignment. Throws on NUL.
 */
export function shellJoin(argv: readonly string[]): string {
  return argv
    .map((word, index) => (PLAIN.test(word) && !(index === 0 && word.includes('=')) ? word : shellQuote(word)))
    .join(' ');
}
