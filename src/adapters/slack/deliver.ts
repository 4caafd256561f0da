/**
 * Posting and editing, with every other way to tell people before giving up: a card that Slack refuses is sent smaller, a lost thread
 * becomes the channel, a channel where the bot may not write is answered through the person's own command. Resolves, never rejects.
 * Slack knows no idempotent post: a repeated nonce is known for as long as this process lives, and stands in the message's metadata.
 */
import type { Address, Delivery, Rendered } from '../../ports/chat.ts';
import type { Log } from '../../ports/system.ts';
import type { SlackApi } from './api.ts';
import { CLOSED_CHANNEL, codeOf, failureOf, LOST_THREAD, REFUSED_BLOCKS } from './errors.ts';
import { sendFiles } from './files.ts';
import { stringOf, type Json } from './json.ts';
import { MESSAGE } from './limits.ts';
import { renderBare, renderMessage, type Payload } from './render.ts';
import type { Replies } from './replies.ts';

export interface DeliverOptions {
  readonly api: SlackApi;
  readonly replies: Replies;
  readonly log: Log;
}

export interface Deliver {
  readonly post: (address: Address, rendered: Rendered, nonce: string) => Promise<Delivery>;
  readonly edit: (address: Address, externalId: string, rendered: Rendered) => Promise<Delivery>;
}

/** Messages without a `ts` that could be edited: ephemeral ones, and answers through a `response_url`. */
const ONCE = 'once:';
const MOST_NONCES = 2_000;
const UNFURL = { unfurl_links: false, unfurl_media: false };
const INVITE =
  'The bot is not in this channel, so this answer can’t be kept up to date. Invite it: `/invite @lockstep`';

