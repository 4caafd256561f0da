/** Help, generated from the definitions of the commands: the list, and one command in full. */
import type { HelpData } from '../../domain/data.ts';
import { code, heading, message, nextCommand, note, table, text } from '../build.ts';
import type { Message } from '../message.ts';

/** What help says of a command; made from its definition. */
export interface CommandDoc {
  readonly name: string;
  readonly usage: string;
  readonly summary: string;
  /** `viewer`, `operator`, `approver`, `anyone`. */
  readonly who: string;
  readonly params: readonly { readonly shown: string; readonly help: string }[];
  readonly examples: readonly string[];
}

export function helpData(docs: readonly CommandDoc[]): HelpData {
  return { kind: 'help', commands: docs.map(({ name, usage, summary }) => ({ name, usage, summary })) };
}

/** `notes` are lines of the installation: clusters, rehearsal scenarios. */
export function helpMessage(docs: readonly CommandDoc[], notes: readonly string[]): Message {
  return message('What Lockstep can do', 'neutral', [
    heading('What Lockstep can do'),
    text('Members of an LXD cluster must move in lockstep. When they do not, Lockstep says why, and brings them back.'),
    table(
      ['command', 'who', 'what it does'],
      docs.map((doc) => [doc.name, doc.who, doc.summary]),
    ),
    ...notes.map((line) => note(line)),
    nextCommand('status', 'help recover'),
  ]);
}

export function commandHelpMessage(doc: CommandDoc): Message {
  return message(`${doc.name}: ${doc.summary}`, 'neutral', [
    heading(doc.name),
    text(doc.summary),
    code(`/lxd ${doc.usage}`, 'Usage'),
    ...(doc.params.length === 0
      ? []
      : [
          table(
            ['parameter', 'meaning'],
            doc.params.map(({ shown, help }) => [shown, help]),
          ),
        ]),
    note(`For: ${doc.who}.`),
    code(doc.examples.map((example) => `/lxd ${example}`).join('\n'), 'Examples'),
    nextCommand(doc.examples[0] ?? 'help'),
  ]);
}
