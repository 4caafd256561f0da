/** Steps on a member that is a directory: run a step's text or its look, and read what it said. */
import { requireRunId } from '../../src/domain/ids.ts';
import type { PatchParams, StepCall } from '../../src/domain/plan.ts';
import { compileLook, compileStep } from '../../src/lxd/compile.ts';
import { parseLook, parseStepResult, type StepResult, type Verdict } from '../../src/lxd/step-result.ts';
import { servingMember, type MemberRoot } from './member-root.ts';

export const RUN = requireRunId('r123abc');
export const PATCH: PatchParams = { target: 387, schema: 73, rowIds: [1, 2, 3], oldCounts: [402, 433], lifetimeS: 600 };
export const WRITE: StepCall = { kind: 'write-patch', run: RUN, patch: PATCH };
export const REMOVE: StepCall = { kind: 'remove-patch', run: RUN };
export const BACK_UP: Extract<StepCall, { kind: 'back-up' }> = { kind: 'back-up', run: RUN, consistent: true };

export interface StepMembers {
  /** A member that serves. */
  serving(): MemberRoot;
  /** A member whose unit is inactive and whose daemon is gone. */
  stopped(): MemberRoot;
  dispose(): void;
}

export function createStepMembers(): StepMembers {
  const roots: MemberRoot[] = [];
  const serving = (): MemberRoot => {
    const root = servingMember({ current: new TextEncoder().encode('lxd'), kept: new Uint8Array() });
    roots.push(root);
    return root;
  };
  return {
    serving,
    stopped() {
      const root = serving();
      root.answer('systemctl.show', 'ActiveState=inactive\n');
      root.remove('proc/4242');
      return root;
    },
    dispose() {
      for (const root of roots.splice(0)) root.dispose();
    },
  };
}

export function runStep(root: MemberRoot, call: StepCall): StepResult {
  const ran = root.run(compileStep({ call, timeoutMs: 60_000 }));
  return parseStepResult(call.kind, ran.stdout, ran.code ?? -1);
}

export function lookAt(root: MemberRoot, call: StepCall): Verdict {
  const ran = root.run(compileLook({ call }));
  return parseLook(call.kind, ran.stdout, ran.code ?? -1);
}
