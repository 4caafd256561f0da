/**
 * The console as a chat: posts and edits are printed, as text or as JSON lines. Owns what the last card's buttons are, and that an
 * edit prints what changed instead of the whole card again.
 */
import type { Action } from '../../chat/message.ts';
import type { Data, RunData } from '../../domain/data.ts';
import { isEnded } from '../../domain/run.ts';
import { RUN_WORDS, STEP_SIGN } from '../../chat/words.ts';
import type { Address, ChatPort, Delivery, Rendered } from '../../ports/chat.ts';
import type { Clock } from '../../ports/system.ts';
import { visibleLine } from '../../chat/visible.ts';
import { padTo } from '../../chat/columns.ts';
import { withFiles } from './files.ts';
import { jsonLine } from './json.ts';
import { renderMessage, type Layout } from './render.ts';

export interface Output {
  /** Whole lines, without the last line break. */
  print(text: string): void;
  /** A line that the next output replaces; printed like any other where that can't be done. */
  progress(text: string): void;
}

export interface ConsoleChat extends ChatPort {
  /** The n-th button of the last card that has any, counted from 1. */
  button(n: number): Action | null;
}

export interface ConsoleChatOptions {
  readonly output: Output;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly json: boolean;
  /** Asked at every message, since a window changes its width. */
  readonly layout: () => Layout;
  /** Where files that come with a message are written; without it they are named and not kept. */
  readonly filesDirectory?: string;
}

interface Shown {
  readonly thread: string | null;
  readonly rendered: Rendered;
}

/** Cards of which an edit can still be compared; older ones are printed whole. */
const MOST_SHOWN = 200;

export function createConsoleChat(options: ConsoleChatOptions): ConsoleChat {
  const shown = new Map<string, Shown>();
  let last: { readonly id: string; readonly actions: readonly Action[] } | null = null;

  const remember = (id: string, thread: string | null, rendered: Rendered): void => {
    shown.delete(id);
    shown.set(id, { thread, rendered });
    const oldest = shown.keys().next().value;
    if (shown.size > MOST_SHOWN && oldest !== undefined) shown.delete(oldest);
    const { actions } = rendered.message;
    if (actions.length > 0) last = { id, actions };
    else if (last?.id === id) last = null;
  };

  const say = (kind: 'post' | 'edit', address: Address, id: string, given: Rendered): Delivery => {
    const message = withFiles(given.message, given.files ?? [], options.filesDirectory ?? null);
    const rendered: Rendered = { ...given, message };
    const before = shown.get(id) ?? null;
    const thread = kind === 'edit' ? (before?.thread ?? address.thread) : address.thread;
    remember(id, thread, rendered);
    if (options.json) {
      const to = { channel: address.channel, user: address.user };
      options.output.print(jsonLine({ at: options.clock.nowMs(), kind, id, thread, to, rendered }));
    } else {
      printText(options, { thread, rendered, before: kind === 'edit' ? before : null, isEdit: kind === 'edit' });
    }
    return { kind: 'delivered', externalId: id };
  };

  return {
    platform: 'console',
    post: (address, rendered, nonce) => Promise.resolve(say('post', address, nonce, rendered)),
    edit: (address, id, rendered) => Promise.resolve(say('edit', address, id, rendered)),
    button: (n) => last?.actions[n - 1] ?? null,
  };
}

interface Printed extends Shown {
  readonly before: Shown | null;
  readonly isEdit: boolean;
}

function printText(options: ConsoleChatOptions, { thread, rendered, before, isEdit }: Printed): void {
  const { output } = options;
  const layout = options.layout();
  if (rendered.message.blocks.length === 0) {
    output.progress(renderMessage(rendered.message, layout).join('\n'));
    return;
  }
  if (isEdit && rendered.data === null) {
    const { summary } = rendered.message;
    if (summary !== before?.rendered.message.summary) output.print(`  ${visibleLine(summary)}`);
    return;
  }
  const changes = before === null ? null : changesOf(before.rendered.data, rendered.data);
  if (changes !== null) {
    if (changes.length > 0) output.print(changes.join('\n'));
    return;
  }
  if (thread !== null) {
    const lines = renderMessage(rendered.message, { ...layout, width: layout.width - 2 });
    output.print(lines.map((line) => `${layout.style.faint('┊')} ${line}`.trimEnd()).join('\n'));
    return;
  }
  output.print(`\n${renderMessage(rendered.message, layout).join('\n')}`);
}

/** The lines that say what is new in a run that goes on; null when the whole card is due (no run, or it ended or paused). */
function changesOf(before: Data | null, after: Data | null): readonly string[] | null {
  if (after === null || after.kind !== 'run') return null;
  const earlier = before !== null && before.kind === 'run' ? before : null;
  const turned = earlier?.state !== after.state;
  if (turned && (isEnded(after.state) || after.state === 'paused')) return null;
  return [...(turned ? [`  ${after.run}: ${RUN_WORDS[after.state]}`] : []), ...stepChanges(earlier, after)];
}

function stepChanges(before: RunData | null, after: RunData): readonly string[] {
  const known = new Map(before?.steps.map((step) => [`${step.id}@${step.member}`, step.state] as const));
  const changed = after.steps.filter((step) => step.state !== (known.get(`${step.id}@${step.member}`) ?? 'pending'));
  const width = Math.max(0, ...after.steps.map((step) => step.id.length));
  const members = Math.max(0, ...after.steps.map((step) => step.member.length));
  return changed.map(
    (step) => `  ${after.run}  ${padTo(step.id, width)}  ${padTo(step.member, members)}  ${STEP_SIGN[step.state]}`,
  );
}
