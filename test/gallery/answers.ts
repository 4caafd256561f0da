/** The fake cluster under the texts that the app really compiles, with answers that take time and say something. */
import type { StepCall } from '../../src/domain/plan.ts';
import type { Transport } from '../../src/ports/transport.ts';
import type { Store } from '../../src/ports/store.ts';
import type { FakeTime } from '../support/fake-clock.ts';
import { orderText } from '../support/order-text.ts';

/** The fake cluster is told what a step is to do; the runs hold the text that says so to a shell. */
export function overCompiled(transport: Transport, store: Store): Transport {
  return {
    ...transport,
    async exec(target, input, ...rest) {
      const call = await callOf(store, target.member.name, input.text);
      return transport.exec(target, call === null ? input : { ...input, text: orderText(call) }, ...rest);
    },
  };
}

async function callOf(store: Store, member: string, text: string): Promise<StepCall | null> {
  for (const run of await store.listRuns({})) {
    const compiled = run.compiled.find((step) => step.member === member && step.text === text);
    const steps = run.plan.stages.flatMap((stage) => stage.steps);
    const step = steps.find((one) => one.id === compiled?.id && one.member === member);
    if (step !== undefined) return step.call;
  }
  return null;
}

const TOOK_MS = 4_300;

export function withOutputs(transport: Transport, time: FakeTime): Transport {
  return {
    ...transport,
    async exec(...args) {
      time.advance(TOOK_MS);
      const outcome = await transport.exec(...args);
      if (outcome.kind !== 'exited' || outcome.code === 0) return outcome;
      const said = 'lxd.daemon: active (auto-restart)\npatch.global.sql is still there after 120 s\n';
      return { ...outcome, stdout: new TextEncoder().encode(said) };
    },
  };
}
