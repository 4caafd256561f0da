/**
 * Tokens of buttons. A token is derived from the installation's secret and from what the button means, so that a card can be
 * rendered again after a restart although the store keeps nothing but the token's hash. Whether a press counts is decided by the
 * store and the policy, never by the token alone.
 */
import { createHash, createHmac } from 'node:crypto';
import type { MemberName, RunId } from '../domain/ids.ts';
import type { ActionRecord } from '../ports/store.ts';

export interface ActionMeaning {
  readonly kind: ActionRecord['kind'];
  readonly run: RunId;
  readonly step: string | null;
  readonly member: MemberName | null;
}

export function tokenOf(key: string, meaning: ActionMeaning): string {
  return deriveToken(key, [meaning.kind, meaning.run, meaning.step ?? '', meaning.member ?? '']);
}

/** None of the words may have a line break. */
export function deriveToken(key: string, words: readonly string[]): string {
  return createHmac('sha256', key).update(words.join('\n')).digest('base64url').slice(0, 32);
}

/** What the store keeps: SHA-256, hex. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

export function actionRecord(key: string, meaning: ActionMeaning): Omit<ActionRecord, 'consumedAt'> {
  return { tokenHash: hashToken(tokenOf(key, meaning)), ...meaning };
}
