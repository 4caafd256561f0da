/**
 * Turns a message payload into stored state: reads files from the multipart body, checks everything, creates or changes the message.
 * Used by channel messages and by interaction responses alike. Source: docs.discord.com/developers/reference#uploading-files.
 */
import { asId, asJson, asList, asText } from '../chat-wire.ts';
import type { Json, Part, Reply } from '../chat-wire.ts';
import { checkMessage } from './check-message.ts';
import { EMPTY_MESSAGE, judge } from './route.ts';
import type { DiscordFile, DiscordMessage } from './types.ts';
import { BOT_ID, addMessage, changeMessage } from './world.ts';
import type { World } from './world.ts';

export interface Payload {
  readonly world: World;
  readonly route: string;
  readonly body: Json;
  readonly parts: readonly Part[];
}

function matches(patterns: readonly (string | RegExp)[], text: string): boolean {
  return patterns.some((pattern) => (typeof pattern === 'string' ? text === pattern : pattern.test(text)));
}

function readFiles(payload: Payload): readonly DiscordFile[] {
  const sent = payload.parts.filter((part) => part.field.startsWith('files['));
  return sent.map((part) => ({ id: payload.world.nextId(), name: part.name ?? part.field, bytes: part.bytes }));
}

/** `attachments` names what stays; without it everything stays. New files come on top. */
function keptFiles(message: DiscordMessage, body: Json): readonly DiscordFile[] {
  if (!Array.isArray(body['attachments'])) return message.files;
  const ids = new Set(body['attachments'].map((one: unknown) => asText(asJson(one)['id'])));
  return message.files.filter((file) => ids.has(file.id));
}

function findProblem(payload: Payload, files: readonly DiscordFile[]): Reply | undefined {
  const { world, route, body } = payload;
  const context = {
    files: files.map((file) => file.name),
    sizes: files.map((file) => file.bytes.length),
    allowsMention: (construct: string) => matches(world.allowedMentions, construct),
  };
  return judge(world, route, checkMessage(body, context));
}

function isEmpty(content: string, embeds: number, components: number, files: number): boolean {
  return content === '' && embeds + components + files === 0;
}

export interface Place {
  readonly channel: string;
  readonly ephemeralTo: string | null;
}

export type Made = { readonly message: DiscordMessage } | { readonly refused: Reply };

export function createFromPayload(payload: Payload, place: Place): Made {
  const { world, body } = payload;
  const files = readFiles(payload);
  const refused = findProblem(payload, files);
  if (refused !== undefined) return { refused };
  const content = asText(body['content']);
  const embeds = asList(body['embeds']).map(asJson);
  const components = asList(body['components']).map(asJson);
  if (isEmpty(content, embeds.length, components.length, files.length)) {
    world.violate('message', payload.route, 'empty message');
    return { refused: EMPTY_MESSAGE };
  }
  const { nonce } = body;
  const from = { ...place, author: BOT_ID, content, embeds, components, files, flags: Number(body['flags'] ?? 0) };
  return {
    message: addMessage(world, {
      ...from,
      nonce: nonce === undefined || nonce === null ? null : asId(nonce),
    }),
  };
}

export function changeFromPayload(payload: Payload, message: DiscordMessage): Reply | undefined {
  const { world, body } = payload;
  const files = [...keptFiles(message, body), ...readFiles(payload)];
  const refused = findProblem(payload, files);
  if (refused !== undefined) return refused;
  const listOf = (key: string): { readonly [key: string]: readonly Json[] } =>
    body[key] === undefined ? {} : { [key]: asList(body[key]).map(asJson) };
  const text = body['content'] === undefined ? {} : { content: asText(body['content']) };
  changeMessage(world, message, { ...text, ...listOf('embeds'), ...listOf('components'), files });
  if (isEmpty(message.content, message.embeds.length, message.components.length, files.length)) {
    world.violate('message', payload.route, 'the edit leaves nothing');
  }
  return undefined;
}