export function createDeliver({ api, replies, log }: DeliverOptions): Deliver {
  const posted = new Map<string, string>();

  async function post(address: Address, rendered: Rendered, nonce: string): Promise<Delivery> {
    const known = posted.get(nonce);
    if (known !== undefined) return edit(address, known, rendered);
    const delivery = await attempt(() =>
      address.user === null ? postOpenly(address, rendered, nonce) : whisper(address, rendered),
    );
    if (delivery.kind === 'delivered') {
      if (posted.size >= MOST_NONCES) posted.clear();
      posted.set(nonce, delivery.externalId);
    }
    return delivery;
  }

  function edit(address: Address, externalId: string, rendered: Rendered): Promise<Delivery> {
    return attempt(async () => {
      if (externalId.startsWith(ONCE)) {
        return address.user === null ? answerInstead(address, rendered) : whisper(address, rendered);
      }
      const { channel, ts } = splitId(externalId, address.channel);
      await sendFitting(rendered, ({ text, blocks }) => api.call('chat.update', { channel, ts, text, blocks }));
      return { kind: 'delivered', externalId };
    });
  }

  async function postOpenly(address: Address, rendered: Rendered, nonce: string): Promise<Delivery> {
    const thread = threadOf(address);
    try {
      return await postAt(address, thread, rendered, nonce);
    } catch (error) {
      const code = codeOf(error) ?? '';
      if (thread !== null && LOST_THREAD.has(code)) {
        log.warn('a thread is gone; its message goes to the channel', { channel: address.channel, code });
        return postAt(address, null, rendered, nonce);
      }
      if (!CLOSED_CHANNEL.has(code)) throw error;
      const instead = await answerInstead(address, rendered);
      return instead.kind === 'gone' ? { kind: 'gone', reason: failureOf(error).reason } : instead;
    }
  }

  async function postAt(address: Address, thread: string | null, rendered: Rendered, nonce: string): Promise<Delivery> {
    const place = { channel: address.channel, ...(thread === null ? {} : { thread_ts: thread }) };
    const metadata = { event_type: 'lockstep_card', event_payload: { nonce } };
    const answer = await sendFitting(rendered, ({ text, blocks }) =>
      api.call('chat.postMessage', { ...place, text, blocks, metadata, ...UNFURL }),
    );
    const ts = stringOf(answer, 'ts');
    if (ts === null) return { kind: 'gone', reason: 'Slack took the message and named no id for it.' };
    const channel = stringOf(answer, 'channel') ?? address.channel;
    await sendFiles({ api, log }, { channel, thread: thread ?? ts }, rendered.files ?? []);
    // A message to a person stands in a conversation whose id only the answer names.
    return { kind: 'delivered', externalId: channel === address.channel ? ts : `${channel}/${ts}` };
  }

  /** Ephemeral; else through the command that asked; else as a direct message. */
  async function whisper(address: Address, rendered: Rendered): Promise<Delivery> {
    const { channel, user } = address;
    const thread = threadOf(address);
    const place = { channel, user, ...(thread === null ? {} : { thread_ts: thread }) };
    try {
      const answer = await sendFitting(rendered, (payload) =>
        api.call('chat.postEphemeral', { ...place, ...bodyOf(payload) }),
      );
      return { kind: 'delivered', externalId: `${ONCE}${stringOf(answer, 'message_ts') ?? ''}` };
    } catch (error) {
      if (failureOf(error).kind === 'retry') throw error;
      const instead = await answerInstead(address, rendered);
      if (instead.kind !== 'gone') return instead;
      await sendFitting(rendered, (payload) =>
        api.call('chat.postMessage', { channel: user, ...bodyOf(payload), ...UNFURL }),
      );
      return { kind: 'delivered', externalId: `${ONCE}direct` };
    }
  }

  /** Through the `response_url` of a recent command or click there: that works where the bot is not a member. */
  async function answerInstead({ channel, user }: Address, rendered: Rendered): Promise<Delivery> {
    const url = replies.take(channel, user);
    if (url === null) return { kind: 'gone', reason: 'There is no recent command to answer to.' };
    const { text, blocks } = renderMessage(rendered.message, rendered.data, MESSAGE.together - 400);
    const invite = { type: 'context', elements: [{ type: 'mrkdwn', text: INVITE, verbatim: true }] };
    const shown = user === null ? [...blocks.slice(0, MESSAGE.blocks - 1), invite] : blocks;
    const visibility = user === null ? 'in_channel' : 'ephemeral';
    await api.respond(url, { response_type: visibility, replace_original: false, text, blocks: shown });
    log.warn('answered through the command itself: the bot may not write there', { channel });
    return { kind: 'delivered', externalId: `${ONCE}${channel}` };
  }

  /** As it is, then smaller, then as one line with its buttons, as long as Slack refuses the form. */
  async function sendFitting(rendered: Rendered, send: (payload: Payload) => Promise<Json>): Promise<Json> {
    const { message, data } = rendered;
    for (const budget of [MESSAGE.together, MESSAGE.together / 2]) {
      try {
        return await send(renderMessage(message, data, budget));
      } catch (error) {
        const code = codeOf(error) ?? '';
        if (!REFUSED_BLOCKS.has(code)) throw error;
        log.warn('Slack refused the form of a card; it is sent smaller', { code });
      }
    }
    return send(renderBare(message, data));
  }

  async function attempt(deliver: () => Promise<Delivery>): Promise<Delivery> {
    try {
      return await deliver();
    } catch (error) {
      const failure = failureOf(error);
      if (failure.kind === 'gone') return { kind: 'gone', reason: failure.reason };
      return { kind: 'retry', afterMs: failure.afterMs, reason: failure.reason };
    }
  }

  return { post, edit };
}

function bodyOf({ text, blocks }: Payload): Json {
  return { text, blocks };
}

/** Whoever was answered once has no thread there. */
function threadOf({ thread, channel }: Address): string | null {
  return thread === null || thread.startsWith(ONCE) ? null : splitId(thread, channel).ts;
}

function splitId(externalId: string, channel: string): { readonly channel: string; readonly ts: string } {
  const at = externalId.indexOf('/');
  return at === -1 ? { channel, ts: externalId } : { channel: externalId.slice(0, at), ts: externalId.slice(at + 1) };
}
