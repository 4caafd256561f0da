/** Port: a drawing as pixels, for chats that don't show SVG. */
import type { Result } from '../domain/result.ts';

export interface Picture {
  /** An SVG of ours → PNG. Resolves, never rejects; the error says in words why there is none. */
  png(svg: string): Promise<Result<Uint8Array, string>>;
}
