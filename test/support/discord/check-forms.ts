/**
 * Checks forms, choices and command registrations against `LIMITS`. Sources: docs.discord.com/developers/components/reference
 * (text input, label), …/interactions/receiving-and-responding (modal, autocomplete), …/interactions/application-commands.
 */
import { asJson, asList } from '../chat-wire.ts';
import type { Json } from '../chat-wire.ts';
import { checkLength, checkSelect, lengthOf } from './check-message.ts';
import type { Finding, Report } from './check-message.ts';
import { LIMITS } from './limits.ts';

/** …/application-commands#application-command-object-application-command-naming */
const NAME = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u;

function collect(kind: Finding['kind'], check: (report: Report) => void): readonly Finding[] {
  const findings: Finding[] = [];
  check((at, detail) => findings.push({ kind, at, detail, fatal: true }));
  return findings;
}

function checkTextInput(input: Json, at: string, inLabel: boolean, report: Report): void {
  checkLength(input['custom_id'], `${at}.custom_id`, [1, LIMITS.customId], report);
  if (input['style'] !== 1 && input['style'] !== 2) report(`${at}.style`, 'style');
  if (!inLabel) checkLength(input['label'], `${at}.label`, [1, LIMITS.inputLabel], report);
  checkLength(input['placeholder'], `${at}.placeholder`, [0, LIMITS.inputPlaceholder], report);
  checkLength(input['value'], `${at}.value`, [0, LIMITS.inputValue], report);
  for (const key of ['min_length', 'max_length']) {
    const value = input[key];
    const min = key === 'max_length' ? 1 : 0;
    if (value !== undefined && (typeof value !== 'number' || value < min || value > LIMITS.inputValue))
      report(`${at}.${key}`, key);
  }
}

/** The inputs of a form with the label a person reads, in rows (old) or labels (new). */
export function listInputs(
  modal: Json,
): readonly { readonly label: string; readonly input: Json; readonly holder: number }[] {
  return asList(modal['components'])
    .map(asJson)
    .flatMap((holder) => {
      if (holder['type'] === 18)
        return [{ label: String(holder['label']), input: asJson(holder['component']), holder: 18 }];
      return asList(holder['components']).map((input) => ({
        label: String(asJson(input)['label']),
        input: asJson(input),
        holder: 1,
      }));
    });
}

export function checkModal(modal: Json): readonly Finding[] {
  return collect('modal', (report) => {
    checkLength(modal['title'], 'title', [1, LIMITS.modalTitle], report);
    checkLength(modal['custom_id'], 'custom_id', [1, LIMITS.customId], report);
    const holders = asList(modal['components']).map(asJson);
    if (holders.length === 0 || holders.length > LIMITS.modalComponents)
      report('components', `between 1 and ${LIMITS.modalComponents}`);
    holders.forEach((holder, index) => {
      const at = `components.${index}`;
      const inLabel = holder['type'] === 18;
      if (!inLabel && holder['type'] !== 1) return report(at, `type ${JSON.stringify(holder['type'])}`);
      if (inLabel) {
        checkLength(holder['label'], `${at}.label`, [1, LIMITS.inputLabel], report);
        checkLength(holder['description'], `${at}.description`, [0, LIMITS.inputDescription], report);
      } else if (asList(holder['components']).length !== 1) report(at, 'one input in a row');
      const input = asJson(inLabel ? holder['component'] : asList(holder['components'])[0]);
      if (input['type'] === 4) checkTextInput(input, `${at}.component`, inLabel, report);
      else if (input['type'] === 3 && inLabel) checkSelect(input, `${at}.component`, report);
      else report(`${at}.component`, `type ${JSON.stringify(input['type'])}`);
    });
    const ids = listInputs(modal).map(({ input }) => input['custom_id']);
    if (new Set(ids).size !== ids.length) report('components', 'a custom_id twice');
  });
}

