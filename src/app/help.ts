/** `help`: the list of commands, or one in full. */
import { commandHelpMessage, helpData, helpMessage } from '../chat/views/help.ts';
import { visibleClusters } from './authorise.ts';
import type { Call } from './call.ts';
import { exampleFor } from './example.ts';

export async function help(call: Call, name: string | null): Promise<void> {
  const { docs, helpNotes } = call.deps;
  const doc = docs.find((each) => each.name === name);
  if (doc === undefined) {
    await call.post({ message: helpMessage(docs, helpNotes), data: helpData(docs) });
    return;
  }
  const cluster = visibleClusters(call.person, call.deps.clusters)[0]?.name ?? null;
  const examples = doc.examples.map((example) => exampleFor(example, cluster));
  await call.post({ message: commandHelpMessage({ ...doc, examples }), data: helpData([doc]) });
}
