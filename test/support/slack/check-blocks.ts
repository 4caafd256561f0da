/**
 * Checks Block Kit as Slack does, block by block, against `LIMITS`. Returns what is wrong in words; an empty list means that Slack
 * would take it. Source of every rule: docs.slack.dev/reference/block-kit/blocks and the types of `@slack/types`.
 */
import { asJson, asList, isJson } from '../chat-wire.ts';
import type { Json } from '../chat-wire.ts';
import { checkElement, checkText } from './check-elements.ts';
import type { Report } from './check-elements.ts';
import { LIMITS } from './limits.ts';

export type Surface = 'message' | 'modal' | 'home';

const ACTION_ELEMENTS = new Set([
  'button',
  'checkboxes',
  'datepicker',
  'datetimepicker',
  'overflow',
  'radio_buttons',
  'timepicker',
  'static_select',
  'external_select',
  'users_select',
  'conversations_select',
  'channels_select',
]);
const INPUT_ELEMENTS = new Set([
  ...[...ACTION_ELEMENTS].filter((type) => type !== 'button' && type !== 'overflow'),
  'plain_text_input',
  'multi_static_select',
  'multi_users_select',
  'number_input',
  'url_text_input',
  'email_text_input',
  'file_input',
]);

function checkSection(block: Json, at: string, report: Report): void {
  const fields = block['fields'];
  if (block['text'] === undefined && fields === undefined) report(at, 'section needs text or fields');
  if (block['text'] !== undefined) {
    checkText({ value: block['text'], at: `${at}.text`, max: LIMITS.sectionText, types: 'any' }, report);
  }
  if (fields !== undefined) {
    const list = asList(fields);
    if (list.length === 0) report(at, 'section fields are empty');
    if (list.length > LIMITS.sectionFields) report(at, `more than ${LIMITS.sectionFields} fields`);
    list.forEach((field, index) =>
      checkText({ value: field, at: `${at}.fields[${index}]`, max: LIMITS.sectionField, types: 'any' }, report),
    );
  }
  if (isJson(block['accessory'])) checkElement(block['accessory'], `${at}.accessory`, report);
}

function checkContext(block: Json, at: string, report: Report): void {
  const elements = asList(block['elements']);
  if (elements.length === 0) report(at, 'context without elements');
  if (elements.length > LIMITS.contextElements) report(at, `more than ${LIMITS.contextElements} context elements`);
  elements.forEach((element, index) => {
    const inner = `${at}.elements[${index}]`;
    if (asJson(element)['type'] === 'image') checkElement(asJson(element), inner, report);
    else checkText({ value: element, at: inner, max: LIMITS.sectionText, types: 'any' }, report);
  });
}

function checkActions(block: Json, at: string, report: Report): void {
  const elements = asList(block['elements']);
  if (elements.length === 0) report(at, 'actions without elements');
  if (elements.length > LIMITS.actionsElements) report(at, `more than ${LIMITS.actionsElements} actions`);
  elements.forEach((element, index) => {
    const one = asJson(element);
    if (!ACTION_ELEMENTS.has(String(one['type']))) report(at, `${String(one['type'])} is no element of actions`);
    checkElement(one, `${at}.elements[${index}]`, report);
  });
}

function checkInput(block: Json, at: string, report: Report): void {
  checkText({ value: block['label'], at: `${at}.label`, max: LIMITS.inputLabel, types: 'plain' }, report);
  if (block['hint'] !== undefined) {
    checkText({ value: block['hint'], at: `${at}.hint`, max: LIMITS.inputHint, types: 'plain' }, report);
  }
  const element = asJson(block['element']);
  if (!INPUT_ELEMENTS.has(String(element['type']))) report(at, `${String(element['type'])} is no element of input`);
  checkElement(element, `${at}.element`, report);
}

function checkImage(block: Json, at: string, report: Report): void {
  checkElement(block, at, report);
  if (block['title'] !== undefined) {
    checkText({ value: block['title'], at: `${at}.title`, max: LIMITS.imageTitle, types: 'plain' }, report);
  }
}

