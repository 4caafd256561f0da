/**
 * Actions ⇄ buttons. A button's `custom_id` is the opaque token, after a word that says whether a confirmation or words are asked for
 * first, so that a button works after a restart of Lockstep. Pure.
 */
import { ButtonStyle, ComponentType, type APIActionRowComponent, type APIButtonComponent } from 'discord.js';
import type { Action } from '../../chat/message.ts';
import { visibleLine } from '../../chat/visible.ts';
import { assertNever } from '../../domain/assert-never.ts';
import { cut } from './escape.ts';
import { COMPONENT } from './limits.ts';

/** What a click or a form begins with; the token follows. */
export type Step =
  | { readonly kind: 'press'; readonly token: string }
  | { readonly kind: 'confirm'; readonly asks: Asks; readonly token: string }
  | { readonly kind: 'ask'; readonly required: boolean; readonly token: string };

/** What comes after a confirmation. */
type Asks = 'nothing' | 'optional' | 'required';

/** The second click: the same person's. */
export interface Confirmed {
  readonly user: string;
  readonly next: Step;
}

type Row = APIActionRowComponent<APIButtonComponent>;

const CONFIRMED = /^yes:(\d{1,20}):([\s\S]+)$/;
const PREFIX = /^(sure|sure\?|sure!|ask\?|ask!):([\s\S]+)$/;
type Style = ButtonStyle.Primary | ButtonStyle.Secondary | ButtonStyle.Danger;

const STYLE: Readonly<Record<Action['style'], Style>> = {
  primary: ButtonStyle.Primary,
  danger: ButtonStyle.Danger,
  plain: ButtonStyle.Secondary,
};
/** Room for `yes:` and a person's id in front of it. */
const LONGEST_ID = COMPONENT.customId - 'yes:12345678901234567890:'.length;
const MOST = COMPONENT.rows * COMPONENT.buttonsPerRow;

export function renderButtons(actions: readonly Action[]): {
  readonly rows: readonly Row[];
  readonly fell: readonly string[];
} {
  const used = new Set<string>();
  const kept: APIButtonComponent[] = [];
  const fell: string[] = [];
  for (const action of actions) {
    const id = stepId(stepOf(action));
    if (action.token === '' || id.length > LONGEST_ID || used.has(id) || kept.length >= MOST) {
      fell.push(`the button “${cut(visibleLine(action.label), 40)}”`);
      continue;
    }
    used.add(id);
    kept.push(button(id, action.label, STYLE[action.style]));
  }
  const rows: Row[] = [];
  for (let at = 0; at < kept.length; at += COMPONENT.buttonsPerRow) {
    rows.push({ type: ComponentType.ActionRow, components: kept.slice(at, at + COMPONENT.buttonsPerRow) });
  }
  return { rows, fell };
}

/** The only button of the question "are you sure?". */
export function confirmButton(user: string, step: Extract<Step, { kind: 'confirm' }>, label: string): Row {
  const id = `yes:${user}:${stepId(afterConfirm(step))}`;
  return { type: ComponentType.ActionRow, components: [button(id, label, ButtonStyle.Danger)] };
}

export function stepOf(action: Action): Step {
  const asks: Asks = action.ask === undefined ? 'nothing' : action.ask.required ? 'required' : 'optional';
  if (action.confirm !== null) return { kind: 'confirm', asks, token: action.token };
  return afterConfirm({ kind: 'confirm', asks, token: action.token });
}

function afterConfirm({ asks, token }: Extract<Step, { kind: 'confirm' }>): Step {
  return asks === 'nothing' ? { kind: 'press', token } : { kind: 'ask', required: asks === 'required', token };
}

export function stepId(step: Step): string {
  switch (step.kind) {
    case 'press':
      return step.token;
    case 'confirm':
      return `${{ nothing: 'sure', optional: 'sure?', required: 'sure!' }[step.asks]}:${step.token}`;
    case 'ask':
      return `${step.required ? 'ask!' : 'ask?'}:${step.token}`;
    default:
      return assertNever(step);
  }
}

export function readStep(id: string): Step {
  const [, word, token = ''] = PREFIX.exec(id) ?? [];
  if (word === 'sure') return { kind: 'confirm', asks: 'nothing', token };
  if (word === 'sure?') return { kind: 'confirm', asks: 'optional', token };
  if (word === 'sure!') return { kind: 'confirm', asks: 'required', token };
  if (word === 'ask?' || word === 'ask!') return { kind: 'ask', required: word === 'ask!', token };
  return { kind: 'press', token: id };
}

/** Null when it is no second click. */
export function readConfirmed(id: string): Confirmed | null {
  const [, user, rest] = CONFIRMED.exec(id) ?? [];
  return user === undefined || rest === undefined ? null : { user, next: readStep(rest) };
}

function button(customId: string, label: string, style: Style): APIButtonComponent {
  const words = cut(visibleLine(label).trim(), COMPONENT.buttonLabel);
  return { type: ComponentType.Button, custom_id: customId, style, label: words === '' ? '…' : words };
}
