/**
 * What can happen, as commands of a model-based test. The model knows a run as a person would: does one wait, who approved it, when
 * is its time over, is somebody at it. Where that settles what must become of a click, the click is held against it; the rest is
 * held against the invariants.
 */
import type fc from 'fast-check';
import type { StepKind } from '../../../src/domain/plan.ts';
import { isEnded, type Run } from '../../../src/domain/run.ts';
import type { Fault } from './members.ts';
import { isSending, quiet } from './gates.ts';
import type { System } from './system.ts';

export const OPERATORS = ['console:alice', 'console:dave'];
export const APPROVERS = ['console:bob', 'console:carol', 'console:dave'];
export const BREAK_GLASS = ['console:frank'];
export const EXPIRES_MS = 900_000;

export interface Model {
  readonly required: number;
  /** What is typed after `recover prod`. */
  words: string;
  /** The run that waits for approvals, null when none does. `glass`: somebody who is named for that has to approve it alone. */
  pending: {
    readonly requester: string;
    readonly expiresAt: number;
    readonly approved: Set<string>;
    readonly glass: boolean;
  } | null;
}

export type Command = fc.AsyncCommand<Model, System>;

function principal(person: string): string {
  return `console:${person}`;
}

export function command(name: string, run: (model: Model, system: System) => Promise<void>): Command {
  return { check: () => true, run, toString: () => name };
}

/** What the next look at the store must say, when the model is sure. */
async function expectState(system: System, wanted: readonly Run['state'][], why: string): Promise<void> {
  const run = await system.newest();
  if (run === null || !wanted.includes(run.state)) {
    throw new Error(`${why}: ${run?.state ?? 'no run'} instead of ${wanted.join(' or ')}`);
  }
}

const GOING = ['approved', 'running', 'paused', 'stale', 'failed', 'succeeded'] as const;

export function draft(person: string, other?: string): Command {
  return command(`${person} drafts${other === undefined ? '' : ` ${other}`}`, async (model, system) => {
    const before = await system.newest();
    const free = before === null || isEnded(before.state) || isOver(model, system);
    await system.type(person, `recover prod ${other ?? model.words}`);
    const after = await system.newest();
    if (after === null || after.id === before?.id) return settlePending(model, system);
    if (!free) throw new Error('drafted beside another run');
    if (!OPERATORS.includes(principal(person))) throw new Error(`${person} drafted a run`);
    const expiresAt = system.now() + EXPIRES_MS;
    const glass = after.strategy === 'unblock-dead-row';
    model.pending = { requester: principal(person), expiresAt, approved: new Set(), glass };
    await expectState(system, ['awaiting-approval'], 'a fresh draft');
  });
}

function isOver({ pending }: Model, system: System): boolean {
  return pending !== null && system.now() >= pending.expiresAt;
}

/** Any command that concerns runs closes those whose time is over. */
async function settlePending(model: Model, system: System): Promise<void> {
  if (!isOver(model, system)) return;
  await expectState(system, ['expired'], 'its time is over');
  model.pending = null;
}

export function approve(person: string, alone: boolean): Command {
  const words = alone ? `approve --no-wait --break-glass "it burns"` : 'approve --no-wait';
  return command(`${person}: ${words}`, async (model, system) => {
    const { pending } = model;
    await system.type(person, words);
    if (pending === null) return;
    if (isOver(model, system)) return settlePending(model, system);
    const who = principal(person);
    const counts = alone
      ? BREAK_GLASS.includes(who) && !pending.approved.has(who)
      : !pending.glass && APPROVERS.includes(who) && pending.requester !== who;
    if (counts) pending.approved.add(who);
    if (counts && (alone || pending.approved.size >= model.required)) {
      model.pending = null;
      return expectState(system, GOING, `approved by ${person}`);
    }
    return expectState(system, ['awaiting-approval'], `${person} does not decide`);
  });
}

export function reject(person: string): Command {
  return command(`${person} rejects`, async (model, system) => {
    const { pending } = model;
    await system.type(person, 'reject not tonight');
    if (pending === null) return;
    if (isOver(model, system)) return settlePending(model, system);
    const who = principal(person);
    const may = APPROVERS.includes(who) || pending.requester === who || (pending.glass && BREAK_GLASS.includes(who));
    if (may) model.pending = null;
    await expectState(system, [may ? 'rejected' : 'awaiting-approval'], `${person} rejects`);
  });
}

export function abort(person: string): Command {
  return command(`${person} aborts`, async (model, system) => {
    const before = await system.newest();
    await system.type(person, 'abort');
    if (isOver(model, system)) return settlePending(model, system);
    const may = OPERATORS.includes(principal(person));
    if (may && before !== null && ['awaiting-approval', 'approved', 'paused'].includes(before.state)) {
      model.pending = null;
      await expectState(system, ['aborted'], `aborted by ${person} at rest`);
    }
    if (!may && model.pending !== null) await expectState(system, ['awaiting-approval'], `${person} may not abort`);
  });
}

