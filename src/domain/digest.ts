/**
 * What an approval is bound to: the plan and the very texts that its steps run. One changed character on any member is another
 * digest, and an approval of the old one does not count.
 */
import { canonicalJson, sha256 } from './canonical.ts';
import type { Plan } from './plan.ts';
import type { CompiledStep } from './run.ts';

/** SHA-256 (hex) over the canonical form. */
export function digest(plan: Plan, compiled: readonly CompiledStep[]): string {
  return sha256(canonicalJson({ plan, compiled }));
}
