/** The store's contract: approvals, rejections, expiry, and the buttons that carry them. */
import { expect, test } from 'vitest';
import type { Decided, Store } from '../../src/ports/store.ts';
import { aDraft, anApproval, anEntry, aRun, OTHER, RUN_A, RUN_B, T0 } from './store-fixtures.ts';

const TOKEN = `token-of-${RUN_A}`;

interface Click {
  readonly required?: number;
  readonly at?: number;
  readonly decision?: 'approve' | 'reject';
  readonly reason?: string;
}

export function decisionContract(get: () => Store): void {
  const click = (
    by: string,
    { required = 1, at = T0 + 1000, decision = 'approve', reason }: Click = {},
  ): Promise<Decided> =>
    get().decide({
      run: RUN_A,
      record: anApproval(by, { at, decision, reason: reason ?? null }),
      required,
      entries: [anEntry(`${decision} ${by}`, { run: RUN_A })],
      tokenHash: TOKEN,
    });
  const texts = async (): Promise<readonly string[]> =>
    (await get().listTimeline({ run: RUN_A })).map((entry) => entry.text).slice(1);

  test('one approval of one decides, is recorded, and uses the button up', async () => {
    await get().draftRun(aDraft());
    const decided = await click('console:bob');
    expect(decided.kind).toBe('decided');
    expect(decided.run).toMatchObject({ state: 'approved', approvals: [anApproval('console:bob')], endedAt: null });
    expect((await get().findAction(TOKEN))?.consumedAt).toBe(T0 + 1000);
    expect(await texts()).toEqual(['approve console:bob']);
    expect((await get().findCard(`card-of-${RUN_A}`))?.revision).toBe(2);
  });

  test('two clicks at the same moment decide once', async () => {
    await get().draftRun(aDraft());
    const answers = await Promise.all([click('console:bob'), click('slack:U1')]);
    expect(answers.map((answer) => answer.kind).sort()).toEqual(['decided', 'not-pending']);
    expect((await get().findRun(RUN_A))?.approvals).toHaveLength(1);
    expect(await texts()).toHaveLength(1);
  });

  test('two approvals must be of different people, and the button lives until the second', async () => {
    await get().draftRun(aDraft());
    expect((await click('console:bob', { required: 2 })).kind).toBe('recorded');
    expect((await get().findAction(TOKEN))?.consumedAt).toBeNull();
    expect((await click('console:bob', { required: 2 })).kind).toBe('already-by-you');
    expect((await get().findRun(RUN_A))?.state).toBe('awaiting-approval');
    const decided = await click('slack:U1', { required: 2, at: T0 + 2000 });
    expect(decided).toMatchObject({ kind: 'decided', run: { state: 'approved' } });
    expect(decided.run.approvals.map((record) => record.by)).toEqual(['console:bob', 'slack:U1']);
    expect((await get().findAction(TOKEN))?.consumedAt).toBe(T0 + 2000);
    expect(await texts()).toEqual(['approve console:bob', 'approve slack:U1']);
  });

  test('a recorded approval raises the revision of the card', async () => {
    await get().draftRun(aDraft());
    await click('console:bob', { required: 2 });
    expect((await get().findCard(`card-of-${RUN_A}`))?.revision).toBe(2);
    await click('console:bob', { required: 2 });
    expect((await get().findCard(`card-of-${RUN_A}`))?.revision).toBe(2);
  });

  test('one rejection decides, with its reason, even by who approved before', async () => {
    await get().draftRun(aDraft());
    await click('console:bob', { required: 2 });
    const decided = await click('console:bob', { required: 2, decision: 'reject', reason: 'not now' });
    expect(decided).toMatchObject({
      kind: 'decided',
      run: { state: 'rejected', explanation: 'not now', endedAt: T0 + 1000 },
    });
    expect((await click('slack:U1')).kind).toBe('not-pending');
    expect(await get().findActiveRun(aRun().cluster)).toBeNull();
  });

  test('a click at the moment of expiry is too late, and ends the run', async () => {
    await get().draftRun(aDraft());
    const late = await click('console:bob', { at: aRun().expiresAt });
    expect(late).toMatchObject({
      kind: 'expired',
      run: { state: 'expired', approvals: [], endedAt: aRun().expiresAt },
    });
    expect((await click('console:bob')).kind).toBe('expired');
    expect((await get().findAction(TOKEN))?.consumedAt).toBeNull();
    expect(await texts()).toEqual([expect.stringContaining('expired')]);
  });

  test('a click just before the expiry counts', async () => {
    await get().draftRun(aDraft());
    expect((await click('console:bob', { at: aRun().expiresAt - 1 })).kind).toBe('decided');
  });

  test('every pending run whose time is over expires, once', async () => {
    await get().draftRun(aDraft());
    await get().draftRun(aDraft(aRun({ id: RUN_B, cluster: OTHER, expiresAt: T0 + 2_000_000 })));
    expect(await get().expireRuns(aRun().expiresAt - 1)).toEqual([]);
    const expired = await get().expireRuns(aRun().expiresAt);
    expect(expired.map((run) => [run.id, run.state, run.endedAt])).toEqual([[RUN_A, 'expired', aRun().expiresAt]]);
    expect(await get().expireRuns(aRun().expiresAt)).toEqual([]);
    const entries = (await get().listTimeline({ run: RUN_A })).filter(({ kind }) => kind === 'expired');
    expect(entries).toEqual([expect.objectContaining({ happenedAt: aRun().expiresAt, actor: 'lockstep' })]);
    expect((await get().findCard(`card-of-${RUN_A}`))?.revision).toBe(2);
    expect((await get().findCard(`card-of-${RUN_B}`))?.revision).toBe(1);
  });

  test('an approved run does not expire', async () => {
    await get().draftRun(aDraft());
    await click('console:bob');
    expect(await get().expireRuns(aRun().expiresAt + 1)).toEqual([]);
  });

  test('a token of another run is not used up', async () => {
    await get().draftRun(aDraft());
    await get().draftRun(aDraft(aRun({ id: RUN_B, cluster: OTHER })));
    const record = anApproval('console:bob');
    await get().decide({ run: RUN_B, record, required: 1, entries: [], tokenHash: TOKEN });
    expect((await get().findAction(TOKEN))?.consumedAt).toBeNull();
    expect(await get().findAction('nobody')).toBeNull();
  });
}
