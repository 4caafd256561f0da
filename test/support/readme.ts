/** The parts of the README that come from the code: the table of commands and the closed unions. */
import { COMMANDS } from '../../commands/index.ts';
import { documentCommands } from '../../src/app/docs.ts';
import { FINDING_KINDS } from '../../src/domain/finding.ts';
import { REFUSAL_CODES, STRATEGIES } from '../../src/domain/plan.ts';
import { PROBLEM_CODES } from '../../src/domain/problem.ts';
import { RUN_STATES, STEP_STATES } from '../../src/domain/run.ts';

function codes(values: readonly string[]): string {
  return values.map((value) => `\`${value}\``).join(' ');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---|').join('')}`, ...rows.map(line)].join('\n');
}

export const GENERATED_PARTS: Readonly<Record<string, string>> = {
  commands: table(
    ['command', 'who', 'what it does'],
    documentCommands(COMMANDS).map((doc) => [`\`${doc.usage}\``, doc.who, doc.summary]),
  ),
  unions: table(
    ['what', 'values'],
    [
      ['strategy', codes(STRATEGIES)],
      ['state of a run', codes(RUN_STATES)],
      ['state of a step', codes(STEP_STATES)],
      ['kind of a finding', codes(FINDING_KINDS)],
      ['code of a refusal', codes(REFUSAL_CODES)],
      ['code of a problem', codes(PROBLEM_CODES)],
    ],
  ),
};

const PART = /(<!-- part: ([a-z]+) -->\n)[\s\S]*?(\n<!-- end -->)/g;

export function withGeneratedParts(readme: string): string {
  return readme.replaceAll(
    PART,
    (_, open: string, name: string, close: string) => `${open}${GENERATED_PARTS[name] ?? ''}${close}`,
  );
}

export function partNames(readme: string): readonly string[] {
  return [...readme.matchAll(PART)].map((match) => match[2] ?? '');
}
