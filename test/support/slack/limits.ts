/**
 * Slack's ceilings as data. Sources: docs.slack.dev/reference/block-kit/blocks/*, …/block-elements/*, …/composition-objects/*,
 * docs.slack.dev/reference/views, docs.slack.dev/apis/web-api/rate-limits, and the comments of `@slack/types` 2.x which repeat them.
 */
export const LIMITS = {
  /** chat.postMessage: "text should be kept under 4,000 characters". */
  text: 4000,
  /** Not documented; seen near 13,200 characters (slackapi/bolt-js#2509). Measured here over the JSON of the blocks. */
  blocksTotal: 13_200,
  blocksPerMessage: 50,
  /** docs.slack.dev/reference/views */
  blocksPerView: 100,
  blockId: 255,
  sectionText: 3000,
  sectionFields: 10,
  sectionField: 2000,
  header: 150,
  contextElements: 10,
  actionsElements: 25,
  buttonText: 75,
  buttonValue: 2000,
  buttonUrl: 3000,
  accessibilityLabel: 75,
  actionId: 255,
  confirmTitle: 100,
  confirmText: 300,
  confirmButton: 30,
  options: 100,
  optionText: 75,
  optionValue: 150,
  optionDescription: 75,
  checkboxOptions: 10,
  overflowOptions: 5,
  placeholder: 150,
  inputLabel: 2000,
  inputHint: 2000,
  inputValue: 3000,
  imageAlt: 2000,
  imageTitle: 2000,
  imageUrl: 3000,
  markdown: 12_000,
  tableRows: 100,
  tableColumns: 20,
  tableCharacters: 10_000,
  viewTitle: 24,
  viewButton: 24,
  privateMetadata: 3000,
  callbackId: 255,
  externalId: 255,
  /** docs.slack.dev/interactivity/handling-user-interaction: 3 s for the acknowledgement and for a trigger_id. */
  ackMs: 3000,
  triggerMs: 3000,
  responseUrlUses: 5,
  responseUrlMs: 30 * 60_000,
  /** docs.slack.dev/apis/events-api/using-socket-mode: up to 10 open connections. */
  sockets: 10,
  /** chat.postMessage: about one a second and channel, short bursts allowed; the bucket holds this many. */
  postBurst: 20,
  /** chat.update is Tier 3: 50 a minute. */
  updatesPerMinute: 50,
} as const;
