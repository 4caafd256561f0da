/**
 * Checks Block Kit elements and composition objects against `LIMITS`: text objects, buttons, confirm dialogs, menus, inputs.
 * Source: docs.slack.dev/reference/block-kit/block-elements and …/composition-objects.
 */
import { asJson, asList, isJson } from '../chat-wire.ts';
import type { Json } from '../chat-wire.ts';
import { LIMITS } from './limits.ts';

export type Report = (at: string, problem: string) => void;

interface TextRule {
  readonly value: unknown;
  readonly at: string;
  readonly max: number;
  readonly types: 'plain' | 'any';
}

export function checkText(rule: TextRule, report: Report): void {
  if (!isJson(rule.value)) return report(rule.at, 'no text object');
  const { type, text } = rule.value as { readonly type?: unknown; readonly text?: unknown };
  if (type !== 'plain_text' && (rule.types === 'plain' || type !== 'mrkdwn'))
    report(rule.at, `text type ${String(type)}`);
  if (typeof text !== 'string' || text.length === 0) report(rule.at, 'empty text');
  else if (text.length > rule.max) report(rule.at, `${text.length} characters, at most ${rule.max}`);
}

function checkLength(value: unknown, at: string, max: number, report: Report): void {
  if (value === undefined) return;
  if (typeof value !== 'string') report(at, 'not a string');
  else if (value.length > max) report(at, `${value.length} characters, at most ${max}`);
}

function checkConfirm(value: unknown, at: string, report: Report): void {
  const confirm = asJson(value);
  checkText({ value: confirm['title'], at: `${at}.title`, max: LIMITS.confirmTitle, types: 'plain' }, report);
  checkText({ value: confirm['text'], at: `${at}.text`, max: LIMITS.confirmText, types: 'any' }, report);
  checkText({ value: confirm['confirm'], at: `${at}.confirm`, max: LIMITS.confirmButton, types: 'plain' }, report);
  checkText({ value: confirm['deny'], at: `${at}.deny`, max: LIMITS.confirmButton, types: 'plain' }, report);
  checkStyle(confirm['style'], at, report);
}

function checkStyle(value: unknown, at: string, report: Report): void {
  if (value !== undefined && value !== 'primary' && value !== 'danger') report(at, `style ${JSON.stringify(value)}`);
}

function checkButton(element: Json, at: string, report: Report): void {
  checkText({ value: element['text'], at: `${at}.text`, max: LIMITS.buttonText, types: 'plain' }, report);
  checkLength(element['value'], `${at}.value`, LIMITS.buttonValue, report);
  checkLength(element['url'], `${at}.url`, LIMITS.buttonUrl, report);
  checkLength(element['accessibility_label'], `${at}.accessibility_label`, LIMITS.accessibilityLabel, report);
  checkStyle(element['style'], at, report);
}

function checkOptions(element: Json, at: string, max: number, report: Report): void {
  const groups = asList(element['option_groups']);
  const options =
    groups.length > 0 ? groups.flatMap((group) => asList(asJson(group)['options'])) : asList(element['options']);
  if (options.length === 0) report(at, 'no options');
  if (groups.length === 0 && options.length > max) report(at, `more than ${max} options`);
  for (const option of options.map(asJson)) {
    checkText({ value: option['text'], at: `${at}.option.text`, max: LIMITS.optionText, types: 'any' }, report);
    if (typeof option['value'] !== 'string' || option['value'] === '') report(at, 'option without value');
    checkLength(option['value'], `${at}.option.value`, LIMITS.optionValue, report);
    if (option['description'] !== undefined) {
      const rule = { value: option['description'], at: `${at}.option.description`, max: LIMITS.optionDescription };
      checkText({ ...rule, types: 'any' }, report);
    }
  }
  const initial = element['initial_option'];
  const known = options.some((option) => JSON.stringify(option) === JSON.stringify(initial));
  if (initial !== undefined && !known) report(at, 'initial_option is none of the options');
}

function checkPlainInput(element: Json, at: string, report: Report): void {
  checkLength(element['initial_value'], `${at}.initial_value`, LIMITS.inputValue, report);
  for (const key of ['min_length', 'max_length']) {
    const value = element[key];
    if (value !== undefined && (typeof value !== 'number' || value < 0 || value > LIMITS.inputValue)) report(at, key);
  }
}

function checkImage(element: Json, at: string, report: Report): void {
  if (typeof element['alt_text'] !== 'string' || element['alt_text'] === '') report(at, 'image without alt_text');
  checkLength(element['alt_text'], `${at}.alt_text`, LIMITS.imageAlt, report);
  checkLength(element['image_url'], `${at}.image_url`, LIMITS.imageUrl, report);
  if (element['image_url'] === undefined && element['slack_file'] === undefined) report(at, 'image without source');
}

function checkByType(element: Json, at: string, report: Report): void {
  switch (element['type']) {
    case 'button':
      return checkButton(element, at, report);
    case 'image':
      return checkImage(element, at, report);
    case 'static_select':
    case 'multi_static_select':
      return checkOptions(element, at, LIMITS.options, report);
    case 'checkboxes':
    case 'radio_buttons':
      return checkOptions(element, at, LIMITS.checkboxOptions, report);
    case 'overflow':
      return checkOptions(element, at, LIMITS.overflowOptions, report);
    case 'plain_text_input':
      return checkPlainInput(element, at, report);
    case undefined:
      return report(at, 'element without type');
    default:
  }
}

export function checkElement(element: Json, at: string, report: Report): void {
  checkByType(element, at, report);
  const id = element['action_id'];
  checkLength(id, `${at}.action_id`, LIMITS.actionId, report);
  if (id === '') report(at, 'empty action_id');
  if (element['confirm'] !== undefined) checkConfirm(element['confirm'], `${at}.confirm`, report);
  if (element['placeholder'] !== undefined) {
    const rule = { value: element['placeholder'], at: `${at}.placeholder`, max: LIMITS.placeholder };
    checkText({ ...rule, types: 'plain' }, report);
  }
}
