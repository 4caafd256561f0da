/** What Slack answers, and what becomes of the card. */
import { webApi } from '@slack/bolt';
import { expect, test } from 'vitest';
import { failureOf } from '../../../src/adapters/slack/errors.ts';

const refused = (error: string, more: object = {}): unknown =>
  new webApi.WebAPIPlatformError({ ok: false, error, ...more });

test.each([
  ['channel_not_found', /invite/],
  ['not_in_channel', /invite/],
  ['is_archived', /unarchive/],
  ['message_not_found', /deleted/],
  ['restricted_action', /admin/],
  ['some_new_word', /some_new_word/],
])('%s is gone, with a reason', (code, reason) => {
  expect(failureOf(refused(code))).toMatchObject({ kind: 'gone', code, reason: expect.stringMatching(reason) });
});

test('a missing scope is named, with what to click', () => {
  const { kind, reason } = failureOf(refused('missing_scope', { needed: 'files:write', provided: 'commands' }));
  expect(kind).toBe('gone');
  expect(reason).toContain('the scope files:write. At "OAuth & Permissions"');
});

test.each(['invalid_auth', 'account_inactive', 'token_revoked'])('%s waits a minute for a new token', (code) => {
  expect(failureOf(refused(code))).toMatchObject({ kind: 'retry', afterMs: 60_000 });
});

test.each(['internal_error', 'fatal_error', 'ratelimited'])('%s is tried again', (code) => {
  expect(failureOf(refused(code)).kind).toBe('retry');
});

test('a rate limit waits as long as Slack says, and at least a second', () => {
  expect(failureOf(new webApi.WebAPIRateLimitedError(30))).toMatchObject({ kind: 'retry', afterMs: 30_000 });
  expect(failureOf(new webApi.WebAPIRateLimitedError(0))).toMatchObject({ kind: 'retry', afterMs: 1_000 });
});

test('an HTTP status below 500 stays, one above passes', () => {
  expect(failureOf(new webApi.WebAPIHTTPError(503, 'busy', {})).kind).toBe('retry');
  expect(failureOf(new webApi.WebAPIHTTPError(404, 'not found', {})).kind).toBe('gone');
});

test('an unreachable Slack names the innermost cause', () => {
  const cause = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
  const error = new webApi.WebAPIRequestError(new Error('fetch failed', { cause }));
  expect(failureOf(error)).toMatchObject({ kind: 'retry', reason: 'Slack can’t be reached: ECONNREFUSED.' });
});

test('words of Slack’s are shown, not acted on', () => {
  expect(failureOf(refused('\u001b[31m\u202e')).reason).toBe('Slack refuses it: ␛[31m<U+202E>.');
});
