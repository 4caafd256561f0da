/** What a card says stands in it once: not in its first line and below again, not as an explanation and a reason. */
import { expect, test } from 'vitest';
import { renderPayload } from '../../src/adapters/discord/render.ts';
import { problemMessage } from '../../src/chat/views/answers.ts';
import { entryMessage } from '../../src/chat/views/timeline.ts';
import { runMessage } from '../../src/chat/views/run.ts';
import type { Message } from '../../src/chat/message.ts';
import type { TimelineEntry } from '../../src/domain/timeline.ts';
import { anApproval, anEntry, aRun, T0 } from '../contract/store-fixtures.ts';

function timesIn(message: Message, words: string): number {
  return JSON.stringify(message.blocks).split(words).length - 1;
}

function entryOf(text: string, kind: TimelineEntry['kind'] = 'run-ended'): TimelineEntry {
  return { ...anEntry(text, { kind }), sequence: 1, recordedAt: T0, hash: 'a', previousHash: 'b' };
}

test('a first text that is the summary stands in Discord’s first line alone', () => {
  const { content, embeds } = renderPayload({
    message: problemMessage({ code: 'unknown-command', text: 'There is no command "staus".', next: 'help' }),
    data: null,
  });
  expect(content).toContain('There is no command');
  expect(JSON.stringify(embeds)).not.toContain('There is no command');
  expect(JSON.stringify(embeds)).toContain('/lxd help');
});

test('a summary that is cut stands below, whole', () => {
  const text = `It begins ${'so '.repeat(300)}and ends.`;
  const { content, embeds } = renderPayload({
    message: problemMessage({ code: 'internal', text, next: 'help' }),
    data: null,
  });
  expect(content).not.toContain('and ends');
  expect(JSON.stringify(embeds)).toContain('and ends');
});

test('the reason of a rejection stands with who rejected', () => {
  const approvals = [anApproval('console:bob', { decision: 'reject', reason: 'not before the back-up' })];
  const run = aRun({ state: 'rejected', explanation: 'not before the back-up', approvals });
  expect(timesIn(runMessage(run, T0, []), 'not before the back-up')).toBe(1);
  const other = { ...run, explanation: 'something else' };
  expect(timesIn(runMessage(other, T0, []), 'something else')).toBe(1);
});

test('a long milestone is told by its first sentence, with what to type apart', () => {
  const why = `Writing failed on m1: exit code 7. ${'Nobody knows more about it. '.repeat(6)}`;
  const said = entryMessage(entryOf(`r1 is paused. ${why}Next: /lxd resume r1 retry`, 'run-paused'));
  expect(said.summary).toBe('r1 is paused.');
  expect(said.tone).toBe('danger');
  expect(timesIn(said, 'exit code 7')).toBe(1);
  expect(said.blocks.at(-1)).toMatchObject({
    parts: [{ text: 'Next: ' }, { kind: 'mono', text: '/lxd resume r1 retry' }],
  });
});

test('a short milestone is its own summary', () => {
  expect(entryMessage(entryOf('r1 succeeded.'))).toMatchObject({ summary: 'r1 succeeded.', tone: 'neutral' });
});
