/**
 * Look at a cluster: probe every member, diagnose, and write down what appeared or cleared since the last look. When it takes over
 * 2 s a card says who has answered; that card becomes the answer. Shared by every command that reads members.
 */
import { askedMessage, askingMessage } from '../chat/views/status.ts';
import type { ClusterConfig } from '../domain/cluster.ts';
import { diagnose } from '../domain/diagnose/index.ts';
import type { Diagnosis } from '../domain/diagnose/types.ts';
import type { ClusterObservation } from '../domain/observation.ts';
import type { Rendered } from '../ports/chat.ts';
import { isFull } from '../ports/store.ts';
import type { Call } from './call.ts';
import { recordLook } from './findings-memory.ts';

export interface Look {
  readonly cluster: ClusterConfig;
  readonly observation: ClusterObservation;
  readonly diagnosis: Diagnosis;
  readonly tookMs: number;
  /** Post the answer, or put it in place of the progress card. Gives the id of the message, null when the chat didn't take it. */
  readonly answer: (rendered: Rendered) => Promise<string | null>;
  /** Where the answer is a card of its own: a progress card says so, and asks no longer. */
  readonly leave: () => Promise<void>;
}

const PROGRESS_AFTER_MS = 2000;

export async function lookAt(call: Call, cluster: ClusterConfig): Promise<Look> {
  const { deps } = call;
  const started = deps.clock.monotonicMs();
  const progress = createProgress(call, cluster);
  const observation = await deps.prober.probe(cluster, {
    onMember: (member) => progress.answered(member.member, member.reach.kind === 'answered'),
  });
  const card = await progress.end();
  const diagnosis = diagnose(observation, deps.releases);
  await recordUnlessFull(() => recordLook(deps, cluster, diagnosis, observation), deps);
  return {
    cluster,
    observation,
    diagnosis,
    tookMs: deps.clock.monotonicMs() - started,
    async answer(rendered) {
      if (card === null) return call.post(rendered);
      await call.edit(card, rendered);
      return card;
    },
    async leave() {
      if (card !== null) await call.edit(card, { message: askedMessage(cluster.name), data: null });
    },
  };
}

/** A look is worth its answer also where it can't be written down; the person is told of the full disk beside it. */
async function recordUnlessFull(record: () => Promise<void>, { log }: Pick<Call['deps'], 'log'>): Promise<void> {
  try {
    await record();
  } catch (error) {
    if (!isFull(error)) throw error;
    log.warn('a look could not be recorded: the disk is full');
  }
}

interface Progress {
  answered(name: string, ok: boolean): void;
  /** Stops, and gives the id of the progress card, null when none was needed. */
  end(): Promise<string | null>;
}

function createProgress(call: Call, cluster: ClusterConfig): Progress {
  const stop = new AbortController();
  const answers = new Map<string, boolean | null>(cluster.members.map((member) => [member.name, null]));
  let card: string | null = null;
  /** One post or edit at a time, in order; the last one shows the newest state. */
  let sending: Promise<void> = Promise.resolve();
  let waiting = false;

  const render = (): Rendered => ({
    message: askingMessage(
      cluster.name,
      [...answers].map(([name, answered]) => ({ name, answered })),
    ),
    data: null,
  });
  const show = async (): Promise<void> => {
    waiting = false;
    // When all have answered, the answer itself follows.
    if (stop.signal.aborted || ![...answers.values()].includes(null)) return;
    if (card === null) card = await call.post(render());
    else await call.edit(card, render());
  };
  const queue = (): void => {
    if (waiting) return;
    waiting = true;
    sending = sending.then(show);
  };
  const patience = async (): Promise<void> => {
    if ((await call.deps.timers.sleep(PROGRESS_AFTER_MS, stop.signal)) === 'elapsed') queue();
  };
  const clock = patience();

  return {
    answered(name, ok) {
      answers.set(name, ok);
      if (card !== null) queue();
    },
    async end() {
      stop.abort();
      await clock;
      await sending;
      return card;
    },
  };
}
