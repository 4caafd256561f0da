/** The line of a marker, with the member's own second beside it: a deadline is judged by the clock that wrote it. */
import { RUN_ID_PATTERN } from '../../domain/ids.ts';
import type { MarkerFacts } from '../../domain/observation.ts';

export type MarkerLine =
  | {
      readonly kind: 'held';
      readonly installation: string;
      readonly run: string;
      readonly by: string;
      readonly leftS: number;
    }
  | { readonly kind: 'unreadable' };

const LINE =
  /^(\d{1,12}) lockstep-marker 1 ([A-Za-z0-9][A-Za-z0-9.-]{0,63}) (r[0-9a-z]{6}) (\d{1,12}) \d{1,12} ([A-Za-z0-9@._:+-]{1,80})$/;
/** As the verb that takes one has it: further ahead is no deadline. */
const IMPLAUSIBLE_S = 86_400;

/** `value`: what follows the word in the probe's answer; null when there is no marker. */
export function parseMarker(value: string | null): MarkerLine | null {
  if (value === null) return null;
  const [, now, installation = '', run = '', until, by = ''] = LINE.exec(value) ?? [];
  const leftS = Number(until) - Number(now);
  if (!RUN_ID_PATTERN.test(run) || leftS > IMPLAUSIBLE_S) return { kind: 'unreadable' };
  return { kind: 'held', installation, run, by, leftS };
}

export function markerOf(
  line: MarkerLine | null,
  context: { readonly receivedAt: number; readonly installation?: string },
): MarkerFacts | null {
  if (line === null || line.kind === 'unreadable') return line;
  const { installation, run, by, leftS } = line;
  return {
    kind: 'held',
    installation,
    run,
    by,
    isOurs: installation === context.installation,
    until: context.receivedAt + leftS * 1000,
    isOver: leftS <= 0,
  };
}
