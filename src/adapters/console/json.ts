/**
 * One outgoing message as one JSON line: the console's contract with other programs. Characters that a terminal would act on are
 * written as escapes; the value is the same. Tokens of buttons are not part of it: a number presses one.
 */
import type { Message } from '../../chat/message.ts';
import type { Rendered } from '../../ports/chat.ts';

export interface JsonLine {
  readonly at: number;
  readonly kind: 'post' | 'edit';
  readonly id: string;
  readonly thread: string | null;
  readonly to: { readonly channel: string; readonly user: string | null };
  readonly rendered: Rendered;
}

// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const NOT_PLAIN =
  // oxlint-disable-next-line no-misleading-character-class -- single code points, one of them a joiner
  /[\u007f-\u009f\u00ad\u034f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

export function jsonLine({ at, kind, id, thread, to, rendered }: JsonLine): string {
  const { message, data } = rendered;
  const value = {
    at: new Date(at).toISOString(),
    kind,
    id,
    thread,
    to: { channel: to.channel, user: to.user },
    message: neutralMessage(message),
    data,
  };
  return JSON.stringify(value).replace(NOT_PLAIN, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function neutralMessage(message: Message): unknown {
  return {
    ...message,
    actions: message.actions.map(({ label, style, confirm, ask }, index) => ({
      label,
      n: index + 1,
      style,
      confirm,
      ask: ask ?? null,
    })),
  };
}
