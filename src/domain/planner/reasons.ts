/** Small makers of refusal reasons, so that every guard reads as one line per condition. */
import type { MemberName } from '../ids.ts';
import type { RefusalCode, RefusalReason } from '../plan.ts';
import { namesOf } from './view.ts';

interface Named {
  readonly member: MemberName;
}

/** One reason naming all members for which the condition holds; none when it holds for nobody. */
export function whereTrue<M extends Named>(
  members: readonly M[],
  isTrue: (member: M) => boolean,
  code: RefusalCode,
  text: (names: string, count: number) => string,
): readonly RefusalReason[] {
  const found = members.filter(isTrue);
  return found.length === 0 ? [] : [{ code, text: text(namesOf(found), found.length) }];
}

export function when(isTrue: boolean, code: RefusalCode, text: string): readonly RefusalReason[] {
  return isTrue ? [{ code, text }] : [];
}

/** First of each code wins: the planner's own sentence stands before a finding's title. */
export function withoutRepeats(reasons: readonly RefusalReason[]): readonly RefusalReason[] {
  const seen = new Set<RefusalCode>();
  return reasons.filter(({ code }) => {
    if (seen.has(code)) return false;
    seen.add(code);
    return true;
  });
}

/** `serves` of one, `serve` of several. */
export function ofCount(count: number, one: string, several: string): string {
  return count === 1 ? one : several;
}
