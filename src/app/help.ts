/** `help`: the list of commands, or one in full. */
import { commandHelpMessage, helpData, helpMessage } from '../chat/views/help.ts';
import type { Call } from './call.ts';

export async function help(call: Call, name: string | null): Promise<void> {
  const { docs, helpNotes } = call.deps;
  const doc = docs.find((each) => each.name === name);
  if (doc === undefined) await call.post({ message: helpMessage(docs, helpNotes), data: helpData(docs) });
  else await call.post({ message: commandHelpMessage(doc), data: helpData([doc]) });
}
