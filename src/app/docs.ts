/** Definitions of commands → what the help says of them. */
import type { CommandDoc } from '../chat/views/help.ts';
import { describeParam, usageOf, type Command } from './registry.ts';

const WHO = { view: 'viewer', operate: 'operator', approve: 'approver' } as const;

export function documentCommands(commands: readonly Command[]): readonly CommandDoc[] {
  return commands.map((command) => ({
    name: command.name,
    usage: usageOf(command),
    summary: command.summary,
    who: command.role === null ? 'anyone' : WHO[command.role],
    params: Object.entries(command.params).map(([name, param]) => ({
      shown: describeParam(name, param),
      help: param.help,
    })),
    examples: command.examples,
  }));
}
