/**
 * Discord's ceilings as data, each with the vendor's page. Renderer, forms, registration and the tests' validator read them; nothing
 * here acts. Lengths are in UTF-16 units: never fewer than the code points that Discord counts.
 */

/** https://discord.com/developers/docs/resources/message#create-message and #embed-object-embed-limits */
export const MESSAGE = {
  content: 2000,
  embeds: 10,
  embedTitle: 256,
  embedDescription: 4096,
  embedFields: 25,
  embedFieldName: 256,
  embedFieldValue: 1024,
  embedFooter: 2048,
  /** Title, description, fields, footer and author of all embeds together. */
  embedsTogether: 6000,
  files: 10,
  nonce: 25,
} as const;

/** https://discord.com/developers/docs/components/reference */
export const COMPONENT = {
  rows: 5,
  buttonsPerRow: 5,
  buttonLabel: 80,
  customId: 100,
  modalTitle: 45,
  modalParts: 5,
  label: 45,
  labelDescription: 100,
  textInput: 4000,
  placeholder: 100,
  selectOptions: 25,
  selectOptionLabel: 100,
  selectOptionValue: 100,
} as const;

/** https://discord.com/developers/docs/interactions/application-commands#application-command-object */
export const COMMAND = {
  name: 32,
  description: 100,
  /** Sub-commands of a command, and options of a sub-command. */
  options: 25,
  choices: 25,
  choiceName: 100,
  choiceValue: 100,
} as const;

/** https://discord.com/developers/docs/reference#uploading-files: 10 MiB per file without boosts. */
export const FILE_BYTES = 10 * 1024 * 1024;

/** https://discord.com/developers/docs/topics/threads and https://discord.com/developers/docs/resources/channel#start-thread-from-message */
export const THREAD = { name: 100, archiveMinutes: 1440 } as const;

/** https://discord.com/developers/docs/interactions/receiving-and-responding: first answer in 3 s, the token lives 15 min. */
export const INTERACTION = { firstAnswerMs: 3000, tokenMs: 15 * 60_000 } as const;

/** What a code block in an embed takes on a phone without breaking its lines; a wider table becomes a list. A choice of ours. */
export const TABLE_COLUMNS = 33;
