#!/usr/bin/env node
/**
 * The command line: the first word chooses, and only what that needs is loaded. Owns the exit code and the last boundary: what
 * nobody caught ends here with one sentence.
 */
import { complain, tell } from './cli/complain.ts';
import { readVersion } from './cli/version.ts';

type Run = (args: readonly string[]) => Promise<number>;

const COMMANDS: Readonly<Record<string, () => Promise<Run>>> = {
  console: async () => (await import('./cli/console.ts')).consoleCommand,
  demo: async () => (await import('./cli/demo.ts')).demoCommand,
  start: async () => (await import('./cli/start.ts')).startCommand,
  register: async () => (await import('./cli/register.ts')).registerCommand,
  doctor: async () => (await import('./cli/doctor.ts')).doctorCommand,
  trust: async () => (await import('./cli/trust.ts')).trustCommand,
  audit: async () => (await import('./cli/audit.ts')).auditCommand,
  rehearsal: async () => (await import('./cli/rehearsal.ts')).rehearsalCommand,
};

async function main(argv: readonly string[]): Promise<number> {
  const [word, ...args] = argv;
  if (word === '--version' || word === '-v' || word === 'version') {
    process.stdout.write(`${readVersion()}\n`);
    return 0;
  }
  if (word === undefined || word === 'help' || word === '--help' || word === '-h' || args.includes('--help')) {
    const { usageText } = await import('./cli/usage.ts');
    process.stdout.write(usageText());
    return word === undefined ? 2 : 0;
  }
  const load = Object.hasOwn(COMMANDS, word) ? COMMANDS[word] : undefined;
  if (load === undefined) return unknownCommand(word);
  return (await load())(args);
}

async function unknownCommand(word: string): Promise<number> {
  const { suggest } = await import('./app/suggest.ts');
  const near = suggest(word, [...Object.keys(COMMANDS), 'help']);
  const hint = near === null ? '' : ` Did you mean ${near}?`;
  return complain({
    text: `There is no command ${JSON.stringify(word)}.${hint}`,
    next: `lockstep ${near ?? 'help'}`,
  });
}

/** What was written is flushed first; a handle that somebody left open doesn't keep the process. */
function end(code: number): void {
  process.exitCode = code;
  process.stdout.write('', () => process.exit(code));
}

main(process.argv.slice(2)).then(end, (error: unknown) => {
  tell(
    `lockstep: something in Lockstep itself went wrong: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
  );
  tell('Next: run "lockstep doctor"; if it stays, report this text.');
  end(1);
});