function checkTable(block: Json, at: string, report: Report): void {
  const rows = asList(block['rows']);
  if (rows.length === 0) report(at, 'table without rows');
  if (rows.length > LIMITS.tableRows) report(at, `more than ${LIMITS.tableRows} rows`);
  let characters = 0;
  for (const row of rows) {
    const cells = asList(row);
    if (cells.length > LIMITS.tableColumns) report(at, `more than ${LIMITS.tableColumns} columns`);
    for (const cell of cells) {
      const type = asJson(cell)['type'];
      if (type !== 'raw_text' && type !== 'rich_text' && type !== 'raw_number')
        report(at, `cell of type ${String(type)}`);
      const text = asJson(cell)['text'];
      if (type === 'raw_text' && (typeof text !== 'string' || text === '')) report(at, 'empty cell');
      characters += typeof text === 'string' ? text.length : JSON.stringify(cell).length;
    }
  }
  if (characters > LIMITS.tableCharacters) report(at, `table over ${LIMITS.tableCharacters} characters`);
}

const RICH_ELEMENTS = new Set(['rich_text_section', 'rich_text_list', 'rich_text_preformatted', 'rich_text_quote']);

function checkRichText(block: Json, at: string, report: Report): void {
  const elements = asList(block['elements']);
  if (elements.length === 0) report(at, 'rich_text without elements');
  for (const element of elements) {
    const type = String(asJson(element)['type']);
    if (!RICH_ELEMENTS.has(type)) report(at, `${type} is no element of rich_text`);
    for (const leaf of asList(asJson(element)['elements'])) {
      const one = asJson(leaf);
      if (one['type'] === 'text' && one['text'] === '') report(at, 'empty rich text');
    }
  }
}

function checkMarkdown(block: Json, at: string, report: Report): void {
  const text = block['text'];
  if (typeof text !== 'string' || text === '') report(at, 'markdown without text');
  else if (text.length > LIMITS.markdown) report(at, `markdown over ${LIMITS.markdown} characters`);
}

function checkHeader(block: Json, at: string, report: Report): void {
  checkText({ value: block['text'], at: `${at}.text`, max: LIMITS.header, types: 'plain' }, report);
}

type BlockCheck = (block: Json, at: string, report: Report) => void;

const CHECKS: Readonly<Record<string, BlockCheck>> = {
  section: checkSection,
  context: checkContext,
  actions: checkActions,
  input: checkInput,
  image: checkImage,
  header: checkHeader,
  table: checkTable,
  rich_text: checkRichText,
  markdown: checkMarkdown,
  divider: () => undefined,
};

function listActionIds(block: Json): readonly string[] {
  return [...asList(block['elements']), block['accessory'], block['element']]
    .map((element) => asJson(element)['action_id'])
    .filter((id) => typeof id === 'string');
}

/** Slack wants an `action_id` unique within its block; we want it within the message too, since we route by it. */
function checkUnique(blocks: readonly Json[], report: Report): void {
  const actionIds = new Set<string>();
  const blockIds = new Set<string>();
  blocks.forEach((block, index) => {
    const blockId = block['block_id'];
    if (typeof blockId === 'string') {
      if (blockIds.has(blockId)) report(`blocks[${index}]`, `block_id twice: ${blockId}`);
      blockIds.add(blockId);
      if (blockId.length > LIMITS.blockId) report(`blocks[${index}]`, `block_id over ${LIMITS.blockId}`);
    }
    for (const id of listActionIds(block)) {
      if (actionIds.has(id)) report(`blocks[${index}]`, `action_id twice: ${id}`);
      actionIds.add(id);
    }
  });
}

/** Whether the whole is too big is another question (`msg_blocks_too_long`), asked by the caller. */
export function findBlockProblems(value: unknown, surface: Surface): readonly string[] {
  const problems: string[] = [];
  const report: Report = (at, problem) => problems.push(`${at}: ${problem}`);
  if (!Array.isArray(value)) return ['blocks: not a list'];
  const max = surface === 'message' ? LIMITS.blocksPerMessage : LIMITS.blocksPerView;
  if (value.length > max) report('blocks', `more than ${max}`);
  const blocks = value.map(asJson);
  blocks.forEach((block, index) => {
    const check = CHECKS[String(block['type'])];
    const at = `blocks[${index}]`;
    if (check === undefined) report(at, `unsupported type: ${String(block['type'])}`);
    else check(block, at, report);
  });
  if (blocks.filter((block) => block['type'] === 'table').length > 1) report('blocks', 'only_one_table_allowed');
  checkUnique(blocks, report);
  return problems;
}