export function resume(person: string, verdict: string): Command {
  return command(`${person} resumes: ${verdict}`, async (_model, system) => {
    await system.type(person, `resume ${verdict}`);
  });
}

/** Presses a button that the newest run shows. */
export function press(person: string, nth: number): Command {
  return command(`${person} presses ${nth}`, async (model, system) => {
    const run = await system.newest();
    if (run === null) return;
    const buttons = system.buttons(run);
    const button = buttons[nth % Math.max(1, buttons.length)];
    if (button === undefined) return;
    if (button.label === 'Approve') return followPress(approve(person, false), model, system, person, button.token);
    if (button.label === 'Break glass') return followPress(approve(person, true), model, system, person, button.token);
    if (button.label === 'Reject') return followPress(reject(person), model, system, person, button.token);
    await system.press(person, button.token);
    if (run.state === 'paused' || run.state === 'approved' || run.state === 'running') return;
    throw new Error(`${run.state} offers ${button.label}`);
  });
}

/** A button means what its command means. */
async function followPress(same: Command, model: Model, system: System, person: string, token: string): Promise<void> {
  await same.run(model, { ...system, type: () => system.press(person, token, 'it burns') });
}

/** Several lines in the same instant. */
export function together(lines: readonly (readonly [string, string])[]): Command {
  const name = lines.map(([person, line]) => `${person}: ${line}`).join(' | ');
  return command(`together(${name})`, async (model, system) => {
    await Promise.all(lines.map(([person, line]) => system.type(person, line)));
    await readBack(model, system);
  });
}

/** After a race the model takes over what the store says; the invariants judge how it came to be. */
async function readBack(model: Model, system: System): Promise<void> {
  const run = await system.newest();
  if (run?.state !== 'awaiting-approval') {
    model.pending = null;
    return;
  }
  const approved = run.approvals.filter(({ decision }) => decision === 'approve').map(({ by }) => by);
  const { requestedBy: requester, expiresAt, strategy } = run;
  model.pending = { requester, expiresAt, approved: new Set(approved), glass: strategy === 'unblock-dead-row' };
}

/** The run that ended last is to be undone; its id is only known now. */
export function draftRollback(person: string): Command {
  return command(`${person} drafts a rollback`, async (model, system) => {
    const run = await system.newest();
    if (run === null) return;
    model.words = `--strategy rollback --of ${run.plan.undoes?.run ?? run.id}`;
    await draft(person).run(model, system);
  });
}

export function goOn(steps: number, pick: number): Command {
  return command(`go on ${steps} (${pick})`, async (_model, system) => {
    for (let opened = 0; opened < steps && (await system.gates.open(pick)); opened += 1);
  });
}

/** Up to a place, so that a crash or a click comes exactly there. */
export function goOnUntil(place: string, pick: number): Command {
  return command(`go on until ${place} (${pick})`, async (_model, { gates }) => {
    for (let opened = 0; opened < LONGEST && (await gates.open(pick)); opened += 1) {
      if (gates.standing().includes(place)) return;
    }
  });
}

export const LONGEST = 400;

/** The text of such a step is sent, something becomes of it, and the process is killed before it hears of that. */
export function dieAfterSending(kind: StepKind, what: Fault | null, codeVersion: string): Command {
  return command(
    `dies after sending ${kind} (${what ?? 'done'}), then version ${codeVersion}`,
    async (model, system) => {
      const place = `exec ${kind}`;
      for (let opened = 0; opened < LONGEST && !system.gates.standing().includes(place); opened += 1) {
        if (!(await system.gates.open(0))) return;
      }
      if (what !== null) system.members.faults.unshift(what);
      await system.gates.openAt(place);
      await end('crash', codeVersion).run(model, system);
    },
  );
}

export function waitFor(ms: number): Command {
  return command(`${ms / 1000} s pass`, async (_model, system) => {
    if (system.gates.standing().some(isSending)) return;
    await system.advance(ms);
    await quiet();
  });
}

export function end(kind: 'crash' | 'restart', codeVersion: string): Command {
  return command(`${kind}, then version ${codeVersion}`, async (model, system) => {
    const before = model.pending === null ? null : await system.newest();
    await system[kind](codeVersion);
    if (before === null) return;
    const after = await system.newest();
    if (JSON.stringify(after) !== JSON.stringify(before)) throw new Error('a pending approval did not survive');
  });
}

/** One after the other, each a little further on. */
export function crashes(times: number, steps: number): Command {
  return command(`crashes ${times} times, ${steps} apart`, async (model, system) => {
    for (let crashed = 0; crashed < times; crashed += 1) {
      await goOn(steps, 0).run(model, system);
      await end('crash', system.codeVersion()).run(model, system);
    }
  });
}
