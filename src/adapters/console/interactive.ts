/**
 * A person at a terminal: prompt, history, TAB, Ctrl-C. The first Ctrl-C during a command ends the waiting, not the work; at the
 * prompt it says how to leave. A button that needs a confirmation asks for it.
 */
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { ConsoleChat } from './chat.ts';
import { complete, type CompletionSource } from './complete.ts';
import type { TerminalOutput } from './output.ts';
import type { ConsoleSession } from './session.ts';

export interface InteractiveOptions {
  readonly input: Readable;
  readonly stdout: Writable;
  readonly output: TerminalOutput;
  readonly session: ConsoleSession;
  readonly chat: ConsoleChat;
  readonly completion: CompletionSource;
  /** Fires when the process is asked to end. */
  readonly stop: AbortSignal;
}

const DETACHED = 'Not waiting any longer. What is under way goes on; "runs" shows it, "abort" stops it after its step.';
const HOW_TO_LEAVE =
  'Ctrl-D or "exit" leaves. A run that is under way finishes its step first, and goes on at the next start.';

export async function runInteractive(options: InteractiveOptions): Promise<void> {
  const { session, output, stop } = options;
  const terminal = createInterface({
    input: options.input,
    output: options.stdout,
    completer: (line: string) => complete(line, options.completion),
    historySize: 500,
    removeHistoryDuplicates: true,
  });
  const state = { busy: new AbortController(), working: true };
  // What arrives while a person types is printed above the prompt.
  output.afterPrint(() => {
    if (!state.working) terminal.prompt(true);
  });
  terminal.on('SIGINT', () => {
    if (state.working && !state.busy.signal.aborted) {
      output.print(DETACHED);
      state.busy.abort();
    } else {
      output.print(HOW_TO_LEAVE);
    }
  });
  stop.addEventListener('abort', () => terminal.close(), { once: true });
  await session.settle(stop);
  state.working = false;
  prompt(terminal, session);
  for await (const line of terminal) {
    if (/^\s*(?:exit|quit|\/exit|\/quit)\s*$/i.test(line)) break;
    state.busy = new AbortController();
    state.working = true;
    const go = await confirmed(line, options, terminal);
    if (go) await session.line(line, AbortSignal.any([state.busy.signal, stop]));
    state.working = false;
    if (stop.aborted) break;
    prompt(terminal, session);
  }
  terminal.close();
}

function prompt(terminal: Interface, session: ConsoleSession): void {
  terminal.setPrompt(`${session.name}> `);
  terminal.prompt(true);
}

async function confirmed(line: string, { chat, output }: InteractiveOptions, terminal: Interface): Promise<boolean> {
  const button = /^\s*[1-9][0-9]{0,2}\s*$/.test(line) ? chat.button(Number(line)) : null;
  if (button === null || button.confirm === null) return true;
  output.print(button.confirm.text);
  const answer = await new Promise<string>((resolve) => {
    terminal.question(`${button.confirm?.title ?? button.label} [y/N] `, resolve);
  });
  return /^\s*y(?:es)?\s*$/i.test(answer);
}
