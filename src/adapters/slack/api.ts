/**
 * Slack's Web API as this adapter uses it: three verbs over the vendor's client, which rejects with its own errors. Owns the client's
 * settings: no retries of its own, since an answer that is awaited by a person, and the outbox, each have theirs.
 */
import { webApi } from '@slack/bolt';
import type { Logger } from '@slack/bolt';
import type { FilePart } from '../../ports/chat.ts';
import { isRecord, type Json } from './json.ts';

export interface SlackApi {
  call(method: string, args: Json): Promise<Json>;
  upload(
    place: { readonly channel: string; readonly thread: string | null },
    files: readonly FilePart[],
  ): Promise<void>;
  /** Posts to a `response_url`. */
  respond(url: string, body: Json): Promise<void>;
}

export interface ApiOptions {
  readonly botToken: string;
  readonly logger: Logger;
  /** Null for Slack itself. */
  readonly apiUrl: string | null;
}

const TIMEOUT_MS = 8_000;

export function clientOptions({ apiUrl, logger }: Pick<ApiOptions, 'apiUrl' | 'logger'>): webApi.WebClientOptions {
  return {
    logger,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: TIMEOUT_MS,
    ...(apiUrl === null ? {} : { slackApiUrl: apiUrl }),
  };
}

export function createApi(options: ApiOptions): SlackApi {
  const client = new webApi.WebClient(options.botToken, clientOptions(options));
  return {
    async call(method, args) {
      const answer: unknown = await client.apiCall(method, { ...args });
      return isRecord(answer) ? answer : {};
    },
    async upload({ channel, thread }, files) {
      const uploads = files.map(({ name, bytes }) => ({ filename: name, title: name, file: Buffer.from(bytes) }));
      const place = thread === null ? { channel_id: channel } : { channel_id: channel, thread_ts: thread };
      await client.filesUploadV2({ ...place, file_uploads: uploads });
    },
    async respond(url, body) {
      const answer = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json; charset=utf-8' },
        body: JSON.stringify(body),
        redirect: 'error',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      await answer.arrayBuffer();
      if (!answer.ok) throw new Error(`a response_url answered ${answer.status}`);
    },
  };
}
