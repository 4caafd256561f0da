/**
 * The verdict on a whole outgoing message or view: the error that Slack answers with, and everything that is wrong with it. Some
 * findings (no `text`, markup that looks injected) are ours and not Slack's: Slack would take them, so they carry no error.
 */
import { asJson, asList, isJson } from '../chat-wire.ts';
import type { Json } from '../chat-wire.ts';
import { findBlockProblems } from './check-blocks.ts';
import { LIMITS } from './limits.ts';
import { findMrkdwnProblems } from './mrkdwn.ts';
import type { MrkdwnPolicy } from './mrkdwn.ts';

export interface Finding {
  readonly kind: 'text' | 'blocks' | 'mrkdwn' | 'view';
  readonly detail: string;
  /** What Slack answers; null for what Slack would let pass. */
  readonly error: string | null;
}

/** Every mrkdwn string in a structure, wherever it stands. */
function listMrkdwn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(listMrkdwn);
  if (!isJson(value)) return [];
  if (value['type'] === 'mrkdwn' && typeof value['text'] === 'string') return [value['text']];
  return Object.values(value).flatMap(listMrkdwn);
}

/** Mentions of rich text need no markup: they are elements. */
function listRichMentions(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(listRichMentions);
  if (!isJson(value)) return [];
  const inner = Object.values(value).flatMap(listRichMentions);
  if (value['type'] === 'broadcast') return [`<!${String(value['range'])}>`, ...inner];
  if (value['type'] === 'usergroup') return [`<!subteam^${String(value['usergroup_id'])}>`, ...inner];
  if (value['type'] === 'user') return [`<@${String(value['user_id'])}>`, ...inner];
  return inner;
}

function checkMarkup(texts: readonly string[], structure: unknown, policy: MrkdwnPolicy): readonly Finding[] {
  const details = [
    ...texts.flatMap((text) => findMrkdwnProblems(text, policy)),
    ...listRichMentions(structure).filter((mention) => !policy.allowsMention(mention)),
  ];
  return details.map((detail) => ({ kind: 'mrkdwn', detail, error: null }));
}

function checkBlocks(blocks: unknown): readonly Finding[] {
  const findings: Finding[] = findBlockProblems(blocks, 'message').map((detail) => ({
    kind: 'blocks',
    detail,
    error: 'invalid_blocks',
  }));
  const size = JSON.stringify(blocks).length;
  if (size > LIMITS.blocksTotal) {
    findings.push({ kind: 'blocks', detail: `${size} characters in all`, error: 'msg_blocks_too_long' });
  }
  return findings;
}

/** `args` as parsed: `blocks` is a list already, or undecodable and then a string. */
export function checkMessage(args: Json, policy: MrkdwnPolicy): readonly Finding[] {
  const findings: Finding[] = [];
  const { text, blocks } = args as { readonly text?: unknown; readonly blocks?: unknown };
  const empty = typeof text !== 'string' || text === '';
  if (empty && asList(blocks).length === 0) findings.push({ kind: 'text', detail: 'no text', error: 'no_text' });
  else if (empty) findings.push({ kind: 'text', detail: 'blocks without text: nothing to notify with', error: null });
  if (typeof text === 'string' && text.length > LIMITS.text) {
    findings.push({ kind: 'text', detail: `${text.length} characters, at most ${LIMITS.text}`, error: 'msg_too_long' });
  }
  if (args['link_names'] !== undefined || args['parse'] === 'full') {
    findings.push({
      kind: 'mrkdwn',
      detail: 'link_names or parse: full would make mentions of plain words',
      error: null,
    });
  }
  if (blocks !== undefined) findings.push(...checkBlocks(blocks));
  const texts = [...(typeof text === 'string' ? [text] : []), ...listMrkdwn(blocks)];
  return [...findings, ...checkMarkup(texts, blocks, policy)];
}

function listViewProblems(view: Json): readonly string[] {
  const problems: string[] = [];
  const checkPlain = (key: string, max: number, required: boolean): void => {
    const value = view[key];
    if (value === undefined && !required) return;
    const { type, text } = asJson(value);
    if (type !== 'plain_text' || typeof text !== 'string' || text === '') problems.push(`${key}: no plain text`);
    else if (text.length > max) problems.push(`${key}: ${text.length} characters, at most ${max}`);
  };
  const checkString = (key: string, max: number): void => {
    const value = view[key];
    if (value !== undefined && (typeof value !== 'string' || value.length > max)) problems.push(`${key}: over ${max}`);
  };
  if (view['type'] === 'modal') {
    checkPlain('title', LIMITS.viewTitle, true);
    const hasInput = asList(view['blocks']).some((block) => asJson(block)['type'] === 'input');
    checkPlain('submit', LIMITS.viewButton, hasInput);
    checkPlain('close', LIMITS.viewButton, false);
  } else if (view['type'] !== 'home') problems.push(`type: ${String(view['type'])}`);
  checkString('private_metadata', LIMITS.privateMetadata);
  checkString('callback_id', LIMITS.callbackId);
  checkString('external_id', LIMITS.externalId);
  return problems;
}

/** docs.slack.dev/reference/views. Everything wrong with a view is `invalid_arguments`. */
export function checkView(view: Json, policy: MrkdwnPolicy): readonly Finding[] {
  const surface = view['type'] === 'home' ? 'home' : 'modal';
  const problems = [...listViewProblems(view), ...findBlockProblems(view['blocks'], surface)];
  return [
    ...problems.map((detail): Finding => ({ kind: 'view', detail, error: 'invalid_arguments' })),
    ...checkMarkup(listMrkdwn(view['blocks']), view['blocks'], policy),
  ];
}
