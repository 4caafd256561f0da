/**
 * Deliveries over HTTP: signed requests as docs.slack.dev/authentication/verifying-requests-from-slack describes them (HMAC-SHA256
 * over `v0:timestamp:body`). The time in the signature is the real one, since the SDK compares it with the real one.
 */
import { createHmac } from 'node:crypto';
import { assertNever } from '../../../src/domain/assert-never.ts';
import { asJson, findJson } from '../chat-wire.ts';
import type { Json } from '../chat-wire.ts';
import { LIMITS } from './limits.ts';
import type { Ack, Delivery } from './types.ts';
import type { World } from './world.ts';

export interface Signing {
  readonly secret: string;
  /** Seconds added to the timestamp: more than 300 is refused by the receiver. */
  readonly skewSeconds: number;
}

export interface HttpDelivery {
  deliver(kind: Delivery['kind'], payload: Json, copies: number): Delivery;
  listOverdue(): readonly Delivery['id'][];
}

function encode(kind: Delivery['kind'], payload: Json): { readonly type: string; readonly body: string } {
  const form = 'application/x-www-form-urlencoded';
  switch (kind) {
    case 'events_api':
      return { type: 'application/json', body: JSON.stringify(payload) };
    case 'interactive':
      return { type: form, body: new URLSearchParams({ payload: JSON.stringify(payload) }).toString() };
    case 'slash_commands':
      return { type: form, body: new URLSearchParams(payload as Record<string, string>).toString() };
    default:
      return assertNever(kind);
  }
}

function signHeaders(body: string, signing: Signing): Record<string, string> {
  const timestamp = String(Math.floor(Date.now() / 1000) + signing.skewSeconds);
  const digest = createHmac('sha256', signing.secret).update(`v0:${timestamp}:${body}`).digest('hex');
  return { 'x-slack-request-timestamp': timestamp, 'x-slack-signature': `v0=${digest}` };
}

export function createHttpDelivery(world: World, url: string, signing: () => Signing): HttpDelivery {
  const waiting = new Map<string, Omit<Delivery, 'ack'>>();

  async function send(delivery: Omit<Delivery, 'ack'>, copy: number): Promise<Ack> {
    const { type, body } = encode(delivery.kind, delivery.payload);
    const retry = copy === 0 ? {} : { 'x-slack-retry-num': String(copy), 'x-slack-retry-reason': 'http_timeout' };
    const headers = { 'content-type': type, 'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)', ...retry };
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { ...headers, ...signHeaders(body, signing()) },
        body,
      });
      const text = await response.text();
      if (response.status !== 200) return { kind: 'failed', reason: `HTTP ${response.status}` };
      const parsed = findJson(text);
      // A plain text answer to a command is the message itself.
      const answer = parsed === undefined && text !== '' ? { text } : asJson(parsed);
      return { kind: 'acked', body: answer, afterMs: world.nowMs() - delivery.sentAtMs };
    } catch (error) {
      return { kind: 'failed', reason: String(error) };
    }
  }

  async function settle(delivery: Omit<Delivery, 'ack'>, copies: number): Promise<Ack> {
    const answers = Array.from({ length: copies }, (_, copy) => send(delivery, copy));
    const first = await (answers[0] ?? send(delivery, 0));
    waiting.delete(delivery.id);
    if (first.kind === 'acked' && first.afterMs > LIMITS.ackMs) {
      world.violate('ack', delivery.kind, `acknowledged after ${first.afterMs} ms`);
    }
    await Promise.all(answers);
    return first;
  }

  return {
    deliver(kind, payload, copies) {
      const delivery = { id: world.nextId('request-'), kind, payload, sentAtMs: world.nowMs() };
      waiting.set(delivery.id, delivery);
      return { ...delivery, ack: settle(delivery, copies) };
    },
    listOverdue() {
      const late = [...waiting.values()].filter((one) => world.nowMs() - one.sentAtMs > LIMITS.ackMs);
      return late.map((one) => `${one.kind} ${one.id}`);
    },
  };
}
