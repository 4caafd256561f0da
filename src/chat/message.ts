/**
 * The neutral message model: what Lockstep wants to say, before any platform renders it. Owns the types alone. Remote output
 * travels only in `code` blocks; `plain` is always escaped by the renderer. Renderers clamp to their limits and say what was cut.
 */
export type Inline =
  | { readonly kind: 'plain'; readonly text: string }
  | { readonly kind: 'strong'; readonly text: string }
  | { readonly kind: 'mono'; readonly text: string }
  /** ms since the epoch, UTC. */
  | { readonly kind: 'time'; readonly at: number }
  | { readonly kind: 'user'; readonly principal: string; readonly name: string }
  | { readonly kind: 'link'; readonly text: string; readonly url: string };

export type Tone = 'good' | 'info' | 'warning' | 'danger' | 'neutral';

export type Block =
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'text'; readonly parts: readonly Inline[] }
  | {
      readonly kind: 'fields';
      readonly fields: readonly { readonly label: string; readonly value: readonly Inline[] }[];
    }
  | {
      readonly kind: 'table';
      readonly columns: readonly string[];
      readonly rows: readonly (readonly string[])[];
    }
  | {
      readonly kind: 'code';
      readonly text: string;
      readonly title: string | null;
      /** May be shown by its first lines; another command shows the whole. */
      readonly fold?: true;
    }
  /** Small print. */
  | { readonly kind: 'note'; readonly parts: readonly Inline[] }
  | { readonly kind: 'divider' }
  | { readonly kind: 'image'; readonly alt: string; readonly file: string };

export interface Action {
  readonly label: string;
  readonly style: 'primary' | 'danger' | 'plain';
  /** Opaque one-use token; its meaning is in the store, only its hash is kept there. */
  readonly token: string;
  /** Asked before the click counts; null where none is needed. */
  readonly confirm: { readonly title: string; readonly text: string } | null;
  /** Words that the click needs besides: a form where the platform has one, the rest of the line at the console. */
  readonly ask?: Ask;
}

export interface Ask {
  readonly title: string;
  readonly label: string;
  readonly required: boolean;
}

export interface Message {
  /** One line that stands for the whole: push notification, screen reader, log. */
  readonly summary: string;
  readonly tone: Tone;
  readonly blocks: readonly Block[];
  readonly actions: readonly Action[];
}