function checkChoiceList(choices: readonly Json[], at: string, report: Report): void {
  if (choices.length > LIMITS.choices) report(at, `more than ${LIMITS.choices}`);
  choices.forEach((choice, index) => {
    checkLength(choice['name'], `${at}.${index}.name`, [1, LIMITS.choiceText], report);
    const { value } = choice;
    if (typeof value === 'string') checkLength(value, `${at}.${index}.value`, [0, LIMITS.choiceText], report);
    else if (typeof value !== 'number') report(`${at}.${index}.value`, 'is required');
  });
}

export function checkChoices(data: Json): readonly Finding[] {
  return collect('choices', (report) => {
    if (!Array.isArray(data['choices'])) return report('choices', 'is required');
    checkChoiceList(data['choices'].map(asJson), 'choices', report);
  });
}

/** `nesting`: the types of option that may hold others here: a group (2) holds sub-commands (1), a sub-command none. */
function checkOptions(options: readonly Json[], at: string, nesting: readonly unknown[], report: Report): void {
  if (options.length > LIMITS.commandOptions) report(at, `more than ${LIMITS.commandOptions}`);
  const names = new Set(options.map((option) => option['name']));
  if (names.size !== options.length) report(at, 'APPLICATION_COMMAND_OPTIONS_NAME_INVALID: a name twice');
  let optional = false;
  options.forEach((option, index) => {
    const here = `${at}.${index}`;
    const { type } = option;
    checkName(option['name'], `${here}.name`, report);
    checkLength(option['description'], `${here}.description`, [1, LIMITS.commandDescription], report);
    if (type === 1 || type === 2) {
      if (!nesting.includes(type)) report(`${here}.type`, 'sub-commands are one level deep');
      return checkOptions(asList(option['options']).map(asJson), `${here}.options`, type === 2 ? [1] : [], report);
    }
    if (typeof type !== 'number' || type < 3 || type > 11) report(`${here}.type`, `type ${JSON.stringify(type)}`);
    if (option['required'] === true && optional) report(here, 'a required option after an optional one');
    if (option['required'] !== true) optional = true;
    const choices = asList(option['choices']).map(asJson);
    checkChoiceList(choices, `${here}.choices`, report);
    if (option['autocomplete'] === true && choices.length > 0)
      report(here, 'autocomplete and choices exclude each other');
  });
  const subs = options.filter((option) => option['type'] === 1 || option['type'] === 2).length;
  if (subs > 0 && subs < options.length) report(at, 'sub-commands and other options are mixed');
}

function checkName(value: unknown, at: string, report: Report): void {
  if (typeof value !== 'string' || !NAME.test(value) || value !== value.toLowerCase())
    report(at, `name ${JSON.stringify(value)}`);
}

/** Names, descriptions, options and values of one command together: at most 8,000 characters. */
function sizeOf(part: Json): number {
  const choices = asList(part['choices']).map(asJson);
  const own = lengthOf(part['name']) + lengthOf(part['description']);
  const inChoices = choices.map((choice) => lengthOf(choice['name']) + lengthOf(choice['value']));
  const inner = asList(part['options']).map((option) => sizeOf(asJson(option)));
  return [...inChoices, ...inner].reduce((sum, size) => sum + size, own);
}

export function checkCommands(commands: readonly Json[]): readonly Finding[] {
  return collect('commands', (report) => {
    const typeOf = (command: Json): unknown => command['type'] ?? 1;
    const count = (type: number): number => commands.filter((command) => typeOf(command) === type).length;
    if (count(1) > LIMITS.chatCommands || count(3) > LIMITS.contextCommands) report('commands', 'too many');
    commands.forEach((command, index) => {
      const at = String(index);
      if (typeOf(command) === 1) {
        checkName(command['name'], `${at}.name`, report);
        checkLength(command['description'], `${at}.description`, [1, LIMITS.commandDescription], report);
      } else {
        checkLength(command['name'], `${at}.name`, [1, LIMITS.commandName], report);
        if (lengthOf(command['description']) > 0) report(`${at}.description`, 'a context-menu command has none');
      }
      checkOptions(asList(command['options']).map(asJson), `${at}.options`, [1, 2], report);
      if (sizeOf(command) > LIMITS.commandTotal) report(at, `over ${LIMITS.commandTotal} characters together`);
    });
  });
}
