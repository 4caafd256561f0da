import { RateLimitError } from 'discord.js';
import { describe, expect, test } from 'vitest';
import { failureOf } from '../../../src/adapters/discord/errors.ts';
import { apiError, httpError } from './support/stand-ins.ts';

const AT = { what: 'post', channel: '42', thread: null } as const;
const IN_THREAD = { ...AT, thread: '43' } as const;

const limited = new RateLimitError({
  timeToReset: 7000,
  retryAfter: 7000,
  limit: 5,
  method: 'POST',
  hash: 'h',
  url: 'u',
  route: '/channels/:id/messages',
  majorParameter: '42',
  global: false,
  sublimitTimeout: 0,
  scope: 'user',
});

describe('what an error means for a message', () => {
  test.each([
    ['a rate limit beyond the library’s patience', limited, /wait 7 s/],
    ['an error of Discord’s own', httpError(503), /503/],
    ['an error of Discord’s own with a body', apiError(500, 0), /500/],
    ['a rate limit that came through', apiError(429, 0), /429/],
    ['a refused token', apiError(401, 0), /DISCORD_BOT_TOKEN/],
    [
      'no network',
      new TypeError('fetch failed', { cause: Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }) }),
      /ECONNREFUSED/,
    ],
    ['silence', new DOMException('This operation was aborted', 'AbortError'), /aborted/],
  ])('%s: it is tried again', (_, error, reason) => {
    const failure = failureOf(error, AT);
    expect(failure).toMatchObject({ kind: 'retry', reason: expect.stringMatching(reason) as string });
    expect(failure.kind === 'retry' ? failure.afterMs : 0).toBeGreaterThanOrEqual(1000);
  });

  test.each([
    ['an unknown channel', apiError(404, 10_003), AT, /channels\.discord in clusters\.yaml/],
    ['a deleted message', apiError(404, 10_008), AT, /deleted/],
    ['a removed bot', apiError(403, 50_001), AT, /invite it again.*View Channel/],
    ['a missing permission in a channel', apiError(403, 50_013), AT, /Send Messages, Embed Links, Attach Files/],
    [
      'a missing permission in a thread',
      apiError(403, 50_013),
      IN_THREAD,
      /Create Public Threads and Send Messages in Threads/,
    ],
    ['an archived thread', apiError(400, 50_083), IN_THREAD, /43 is archived or locked/],
    ['a locked thread', apiError(403, 160_005), IN_THREAD, /43 is archived or locked/],
    ['too many threads', apiError(400, 160_006), IN_THREAD, /active threads/],
    ['files that are too large', apiError(413, 40_005), AT, /larger/],
    [
      'a form that is refused',
      apiError(400, 50_035, 'Invalid Form Body\ncontent[X]: @everyone'),
      AT,
      /400, code 50035.*Invalid Form Body$/,
    ],
  ])('%s: it will never work, and the reason says what to do', (_, error, attempt, reason) => {
    expect(failureOf(error, attempt)).toMatchObject({ kind: 'gone', reason: expect.stringMatching(reason) as string });
  });
});
