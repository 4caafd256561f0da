/** What one can type, generated from the definitions. */
import { help as showHelp } from '../src/app/help.ts';
import { argument, defineCommand } from '../src/app/registry.ts';

export const help = defineCommand({
  name: 'help',
  summary: 'Lists the commands, or shows one in full.',
  params: { command: argument({ kind: 'command' }, 'Which command; without it all.') },
  role: null,
  examples: ['help', 'help recover'],
  handle: (call, { command }) => showHelp(call, command),
});
