/**
 * From a plan's abstract step to the text that a member's shell runs, and to the read-only look that tells afterwards whether it
 * happened. The same step always gives the same text: its digest is what is approved. Every value is checked before it goes in.
 */
import { assertNever } from '../domain/assert-never.ts';
import type { PlanStep, StepCall } from '../domain/plan.ts';
import { backUp, backUpLook } from './catalogue/back-up.ts';
import {
  awaitPatchConsumed,
  CONSUMED_LOOK,
  removePatch,
  removePatchLook,
  writePatch,
  writePatchLook,
} from './catalogue/patch.ts';
import { healingBack, healingBackLook, healingOff, healingOffLook } from './catalogue/healing.ts';
import { runSql, runSqlLook } from './catalogue/live-sql.ts';
import { checkRefreshed, checkRefreshedLook, refresh, refreshLook } from './catalogue/refresh.ts';
import { HOLD, HOLD_LOOK, plainStop, RELEASE, RELEASE_LOOK } from './catalogue/snap.ts';
import {
  awaitReady,
  READY_LOOK,
  START,
  START_LOOK,
  STOP_NOT_READY,
  STOPPED_FOR_GOOD_LOOK,
  STOPPED_LOOK,
  stopServing,
} from './catalogue/stop.ts';
import { buildText, wholeNumber, type StepText } from './catalogue/text.ts';

type Body = Pick<StepText, 'uses' | 'body'>;

const LONGEST_WAIT_S = 7200;
const LOOK_S = 150;

function wait(seconds: number): string {
  return wholeNumber(seconds, 1, LONGEST_WAIT_S);
}

function bodyOf(call: StepCall): Body {
  switch (call.kind) {
    case 'hold-refreshes':
      return HOLD;
    case 'release-hold':
      return RELEASE;
    case 'back-up':
      return backUp(call.run, call.consistent);
    case 'stop-serving':
      return stopServing(wait(call.waitS));
    case 'stop-not-ready':
      return STOP_NOT_READY;
    case 'stop-plain':
      return plainStop(wait(call.waitS));
    case 'write-patch':
      return writePatch(call.run, call.patch);
    case 'await-patch-consumed':
      return awaitPatchConsumed(wait(call.waitS));
    case 'remove-patch':
      return removePatch(call.run);
    case 'run-sql':
      return runSql(call.run, call.statements);
    case 'refresh':
      return refresh(call.revision, wait(call.waitS));
    case 'check-refreshed':
      return checkRefreshed(call.revision);
    case 'start':
      return START;
    case 'await-ready':
      return awaitReady(wait(call.waitS));
    case 'healing-off':
      return healingOff(call.thresholdS);
    case 'healing-back':
      return healingBack(call.thresholdS);
    default:
      return assertNever(call);
  }
}

function lookOf(call: StepCall): Body {
  switch (call.kind) {
    case 'hold-refreshes':
      return HOLD_LOOK;
    case 'release-hold':
      return RELEASE_LOOK;
    case 'back-up':
      return backUpLook(call.run, call.consistent);
    case 'stop-serving':
    case 'stop-not-ready':
      return STOPPED_FOR_GOOD_LOOK;
    case 'stop-plain':
      return STOPPED_LOOK;
    case 'write-patch':
      return writePatchLook(call.run);
    case 'await-patch-consumed':
      return CONSUMED_LOOK;
    case 'remove-patch':
      return removePatchLook(call.run);
    case 'run-sql':
      return runSqlLook(call.statements);
    case 'refresh':
      return refreshLook(call.revision);
    case 'check-refreshed':
      return checkRefreshedLook(call.revision);
    case 'start':
      return START_LOOK;
    case 'await-ready':
      return READY_LOOK;
    case 'healing-off':
      return healingOffLook(call.thresholdS);
    case 'healing-back':
      return healingBackLook(call.thresholdS);
    default:
      return assertNever(call);
  }
}

/** The text of one step. Throws on values that no planner may give. */
export function compileStep(step: Pick<PlanStep, 'call' | 'timeoutMs'>): string {
  const seconds = Math.max(1, Math.ceil(step.timeoutMs / 1000));
  return buildText({ kind: step.call.kind, seconds, ...bodyOf(step.call) });
}

/** A text that only reads and whose result says `done`, `not-done` or `unknown`: for a step whose outcome was lost. */
export function compileLook(step: Pick<PlanStep, 'call'>): string {
  return buildText({ kind: step.call.kind, seconds: LOOK_S, ...lookOf(step.call) });
}
