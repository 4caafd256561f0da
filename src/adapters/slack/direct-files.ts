/**
 * Files of an answer that has no thread of its own: one that a single person sees, or that goes through the command because the bot is
 * not in the channel. They go to the person as a direct message, and the answer says so; none is dropped in silence. Owns the words.
 * A person's id as `channel` opens the conversation with the app, without a further scope; the answer names the conversation
 * (https://docs.slack.dev/reference/methods/chat.postMessage, "Post to a DM").
 */
import { message, mono, nextWords, text } from '../../chat/build.ts';
import type { Message } from '../../chat/message.ts';
import type { FilePart, Rendered } from '../../ports/chat.ts';
import type { Log } from '../../ports/system.ts';
import type { SlackApi } from './api.ts';
import { failureOf } from './errors.ts';
import { cutEscaped, monoText } from './escape.ts';
import { sendFiles } from './files.ts';
import { stringOf } from './json.ts';

/** Why there is no thread for them. */
export type NoThread = 'private' | 'not-a-member';

const WHY: Readonly<Record<NoThread, string>> = {
  private: 'since only you see this answer',
  'not-a-member': 'since the bot is not in this channel',
};
const USER = /^[UW][A-Z0-9]{1,20}$/;
/** Room that is kept for it in a message. */
const MOST_NOTE = 600;

/** The small print of the answer, as `mrkdwn`; nothing without files. */
export function directNote(files: readonly FilePart[], user: string, why: NoThread): readonly string[] {
  if (files.length === 0) return [];
  const person = why === 'private' || !USER.test(user) ? '' : ` to <@${user}>`;
  const verb = files.length === 1 ? 'comes' : 'come';
  return [cutEscaped(`${namesOf(files)} ${verb} as a direct message${person}, ${WHY[why]}.`, MOST_NOTE)];
}

/** A picture that is not in the thread is not said to be. */
export function withoutPictures(given: Message): Message {
  return { ...given, blocks: given.blocks.filter(({ kind }) => kind !== 'image') };
}

/** Null when they are there, or when the direct message says which could not be sent; else what the person should be told. */
export async function sendDirectly(
  { api, log }: { readonly api: SlackApi; readonly log: Log },
  user: string,
  given: { readonly files: readonly FilePart[]; readonly why: NoThread },
): Promise<Rendered | null> {
  const { files } = given;
  if (files.length === 0) return null;
  const words = cutEscaped(`What you asked for: ${namesOf(files)}`, MOST_NOTE);
  try {
    const answer = await api.call('chat.postMessage', {
      channel: user,
      text: words,
      unfurl_links: false,
      unfurl_media: false,
    });
    const place = { channel: stringOf(answer, 'channel') ?? user, thread: stringOf(answer, 'ts') ?? '' };
    await sendFiles({ api, log }, place, files);
    return null;
  } catch (error) {
    const { reason } = failureOf(error);
    log.warn('files could not be given in a direct message', { files: files.length, reason });
    return notGiven(given, reason);
  }
}

function notGiven(
  { files, why }: { readonly files: readonly FilePart[]; readonly why: NoThread },
  reason: string,
): Rendered {
  const names = files.map(({ name }) => name).join(', ');
  const asked = why === 'not-a-member' ? 'invite the bot with /invite @lockstep and ask again, or ' : '';
  const next = `${asked}ask at the console on Lockstep’s own host, which writes files to its disk.`;
  const blocks = [text('Could not send ', mono(names), ` directly: ${reason}`), nextWords(next)];
  return { message: message(`Could not send ${names} directly.`, 'warning', blocks), data: null };
}

function namesOf(files: readonly FilePart[]): string {
  return files.map(({ name }) => monoText(name)).join(', ');
}
