/**
 * A console session: lines in, commands and presses out, as one person at a time. Owns `/as`, the numbers that press buttons, and
 * when a line is complete: its answer is out, the outbox is empty, and no run of this process is being worked on.
 */
import type { HandleInbound, Inbound } from '../../app/inbound.ts';
import { problemData, problemMessage } from '../../chat/views/answers.ts';
import type { RunId } from '../../domain/ids.ts';
import type { Person } from '../../domain/person.ts';
import type { Problem } from '../../domain/problem.ts';
import type { Address } from '../../ports/chat.ts';
import type { Ids } from '../../ports/system.ts';
import type { ConsoleChat } from './chat.ts';

/** What the composition root offers of the running Lockstep. */
interface ConsoleBackend {
  readonly handle: HandleInbound;
  /** Cards that are due are out. */
  outboxIdle(): Promise<void>;
  /** No run is being worked on in this process. */
  runsIdle(): Promise<void>;
}

export interface SessionOptions {
  readonly backend: ConsoleBackend;
  readonly chat: ConsoleChat;
  readonly ids: Ids;
  /** Who types, until `/as` says otherwise. */
  readonly name: string;
  readonly osUser: string;
  /** A line is complete only when no run is being worked on: for pipes. A person at a terminal goes on typing. */
  readonly waitsForRuns: boolean;
}

export interface ConsoleSession {
  readonly name: string;
  /** Resolves when the line is complete. `detached` ends the waiting, not the work. */
  line(text: string, detached: AbortSignal): Promise<void>;
  /** Resolves when nothing is under way any more. */
  settle(detached: AbortSignal): Promise<void>;
  /** Runs whose end decides over the exit code. */
  readonly runs: ReadonlySet<RunId>;
  /** A throw reached the boundary. */
  readonly threw: boolean;
}

export const CONSOLE_ADDRESS: Address = { platform: 'console', channel: 'console', user: null, thread: null };
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const AS = /^\/as(?:\s+(.*))?$/;
const NUMBER = /^[+-]?[0-9]+$/;
const BUTTON = /^[1-9][0-9]{0,2}$/;
/** A button that asks for words takes them from the rest of the line. */
const BUTTON_WITH_WORDS = /^([1-9][0-9]{0,2})\s+(\S.*)$/s;

export function createSession(options: SessionOptions): ConsoleSession {
  const { backend, chat, ids } = options;
  const runs = new Set<RunId>();
  let name = options.name;
  let threw = false;

  const settle = async (detached: AbortSignal): Promise<void> => {
    const gone = aborted(detached);
    if (options.waitsForRuns) await Promise.race([backend.runsIdle(), gone]);
    await Promise.race([backend.outboxIdle(), gone]);
  };

  const answer = async (problem: Problem): Promise<void> => {
    const rendered = { message: problemMessage(problem), data: problemData(problem) };
    await chat.post(CONSOLE_ADDRESS, rendered, ids.messageId());
  };

  const become = async (wanted: string): Promise<void> => {
    if (isPersonName(wanted)) name = wanted;
    else await answer(badName());
  };

  const send = async (body: Inbound['body'], detached: AbortSignal): Promise<void> => {
    const outcome = await backend.handle({
      deliveryId: ids.messageId(),
      person: personOf(name, options.osUser),
      address: CONSOLE_ADDRESS,
      body,
      detached,
    });
    for (const run of outcome.runs) runs.add(run);
    if (outcome.kind === 'threw') threw = true;
    if (!outcome.background) await settle(detached);
  };

  return {
    get name() {
      return name;
    },
    get threw() {
      return threw;
    },
    runs,
    settle,
    async line(text, detached) {
      const typed = text.trim();
      if (typed === '') return;
      const as = AS.exec(typed);
      if (as !== null) return become(as[1]?.trim() ?? '');
      const asked = askedButton(chat, typed);
      if (asked !== null) return send({ kind: 'press', ...asked }, detached);
      if (!NUMBER.test(typed)) return send({ kind: 'line', text: typed }, detached);
      const button = BUTTON.test(typed) ? chat.button(Number(typed)) : null;
      if (button === null) return answer(noButton(typed));
      await send({ kind: 'press', token: button.token }, detached);
    },
  };
}

function askedButton(chat: ConsoleChat, typed: string): { readonly token: string; readonly text: string } | null {
  const [, number, text] = BUTTON_WITH_WORDS.exec(typed) ?? [];
  const button = number === undefined ? null : chat.button(Number(number));
  if (button?.ask === undefined || text === undefined) return null;
  return { token: button.token, text };
}

export function isPersonName(name: string): boolean {
  return NAME.test(name);
}

function personOf(name: string, osUser: string): Person {
  return { platform: 'console', id: name, displayName: name, groups: [], osUser };
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function badName(): Problem {
  return {
    code: 'bad-argument',
    text: '/as takes a name of letters, digits, dots, hyphens and underscores.',
    next: '/as alice',
  };
}

function noButton(typed: string): Problem {
  return {
    code: 'bad-argument',
    text: `There is no button ${typed.slice(0, 20)} on the last card.`,
    next: 'Type the command itself, such as "approve"; "help" lists them.',
  };
}
