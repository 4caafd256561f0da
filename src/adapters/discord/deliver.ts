/**
 * Posting and editing: where a message goes (channel, thread, one person), and what Discord's answer means. Owns making and waking of
 * threads, and the other way to tell people when a thread can't be used. Resolves, never rejects.
 */
import { createHash } from 'node:crypto';
import type { RESTPostAPIChannelMessageJSONBody } from 'discord.js';
import type { Action } from '../../chat/message.ts';
import type { Address, Delivery, Rendered } from '../../ports/chat.ts';
import type { Log } from '../../ports/system.ts';
import type { Api } from './api.ts';
import { createBounded, type Bounded } from './bounded.ts';
import { CODES, codeOf, failureOf } from './errors.ts';
import { MESSAGE } from './limits.ts';
import { renderPayload, type Payload } from './render.ts';
import type { Replies, Reply } from './replies.ts';
import { createThreads, type Spot, type Threads } from './threads.ts';

export interface Delivering {
  post(address: Address, rendered: Rendered, nonce: string): Promise<Delivery>;
  edit(address: Address, externalId: string, rendered: Rendered): Promise<Delivery>;
}

export interface DeliverDeps {
  readonly api: Api;
  readonly replies: Replies;
  readonly log: Log;
  /** The buttons shown lately, by token: their questions are asked at the click. */
  readonly actions: Bounded<Action>;
}

const MOST_KNOWN = 2000;

export function createDelivering(deps: DeliverDeps): Delivering {
  const spots = createBounded<Spot>(MOST_KNOWN);
  const privates = createBounded<Reply>(MOST_KNOWN);
  const threads = createThreads({ api: deps.api, log: deps.log, spots });
  const state: State = { ...deps, spots, privates, threads };
  return {
    post: (address, rendered, nonce) => post(state, address, rendered, nonce),
    edit: (address, id, rendered) => edit(state, address, id, rendered),
  };
}

interface State extends DeliverDeps {
  readonly spots: Bounded<Spot>;
  readonly privates: Bounded<Reply>;
  readonly threads: Threads;
}

async function post(state: State, address: Address, rendered: Rendered, nonce: string): Promise<Delivery> {
  remember(state, rendered);
  if (address.user === null) return postOpen(state, address, rendered, nonce, null);
  const reply = state.replies.find(address);
  const said = reply === null ? null : await sayPrivately(state, reply, rendered);
  return said ?? postOpen(state, address, rendered, nonce, address.user);
}

/** Null when it has to be said in the open, to that person by name. */
async function sayPrivately(state: State, reply: Reply, rendered: Rendered): Promise<Delivery | null> {
  try {
    const id = await reply.say(renderPayload(rendered));
    state.privates.set(id, reply);
    return { kind: 'delivered', externalId: id };
  } catch (error) {
    state.log.warn('a private answer was refused and is given in the channel', { code: codeOf(error) });
    return null;
  }
}

async function postOpen(
  state: State,
  address: Address,
  rendered: Rendered,
  nonce: string,
  names: string | null,
): Promise<Delivery> {
  const send = async (channel: string, under: string | null, message: Rendered): Promise<string> => {
    const payload = renderPayload(message);
    const body = { ...bodyOf(payload, names), ...uniqueOf(nonce), ...referenceOf(under) };
    const sent = await state.api.createMessage(channel, body, payload.files);
    state.spots.set(sent.id, { channel, summary: message.message.summary });
    return sent.id;
  };
  const attempt = { what: 'post', channel: address.channel, thread: address.thread } as const;
  const through = (message: Rendered): Promise<string> =>
    state.threads.into(address, message.message.summary, (channel, under) => send(channel, under, message));
  try {
    const id = await insistWithoutFiles(rendered, through);
    state.replies.current()?.published();
    return { kind: 'delivered', externalId: id };
  } catch (error) {
    return failed(state, error, attempt);
  }
}

