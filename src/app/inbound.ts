/**
 * The one way in: deduplicate → parse → check the role → handle → answer. The boundary that turns a throw into problem `internal`
 * is here and nowhere else.
 */
import type { RunId } from '../domain/ids.ts';
import type { Person } from '../domain/person.ts';
import type { Problem } from '../domain/problem.ts';
import { isFull, StoreError } from '../ports/store.ts';
import type { Address } from '../ports/chat.ts';
import { answerProblem, refuse } from './answer.ts';
import { refusalOf, refusedRole, visibleClusters } from './authorise.ts';
import { createCall, type Call } from './call.ts';
import { requireCluster } from './clusters.ts';
import type { AppDeps } from './deps.ts';
import { addForeignNote, type ForeignNote } from './note.ts';
import { parseLine, type ParsedLine } from './parse.ts';
import { press } from './press.ts';
import type { Command } from './registry.ts';

export interface Inbound {
  /** The platform's id of this event: a repeated delivery has the same. */
  readonly deliveryId: string;
  readonly person: Person;
  readonly address: Address;
  readonly body:
    | { readonly kind: 'line'; readonly text: string }
    /** `text` is what the person wrote where the button asks for words. */
    | { readonly kind: 'press'; readonly token: string; readonly text?: string | null }
    | { readonly kind: 'note'; readonly note: ForeignNote };
  /** Fires when the person no longer waits for the answer. */
  readonly detached: AbortSignal;
}

interface Outcome {
  readonly kind: 'handled' | 'duplicate' | 'threw';
  /** Runs whose end this process answers for. */
  readonly runs: readonly RunId[];
  /** The person asked not to wait for the run. */
  readonly background: boolean;
}

export type HandleInbound = (inbound: Inbound) => Promise<Outcome>;

export function createInbound(deps: AppDeps, commands: readonly Command[]): HandleInbound {
  return async (inbound) => {
    const runs = new Set<RunId>();
    const outcome = (kind: Outcome['kind'], background = false): Outcome => ({ kind, runs: [...runs], background });
    const call = createCall({
      deps,
      person: inbound.person,
      address: inbound.address,
      detached: inbound.detached,
      handles: (run) => runs.add(run),
    });
    try {
      const claim = await claimOf(deps, inbound);
      if (claim === 'seen') return outcome('duplicate');
      if (claim !== 'new') {
        await readOnly(call, commands, inbound, claim);
        return outcome('handled');
      }
      if (inbound.body.kind === 'press') {
        await press(call, inbound.body.token, inbound.body.text ?? null);
        return outcome('handled');
      }
      if (inbound.body.kind === 'note') {
        await addForeignNote(call, inbound.body.note);
        return outcome('handled');
      }
      const background = await handleLine(call, commands, inbound.body.text);
      return outcome('handled', background);
    } catch (error) {
      await answerThrow(call, error);
      return outcome('threw');
    }
  };
}

/** Whether this event is new, as far as the store can tell. A full disk must not keep people from looking at their clusters. */
async function claimOf(deps: AppDeps, { deliveryId }: Inbound): Promise<'new' | 'seen' | StoreError> {
  try {
    return (await deps.store.claimDelivery(deliveryId, deps.clock.nowMs())) ? 'new' : 'seen';
  } catch (error) {
    if (isFull(error)) return error;
    throw error;
  }
}

/** What only reads is answered, and the full disk is told of after it; everything else is refused with it. */
async function readOnly(call: Call, commands: readonly Command[], { body }: Inbound, full: StoreError): Promise<void> {
  const parsed = body.kind === 'line' ? parseFor(call, commands, body.text) : null;
  const role = parsed?.ok === true ? parsed.value.command.role : 'operate';
  if (body.kind !== 'line' || (role !== null && role !== 'view')) throw full;
  await handleLine(call, commands, body.text);
  await answerProblem(call, full.problem);
}

function parseFor(call: Call, commands: readonly Command[], line: string): ReturnType<typeof parseLine> {
  // A person learns no cluster's name from a suggestion that they may not view.
  const clusters = visibleClusters(call.person, call.deps.clusters);
  const names = clusters.map(({ name }) => name);
  return parseLine(line, commands, names, (member) =>
    clusters.filter(({ members }) => members.some(({ name }) => name === member)).map(({ name }) => name),
  );
}

async function handleLine(call: Call, commands: readonly Command[], line: string): Promise<boolean> {
  const parsed = parseFor(call, commands, line);
  if (!parsed.ok) {
    await answerProblem(call, parsed.error);
    return false;
  }
  if (await refusedBefore(call, parsed.value)) return false;
  const { command, values } = parsed.value;
  await command.run(call, values);
  return values['no-wait'] === true;
}

/** The role on the named cluster; commands about a run ask for it once they know the run, decisions ask the whole policy. */
async function refusedBefore(call: Call, { command, values }: ParsedLine): Promise<boolean> {
  const cluster = Object.entries(command.params).find(([, param]) => param.type.kind === 'cluster')?.[0];
  const name = cluster === undefined ? null : values[cluster];
  if (command.role === null || command.role === 'approve') return false;
  if (typeof name === 'string') {
    const refusal = refusedRole(call.person, command.role, requireCluster(call.deps, name));
    if (refusal === null) return false;
    await refuse(call, `Not doing ${command.name} on ${name}`, refusal);
    return true;
  }
  const first = call.deps.clusters[0];
  if (visibleClusters(call.person, call.deps.clusters).length > 0 || first === undefined) return false;
  const reason = { code: 'not-allowed', text: 'You may not view any of the configured clusters.' } as const;
  await refuse(call, `Not doing ${command.name}`, {
    ...refusalOf(first, [reason], 'Ask for a role in clusters.yaml.'),
    cluster: null,
  });
  return true;
}

async function answerThrow(call: Call, error: unknown): Promise<void> {
  call.deps.log.error('a command threw', {}, error);
  const problem = error instanceof StoreError ? error.problem : internal();
  try {
    await answerProblem(call, problem);
  } catch (second) {
    call.deps.log.error('the answer to a throw threw', {}, second);
  }
}

function internal(): Problem {
  return {
    code: 'internal',
    text: 'Something in Lockstep itself went wrong; the log has the details. What was under way is on record.',
    next: 'Type "runs" to see where things stand, or "doctor".',
  };
}
