/**
 * Buttons: the token of an action in `action_id`, what it asks for in `value`, Slack's own second click where one is wanted. Owns
 * both directions. Pure. The token means something to the app alone.
 */
import type { Action, Ask } from '../../chat/message.ts';
import { plainText } from './escape.ts';
import { BUTTON } from './limits.ts';
import type { Json } from './json.ts';
import { isRecord, stringOf } from './json.ts';

const PRESS = /^(press|ask):\d{1,3}:(.+)$/s;

export interface Buttons {
  readonly blocks: readonly Json[];
  readonly fell: readonly string[];
}

/** At most one block of buttons; what is left over is said. */
export function renderButtons(actions: readonly Action[]): Buttons {
  const usable = actions.filter((action) => action.token !== '' && idOf(action, 0).length <= BUTTON.actionId - 2);
  const kept = usable.slice(0, BUTTON.perBlock);
  const lost = actions.length - kept.length;
  const fell = lost > 0 ? [`${lost} ${lost === 1 ? 'button' : 'buttons'}`] : [];
  if (kept.length === 0) return { blocks: [], fell };
  return { blocks: [{ type: 'actions', elements: kept.map(buttonOf) }], fell };
}

function idOf(action: Action, index: number): string {
  return `${action.ask === undefined ? 'press' : 'ask'}:${index}:${action.token}`;
}

function buttonOf(action: Action, index: number): Json {
  return {
    type: 'button',
    text: { type: 'plain_text', text: wordsOr(plainText(action.label, BUTTON.text), 'Go'), emoji: false },
    action_id: idOf(action, index),
    ...(action.style === 'plain' ? {} : { style: action.style }),
    ...(action.ask === undefined ? {} : { value: JSON.stringify(shortAsk(action.ask)) }),
    ...(action.confirm === null ? {} : { confirm: confirmOf(action, action.confirm) }),
  };
}

/** https://docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object */
function confirmOf(action: Action, confirm: NonNullable<Action['confirm']>): Json {
  return {
    title: plain(wordsOr(plainText(confirm.title, BUTTON.confirmTitle), 'Really?')),
    text: plain(wordsOr(plainText(confirm.text, BUTTON.confirmText), 'Really?')),
    confirm: plain(wordsOr(plainText(action.label, BUTTON.confirmButton), 'Go')),
    deny: plain('Not now'),
    style: action.style === 'danger' ? 'danger' : 'primary',
  };
}

function shortAsk(ask: Ask): Ask {
  return { title: plainText(ask.title, 200), label: plainText(ask.label, 200), required: ask.required };
}

export type PressedButton =
  | { readonly kind: 'press'; readonly token: string }
  | { readonly kind: 'ask'; readonly token: string; readonly ask: Ask };

export function readButton(actionId: string, value: string | undefined): PressedButton | null {
  const found = PRESS.exec(actionId);
  const token = found?.[2];
  if (token === undefined) return null;
  return found?.[1] === 'ask' ? { kind: 'ask', token, ask: readAsk(value) } : { kind: 'press', token };
}

function readAsk(value: string | undefined): Ask {
  const parsed = parseObject(value ?? '');
  return {
    title: stringOf(parsed, 'title') ?? 'Lockstep',
    label: stringOf(parsed, 'label') ?? 'Words',
    required: parsed['required'] === true,
  };
}

function parseObject(text: string): Json {
  try {
    const parsed: unknown = JSON.parse(text);
    return isRecord(parsed) ? parsed : {};
  } catch {
    return {};
  }
}

export function plain(text: string): Json {
  return { type: 'plain_text', text, emoji: false };
}

export function wordsOr(text: string, otherwise: string): string {
  return text.trim() === '' ? otherwise : text;
}
