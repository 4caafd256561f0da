/** Exports and pictures go below their card, in its thread. A file that can't be sent is said there; it never fails the card. */
import type { FilePart } from '../../ports/chat.ts';
import type { Log } from '../../ports/system.ts';
import type { SlackApi } from './api.ts';
import { failureOf } from './errors.ts';
import { escapeText, monoText } from './escape.ts';
import { MESSAGE } from './limits.ts';

interface Place {
  readonly channel: string;
  readonly thread: string;
}

export async function sendFiles(
  { api, log }: { readonly api: SlackApi; readonly log: Log },
  place: Place,
  files: readonly FilePart[],
): Promise<void> {
  if (files.length === 0) return;
  const sent = files.slice(0, MESSAGE.files);
  const left = files.slice(MESSAGE.files).map(({ name }) => name);
  try {
    await api.upload(place, sent);
    if (left.length === 0) return;
    await say(
      api,
      place,
      `Not sent, since a message has ${MESSAGE.files} files at most: ${left.map(monoText).join(', ')}`,
    );
  } catch (error) {
    const { reason } = failureOf(error);
    log.warn('files could not be sent', { channel: place.channel, files: files.length, reason });
    const names = files.slice(0, MESSAGE.files).map(({ name }) => monoText(name));
    await say(api, place, `Could not send ${names.join(', ')}: ${escapeText(reason)}`).catch((second: unknown) => {
      log.warn('that files could not be sent could not be said', { reason: failureOf(second).reason });
    });
  }
}

async function say(api: SlackApi, { channel, thread }: Place, text: string): Promise<void> {
  await api.call('chat.postMessage', { channel, thread_ts: thread, text, unfurl_links: false, unfurl_media: false });
}
