/** The text of `lockstep help`. */
import { SCENARIOS } from '../rehearsal/scenarios.ts';

const COMMANDS = `lockstep <command>

  console [--config FILE] [--data DIR] [--as NAME] [--json] [--scenario NAME] [--fresh]
      Type commands here. Without --config it opens a rehearsal cluster: simulated members on this machine;
      --fresh begins it anew.
  demo [--data DIR]
      The guided tour, unattended, in under a minute: a cluster that was downgraded is explained and brought back.
  start [--config FILE] [--data DIR]
      Connects to the chats whose tokens are configured, and stays.
  register [--clear global|SERVER-ID]
      Puts the commands into Discord, when they changed. ("start" does the same.) --clear takes them away where they
      stand besides, when people see each of them twice.
  doctor [--config FILE] [--data DIR]
      Checks what Lockstep needs, one thing at a time, and says what to do.
  trust <cluster> [--config FILE]
      Shows the host keys of the members and, after a yes, writes them into known_hosts.
  audit verify [--data DIR] [--expect HASH]
      Proves that nothing in the timeline was changed or cut off.
  rehearsal --scenario NAME --dir DIR [--fresh]
      Runs a rehearsal cluster by itself, until Ctrl-C.
  help, --version

Commands inside the console or the chat: type "help" there.`;

export function usageText(): string {
  const width = Math.max(...SCENARIOS.map(({ name }) => name.length));
  const scenarios = SCENARIOS.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return [COMMANDS, '', 'Rehearsal scenarios:', ...scenarios, ''].join('\n');
}
