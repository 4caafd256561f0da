/**
 * Slack's ceilings as data, each with the vendor's page. Renderer, forms and the tests' validator read them; nothing here acts.
 * Lengths are in UTF-16 units: never fewer than the characters that Slack counts.
 */

/** https://docs.slack.dev/reference/methods/chat.postMessage and https://docs.slack.dev/reference/block-kit/blocks */
export const MESSAGE = {
  text: 4000,
  blocks: 50,
  header: 150,
  sectionText: 3000,
  sectionFields: 10,
  sectionField: 2000,
  contextText: 2000,
  /** Blocks as JSON; `msg_blocks_too_long` was seen near 13,200 characters. */
  together: 12_800,
  files: 10,
} as const;

/** https://docs.slack.dev/reference/block-kit/block-elements/button-element, …/blocks/actions-block, …/confirmation-dialog-object */
export const BUTTON = {
  perBlock: 25,
  text: 75,
  actionId: 255,
  value: 2000,
  confirmTitle: 100,
  confirmText: 300,
  confirmButton: 30,
} as const;

/** https://docs.slack.dev/reference/views/modal-views, …/blocks/input-block, …/block-elements/select-menu-element */
export const MODAL = {
  title: 24,
  submit: 24,
  blocks: 100,
  privateMetadata: 3000,
  callbackId: 255,
  label: 2000,
  hint: 2000,
  input: 3000,
  options: 100,
  optionText: 75,
  optionValue: 150,
} as const;

/** https://docs.slack.dev/reference/views/home-tab-views */
export const HOME = { blocks: 100 } as const;

/** https://docs.slack.dev/interactivity/handling-user-interaction#message_responses */
export const RESPONSE_URL = { uses: 5, lifeMs: 30 * 60_000 } as const;

/** What a code block takes on a phone without breaking its lines; a wider table becomes a list. A choice of ours. */
export const TABLE_COLUMNS = 36;
