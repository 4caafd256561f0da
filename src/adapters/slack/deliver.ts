/**
 * Posting and editing, with every other way to tell people before giving up: a card that Slack refuses is sent smaller, a lost thread
 * becomes the channel, a channel where the bot may not write is answered through the person's own command. Resolves, never rejects.
 * Slack knows no idempotent post: a repeated nonce is known for as long as this process lives, and stands in the message's metadata.
 */
import type { Address, Delivery, Rendered } from '../../ports/chat.ts';
import type { Log } from '../../ports/system.ts';
import type { SlackApi } from './api.ts';
import { directNote, sendDirectly, withoutPictures, type NoThread } from './direct-files.ts';
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

interface Fitting extends Pick<Rendered, 'message' | 'data'> {
  /** Blocks that stand below it, whatever of it is cut. */
  readonly tail?: readonly Json[];
}

/** Messages without a `ts` that could be edited: ephemeral ones, and answers through a `response_url`. */
const ONCE = 'once:';
const MOST_NONCES = 2_000;
/** What a note below a message may cost. */
const TAIL_COST = 800;
const UNFURL = { unfurl_links: false, unfurl_media: false };
const INVITE =
  'The bot is not in this channel, so this answer can’t be kept up to date. Invite it: `/invite @lockstep`';

export function createDeliver({ api, replies, log }: DeliverOptions): Deliver {
  const posted = new Map<string, string>();

  async function post(address: Address, rendered: Rendered, nonce: string): Promise<Delivery> {
    const known = posted.get(nonce);
    if (known !== undefined) return edit(address, known, rendered);
    const delivery = await attempt(() =>
      address.user === null ? postOpenly(address, rendered, nonce) : whisper(address, address.user, rendered),
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
        return address.user === null ? answerInstead(address, rendered) : whisper(address, address.user, rendered);
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
    const place = { channel: address.channel, ...inThread(thread) };
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
  async function whisper(address: Address, user: string, rendered: Rendered): Promise<Delivery> {
    const place = { channel: address.channel, user, ...inThread(threadOf(address)) };
    let id: string;
    try {
      const answer = await sendFitting(fileless(rendered, user, 'private'), ({ text, blocks }) =>
        api.call('chat.postEphemeral', { ...place, text, blocks }),
      );
      id = stringOf(answer, 'message_ts') ?? '';
    } catch (error) {
      if (failureOf(error).kind === 'retry') throw error;
      const instead = await answerInstead(address, rendered);
      return instead.kind === 'gone' ? sayDirectly(user, rendered) : instead;
    }
    await giveFiles(address, user, rendered, 'private');
    return { kind: 'delivered', externalId: `${ONCE}${id}` };
  }

  async function sayDirectly(user: string, rendered: Rendered): Promise<Delivery> {
    const answer = await sendFitting(rendered, ({ text, blocks }) =>
      api.call('chat.postMessage', { channel: user, text, blocks, ...UNFURL }),
    );
    const place = { channel: stringOf(answer, 'channel') ?? user, thread: stringOf(answer, 'ts') ?? '' };
    await sendFiles({ api, log }, place, rendered.files ?? []);
    return { kind: 'delivered', externalId: `${ONCE}direct` };
  }

  /** Through the `response_url` of a recent command or click there: that works where the bot is not a member. */
  async function answerInstead(address: Address, rendered: Rendered): Promise<Delivery> {
    const { channel, user } = address;
    const reply = replies.take(channel, user);
    if (reply === null) return { kind: 'gone', reason: 'There is no recent command to answer to.' };
    const { message, data, tail } = fileless(rendered, reply.user, 'not-a-member');
    const { text, blocks } = renderMessage(message, data, MESSAGE.together - TAIL_COST);
    const invite = user === null ? [contextOf(INVITE)] : [];
    const shown = [...blocks.slice(0, MESSAGE.blocks - tail.length - invite.length), ...tail, ...invite];
    const visibility = user === null ? 'in_channel' : 'ephemeral';
    await api.respond(reply.url, { response_type: visibility, replace_original: false, text, blocks: shown });
    log.warn('answered through the command itself: the bot may not write there', { channel });
    await giveFiles(address, reply.user, rendered, 'not-a-member');
    return { kind: 'delivered', externalId: `${ONCE}${channel}` };
  }

  /** After the answer that announced them. When it fails, the person is told where the answer stands. */
  async function giveFiles(address: Address, user: string, { files = [] }: Rendered, why: NoThread): Promise<void> {
    const problem = await sendDirectly({ api, log }, user, { files, why });
    if (problem === null) return;
    const said = await attempt(() => whisper({ ...address, user }, user, problem));
    if (said.kind !== 'delivered') log.warn('that files could not be given could not be said', { reason: said.reason });
  }

  /** As it is, then smaller, then as one line with its buttons, as long as Slack refuses the form. */
  async function sendFitting(what: Fitting, send: (payload: Payload) => Promise<Json>): Promise<Json> {
    const { message, data, tail = [] } = what;
    const together = MESSAGE.together - (tail.length === 0 ? 0 : TAIL_COST);
    const whole = ({ text, blocks }: Payload): Payload => ({
      text,
      blocks: [...blocks.slice(0, MESSAGE.blocks - tail.length), ...tail],
    });
    for (const budget of [together, together / 2]) {
      try {
        return await send(whole(renderMessage(message, data, budget)));
      } catch (error) {
        const code = codeOf(error) ?? '';
        if (!REFUSED_BLOCKS.has(code)) throw error;
        log.warn('Slack refused the form of a card; it is sent smaller', { code });
      }
    }
    return send(whole(renderBare(message, data)));
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

/** The answer where files can't stand below it: it says where they are. */
function fileless({ message, data, files = [] }: Rendered, user: string, why: NoThread): Required<Fitting> {
  const tail = directNote(files, user, why).map(contextOf);
  return { message: files.length === 0 ? message : withoutPictures(message), data, tail };
}

function contextOf(text: string): Json {
  return { type: 'context', elements: [{ type: 'mrkdwn', text, verbatim: true }] };
}

function inThread(thread: string | null): Json {
  return thread === null ? {} : { thread_ts: thread };
}

/** Whoever was answered once has no thread there. */
function threadOf({ thread, channel }: Address): string | null {
  return thread === null || thread.startsWith(ONCE) ? null : splitId(thread, channel).ts;
}

function splitId(externalId: string, channel: string): { readonly channel: string; readonly ts: string } {
  const at = externalId.indexOf('/');
  return at === -1 ? { channel, ts: externalId } : { channel: externalId.slice(0, at), ts: externalId.slice(at + 1) };
}
