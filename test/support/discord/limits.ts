/**
 * Discord's ceilings as data. Sources: docs.discord.com/developers/resources/message (content, embeds, nonce, allowed mentions),
 * …/components/reference, …/interactions/application-commands, …/interactions/receiving-and-responding, …/resources/channel.
 */
export const LIMITS = {
  content: 2000,
  embeds: 10,
  embedsTogether: 6000,
  embedTitle: 256,
  embedDescription: 4096,
  embedFields: 25,
  embedFieldName: 256,
  embedFieldValue: 1024,
  embedFooter: 2048,
  embedAuthor: 256,
  rows: 5,
  buttonsPerRow: 5,
  buttonLabel: 80,
  buttonUrl: 512,
  customId: 100,
  selectOptions: 25,
  selectOptionText: 100,
  selectPlaceholder: 150,
  nonce: 25,
  attachments: 10,
  attachmentBytes: 10 * 1024 * 1024,
  modalTitle: 45,
  modalComponents: 5,
  inputLabel: 45,
  inputDescription: 100,
  inputPlaceholder: 100,
  inputValue: 4000,
  commandName: 32,
  commandDescription: 100,
  commandOptions: 25,
  choices: 25,
  choiceText: 100,
  chatCommands: 100,
  contextCommands: 15,
  commandTotal: 8000,
  threadName: 100,
  archiveMinutes: [60, 1440, 4320, 10_080],
  /** First response to an interaction, and the life of its token. */
  responseMs: 3000,
  tokenMs: 15 * 60_000,
  /** docs.discord.com/developers/topics/rate-limits: 50 requests a second, interaction endpoints apart. */
  requestsPerSecond: 50,
} as const;

/** Bits of docs.discord.com/developers/topics/permissions. */
export const PERMISSIONS = {
  viewChannel: 1n << 10n,
  sendMessages: 1n << 11n,
  embedLinks: 1n << 14n,
  attachFiles: 1n << 15n,
  readMessageHistory: 1n << 16n,
  createPublicThreads: 1n << 35n,
  sendMessagesInThreads: 1n << 38n,
} as const;

export type Permission = keyof typeof PERMISSIONS;

/** Message flags: …/resources/message#message-object-message-flags. */
export const FLAGS = { hasThread: 1 << 5, ephemeral: 1 << 6, loading: 1 << 7 } as const;