/** Files that the server does not take are left out, and the message says so. */
async function insistWithoutFiles<T>(rendered: Rendered, send: (rendered: Rendered) => Promise<T>): Promise<T> {
  try {
    return await send(rendered);
  } catch (error) {
    if (codeOf(error) !== CODES.tooLarge || rendered.files === undefined || rendered.files.length === 0) throw error;
    const names = rendered.files.map(({ name }) => name).join(', ');
    const told = { kind: 'plain', text: `Larger than this server takes, and left out: ${names}.` } as const;
    const { message } = rendered;
    const blocks = [...message.blocks, { kind: 'note', parts: [told] } as const];
    return send({ data: rendered.data, message: { ...message, blocks } });
  }
}

async function edit(state: State, address: Address, id: string, rendered: Rendered): Promise<Delivery> {
  remember(state, rendered);
  const secret = state.privates.get(id);
  if (secret !== undefined) return editPrivate(state, secret, { address, id, rendered });
  const known = state.spots.get(id)?.channel;
  const places = known === undefined ? [...new Set([address.thread ?? address.channel, address.channel])] : [known];
  let last: unknown = null;
  for (const channel of places) {
    try {
      await insistWithoutFiles(rendered, (message) => editAt(state, channel, id, message));
      state.spots.set(id, { channel, summary: rendered.message.summary });
      return { kind: 'delivered', externalId: id };
    } catch (error) {
      last = error;
      const code = codeOf(error);
      // It may stand in the channel: a thread that could not be used is answered there.
      if (code !== CODES.unknownMessage && code !== CODES.unknownChannel) break;
    }
  }
  return failed(state, last, { what: 'edit', channel: address.channel, thread: address.thread });
}

function editAt(state: State, channel: string, id: string, rendered: Rendered): Promise<unknown> {
  const payload = renderPayload(rendered);
  return state.threads.awake(channel, () => state.api.editMessage(channel, id, bodyOf(payload, null), payload.files));
}

/** When the token has died, a new message in the channel takes the place of the private one. */
async function editPrivate(
  state: State,
  reply: Reply,
  { address, id, rendered }: { readonly address: Address; readonly id: string; readonly rendered: Rendered },
): Promise<Delivery> {
  try {
    if (reply.isLive()) {
      await reply.edit(id, renderPayload(rendered));
      return { kind: 'delivered', externalId: id };
    }
  } catch (error) {
    state.log.warn('a private answer can not be changed any more', { code: codeOf(error) });
  }
  return postOpen(state, address, rendered, `${id}:again`, reply.user);
}

function failed(state: State, error: unknown, attempt: Parameters<typeof failureOf>[1]): Delivery {
  const failure = failureOf(error, attempt);
  const code = codeOf(error);
  if (code === CODES.badForm)
    state.log.error('Discord refused the form of a message', { channel: attempt.channel }, error);
  return failure;
}

function remember(state: State, { message }: Rendered): void {
  for (const action of message.actions) {
    if (action.confirm !== null || action.ask !== undefined) state.actions.set(action.token, action);
  }
}

/** The same card posted twice is one message: https://discord.com/developers/docs/resources/message#create-message */
export function uniqueOf(nonce: string): { readonly nonce: string; readonly enforce_nonce: true } {
  const hash = createHash('sha256').update(nonce).digest('base64url');
  return { nonce: hash.slice(0, MESSAGE.nonce - 1), enforce_nonce: true };
}

function referenceOf(under: string | null): Pick<RESTPostAPIChannelMessageJSONBody, 'message_reference'> {
  return under === null ? {} : { message_reference: { message_id: under, fail_if_not_exists: false } };
}

function bodyOf(
  payload: Payload,
  names: string | null,
): Required<
  Pick<RESTPostAPIChannelMessageJSONBody, 'content' | 'embeds' | 'components' | 'allowed_mentions' | 'attachments'>
> {
  return {
    content: names === null ? payload.content : `<@${names}> ${payload.content}`,
    embeds: [...payload.embeds],
    components: [...payload.components],
    allowed_mentions: names === null ? { parse: [] } : { parse: [], users: [names] },
    attachments: payload.files.map(({ name }, id) => ({ id, filename: name })),
  };
}
