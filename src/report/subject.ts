/** What an export is about. Types alone. */
import type { TimelineEntry } from '../domain/timeline.ts';

export interface TimelineReport {
  /** `prod`, `r4k2x9a`. */
  readonly about: string;
  /** When it was made, ms UTC. */
  readonly at: number;
  /** Oldest first. */
  readonly entries: readonly TimelineEntry[];
  /** The chain's last entry at that moment, null when there is none. */
  readonly head: { readonly sequence: number; readonly hash: string } | null;
}
