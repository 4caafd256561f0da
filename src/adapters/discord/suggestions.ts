/** Choices while somebody types: from the app, in time, within Discord's limits. An error or a slow answer is an empty list. */
import type { ApplicationCommandOptionChoiceData } from 'discord.js';
import type { Choice, CommandShape, SuggestRequest, Surface } from '../../app/surface.ts';
import { visibleLine } from '../../chat/visible.ts';
import type { Person } from '../../domain/person.ts';
import type { Log, Timers } from '../../ports/system.ts';
import { cut } from './escape.ts';
import { COMMAND, COMPONENT, INTERACTION } from './limits.ts';

interface SuggestDeps {
  readonly surface: Pick<Surface, 'suggest'>;
  readonly timers: Timers;
  readonly log: Log;
}

/** Leaves time for the way back. */
const PATIENCE_MS = INTERACTION.firstAnswerMs / 2;

export async function suggestInTime(
  { surface, timers, log }: SuggestDeps,
  request: SuggestRequest,
): Promise<readonly Choice[]> {
  const done = new AbortController();
  const late = timers.sleep(PATIENCE_MS, done.signal).then((): readonly Choice[] => []);
  try {
    return await Promise.race([surface.suggest(request), late]);
  } catch (error) {
    log.warn('suggestions failed', { command: request.command, param: request.param });
    log.debug('suggestions failed because', { error: String(error) });
    return [];
  } finally {
    done.abort();
  }
}

export function choicesOf(choices: readonly Choice[]): ApplicationCommandOptionChoiceData<string>[] {
  return choices
    .filter(({ value }) => value !== '' && value.length <= COMMAND.choiceValue)
    .slice(0, COMMAND.choices)
    .map(({ label, value }) => ({ name: cut(visibleLine(label), COMMAND.choiceName) || value, value }));
}

/** For the lists of a form: the parameters whose values the app knows. */
export async function suggestFields(
  deps: SuggestDeps,
  command: CommandShape,
  person: Person,
): Promise<Readonly<Record<string, readonly Choice[]>>> {
  const names = (command.form ?? []).slice(0, COMPONENT.modalParts);
  const known = names.filter((name) => command.params[name]?.type.kind === 'cluster');
  const lists = await Promise.all(
    known.map(async (param) => {
      const request = { person, command: command.name, param, typed: '' };
      return [param, await suggestInTime(deps, request)] as const;
    }),
  );
  // As many as there may be: a list that is full may lack one.
  return Object.fromEntries(lists.filter(([, choices]) => choices.length < COMMAND.choices));
}
