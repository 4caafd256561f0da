/**
 * What the model-based tests write down while Lockstep works: every change in the store and every text on a member, in order.
 * The invariants are judged over this list alone, and over nothing that the engine says of itself.
 */
import type { MemberName, RunId } from '../../../src/domain/ids.ts';
import type { Run, RunState } from '../../../src/domain/run.ts';
import type { NewTimelineEntry } from '../../../src/domain/timeline.ts';

/** How one member really is, whatever was read of it. */
interface Truth {
  readonly name: MemberName;
  readonly serves: boolean;
  readonly row: number;
  readonly patch: boolean;
}

export type Event =
  /** A run came to be (`from` null) or its state was written. `entries`: what the same commit put on record of this run. */
  | {
      readonly kind: 'state';
      readonly run: RunId;
      readonly from: RunState | null;
      readonly to: RunState;
      readonly after: Run;
      readonly entries: readonly NewTimelineEntry[];
    }
  | { readonly kind: 'intent'; readonly run: RunId; readonly step: string }
  | { readonly kind: 'abort-asked'; readonly run: RunId }
  /** A text of a step arrived at a member; `ran` false when no connection came about. `step` is `kind@member`. `heldBy`: whose marker is valid there. */
  | {
      readonly kind: 'exec';
      readonly run: RunId;
      readonly step: string;
      readonly ran: boolean;
      readonly heldBy: string | null;
    }
  /** `early`: what was sent before may still take effect, so that nothing missing says nothing. */
  | { readonly kind: 'look'; readonly step: string; readonly verdict: string; readonly early: boolean }
  /** The engine, or `recover`, read every member; the rest is the truth at that moment. */
  | {
      readonly kind: 'probe';
      readonly by: 'engine' | 'recover';
      readonly members: readonly Truth[];
      readonly healingS: number;
      readonly facts: string;
    }
  /** The process is gone, and another one began. */
  | { readonly kind: 'process'; readonly codeVersion: string };
