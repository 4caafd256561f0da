/** The store's contract: one open incident per cluster, its changes, its cards and runs, and the entries that belong to it. */
import { expect, test } from 'vitest';
import { requireIncidentId } from '../../src/domain/ids.ts';
import { verifyChain } from '../../src/domain/timeline-chain.ts';
import type { OpenIncident, Store } from '../../src/ports/store.ts';
import { aCard, ADDRESS, aDraft, anEntry, aRun, M1, M2, OTHER, PROD, RUN_A, T0 } from './store-fixtures.ts';

const GRACE = 1_800_000;
const I_A = requireIncidentId('iaaaaaa');
const I_B = requireIncidentId('ibbbbbb');
const BOB = { at: T0 + 5_000, by: 'bob' };

function anOpening(changes: Partial<OpenIncident['incident']> = {}): OpenIncident {
  const id = changes.id ?? I_A;
  return {
    incident: {
      id,
      cluster: PROD,
      title: 'no member answers',
      severity: 'critical',
      origin: 'person',
      place: { platform: 'console', channel: 'here', thread: null },
      opened: { at: T0, by: 'alice' },
      ...changes,
    },
    graceMs: GRACE,
    card: { id: `card-of-${id}`, address: ADDRESS },
  };
}

export function incidentContract(get: () => Store): void {
  const kinds = async (): Promise<readonly string[]> => (await get().listTimeline({})).map(({ kind }) => kind);

  test('an opened incident is kept whole, with its entry and its card', async () => {
    const { kind, incident } = await get().openIncident(anOpening());
    expect({ kind, state: incident.state }).toEqual({ kind: 'opened', state: 'open' });
    expect(await get().findIncident(I_A)).toEqual(incident);
    expect(await get().findOpenIncident(PROD)).toEqual(incident);
    expect(await get().findOpenIncident(OTHER)).toBeNull();
    expect((await get().listTimeline({ incident: I_A })).map((entry) => entry.kind)).toEqual(['incident-opened']);
    expect((await get().listCards({ kind: 'incident', incident: I_A })).map(({ id }) => id)).toEqual([
      `card-of-${I_A}`,
    ]);
  });

  test('a second one on the cluster joins the first; one card per channel', async () => {
    await get().openIncident(anOpening());
    const again = await get().openIncident(anOpening({ id: I_B, title: 'other words' }));
    expect(again).toMatchObject({ kind: 'joined', incident: { id: I_A, title: 'no member answers' } });
    const elsewhere = anOpening({ id: I_B });
    await get().openIncident({ ...elsewhere, card: { id: 'there', address: { ...ADDRESS, channel: 'there' } } });
    const cards = await get().listCards({ kind: 'incident', incident: I_A });
    expect(cards.map(({ id }) => id)).toEqual([`card-of-${I_A}`, 'there']);
    expect(await kinds()).toEqual(['incident-opened']);
    expect(await get().findIncident(I_B)).toBeNull();
  });

  test('of many opened at the same moment there is one', async () => {
    const ids = ['i000001', 'i000002', 'i000003', 'i000004'].map(requireIncidentId);
    const opened = await Promise.all(ids.map((id) => get().openIncident(anOpening({ id }))));
    expect(opened.filter(({ kind }) => kind === 'opened')).toHaveLength(1);
    expect(new Set(opened.map(({ incident }) => incident.id)).size).toBe(1);
  });

  test('changes are recorded with who and when, raise the card, and refuse what the state does not allow', async () => {
    await get().openIncident(anOpening());
    const acknowledged = await get().changeIncident({ incident: I_A, change: { kind: 'acknowledge' }, moment: BOB });
    expect(acknowledged).toMatchObject({
      kind: 'changed',
      incident: { state: 'acknowledged', acknowledged: BOB, lead: 'bob' },
    });
    const twice = await get().changeIncident({ incident: I_A, change: { kind: 'acknowledge' }, moment: BOB });
    expect(twice).toMatchObject({ kind: 'refused', incident: { state: 'acknowledged' } });
    await get().changeIncident({ incident: I_A, change: { kind: 'resolve', summary: 'a cable' }, moment: BOB });
    expect(await get().findIncident(I_A)).toMatchObject({ state: 'resolved', resolved: BOB, summary: 'a cable' });
    expect(await kinds()).toEqual(['incident-opened', 'incident-acknowledged', 'incident-resolved']);
    expect((await get().findCard(`card-of-${I_A}`))?.revision).toBe(3);
    expect(await get().findOpenIncident(PROD)).toBeNull();
    await expect(get().changeIncident({ incident: I_B, change: { kind: 'acknowledge' }, moment: BOB })).rejects.toThrow(
      I_B,
    );
  });

  test('trouble within the grace time opens the last one again; after it a new one is opened', async () => {
    await get().openIncident(anOpening());
    await get().changeIncident({ incident: I_A, change: { kind: 'resolve', summary: null }, moment: BOB });
    const soon = { at: BOB.at + GRACE, by: 'lockstep' };
    const again = await get().openIncident(anOpening({ id: I_B, opened: soon }));
    expect(again).toMatchObject({ kind: 'reopened', incident: { id: I_A, state: 'open', reopens: 1, resolved: null } });
    await get().changeIncident({ incident: I_A, change: { kind: 'resolve', summary: null }, moment: soon });
    const late = { at: soon.at + GRACE + 1, by: 'lockstep' };
    expect(await get().openIncident(anOpening({ id: I_B, opened: late }))).toMatchObject({ kind: 'opened' });
    const held = await get().changeIncident({ incident: I_A, change: { kind: 'reopen', why: null }, moment: late });
    expect(held).toMatchObject({ kind: 'held', incident: { id: I_A }, holder: { id: I_B } });
    expect((await get().listIncidents({})).map(({ id }) => id)).toEqual([I_B, I_A]);
    expect((await get().listIncidents({ states: ['resolved'] })).map(({ id }) => id)).toEqual([I_A]);
    expect(await get().listIncidents({ cluster: OTHER })).toEqual([]);
    expect(await get().listIncidents({ limit: 1 })).toHaveLength(1);
  });

  test('the entry that opens it names those that led to it, and they are of its timeline; no entry is changed', async () => {
    const finding = { kind: 'finding-appeared', finding: 'stale-counter', members: [M1] } as const;
    const before = await get().appendTimeline(
      [
        anEntry('elsewhere', { ...finding, cluster: OTHER }),
        anEntry('calm', { kind: 'finding-appeared', finding: 'in-step', members: [] }),
      ],
      T0 - 120_000,
    );
    const led = await get().appendTimeline(
      [anEntry('seen', { ...finding, happenedAt: T0 - 70_000, since: T0 - 120_000 }), anEntry('said', { member: M2 })],
      T0 - 60_000,
    );
    await get().openIncident({ ...anOpening(), because: { findings: ['stale-counter'], since: T0 - 60_000 } });
    const all = await get().listTimeline({ incident: I_A });
    expect(all.slice(0, 2)).toEqual(led);
    expect(all[2]).toMatchObject({ kind: 'incident-opened', includes: led.map(({ sequence }) => sequence) });
    expect(all).toHaveLength(3);
    expect(await get().listTimeline({ incident: I_A, limit: 2 })).toEqual(all.slice(1));
    expect(await get().listTimeline({ incident: I_B })).toEqual([]);
    expect((await get().listTimeline({})).slice(0, 4)).toEqual([...before, ...led]);
    expect(verifyChain(await get().listTimeline({}))).toMatchObject({ kind: 'intact', entries: 5 });
  });

  test('the entry that opens it again names what came back', async () => {
    await get().openIncident(anOpening());
    await get().changeIncident({ incident: I_A, change: { kind: 'resolve', summary: null }, moment: BOB });
    const down = { kind: 'member-state', state: 'waiting', member: M1 } as const;
    const [back] = await get().appendTimeline([anEntry('back', down)], BOB.at + 1_000);
    await get().openIncident(anOpening({ id: I_B, opened: { at: BOB.at + 2_000, by: 'lockstep' } }));
    const all = await get().listTimeline({ incident: I_A });
    expect(all.at(-1)).toMatchObject({ kind: 'incident-reopened', includes: [back?.sequence] });
    expect(all).toContainEqual(back);
  });

  test('a draft opens it, links the run and hangs the card of the run under its own', async () => {
    const drafted = await get().draftRun(aDraft(aRun(), { incident: anOpening() }));
    expect(drafted).toMatchObject({ ok: true, value: { incident: I_A } });
    expect((await get().findIncident(I_A))?.runs).toEqual([RUN_A]);
    expect((await get().findCard(`card-of-${RUN_A}`))?.parent).toBe(`card-of-${I_A}`);
    expect((await get().listTimeline({ run: RUN_A })).map(({ incident }) => incident)).toEqual([I_A]);
  });

  test('a refused draft opens none', async () => {
    await get().draftRun(aDraft());
    await get().draftRun(aDraft(aRun({ id: 'rbbbbbb' as never }), { incident: anOpening() }));
    expect(await get().listIncidents({})).toEqual([]);
  });

  test('a run that ends well mitigates it in the same commit', async () => {
    await get().draftRun(aDraft(aRun({ state: 'running' }), { incident: anOpening() }));
    const change = { run: RUN_A, at: T0 + 9, explanation: null, entries: [anEntry('done', { run: RUN_A })] };
    await get().changeState({ ...change, from: ['running'], to: 'succeeded', mitigates: 'in step' });
    expect(await get().findIncident(I_A)).toMatchObject({
      state: 'mitigated',
      mitigated: { at: T0 + 9, by: 'lockstep' },
    });
    expect((await kinds()).slice(-2)).toEqual(['note', 'incident-mitigated']);
  });

  test('a run that undid another marks it in the same commit, and leaves one that can not be undone alone', async () => {
    const other = (id: string) => aDraft(aRun({ id: id as never, cluster: OTHER, state: 'succeeded' }));
    await get().draftRun(other('rsucces'));
    await get().draftRun(aDraft(aRun({ state: 'running' })));
    const undoes = { run: 'rsucces' as never, explanation: 'undone', entries: [anEntry('it is rolled back')] };
    const change = { run: RUN_A, at: T0 + 9, explanation: null, entries: [anEntry('done')] };
    await get().changeState({ ...change, from: ['paused'], to: 'aborted', undoes });
    expect((await get().findRun('rsucces' as never))?.state).toBe('succeeded');
    await get().changeState({ ...change, from: ['running'], to: 'succeeded', undoes });
    expect(await get().findRun('rsucces' as never)).toMatchObject({ state: 'rolled-back', explanation: 'undone' });
    expect((await get().listTimeline({})).slice(-2).map(({ text }) => text)).toEqual(['it is rolled back', 'done']);
    await get().draftRun(aDraft(aRun({ id: 'rbbbbbb' as never, state: 'running' })));
    await get().changeState({ ...change, run: 'rbbbbbb' as never, from: ['running'], to: 'succeeded', undoes });
    expect((await get().listTimeline({})).slice(-1).map(({ text }) => text)).toEqual(['done']);
  });

  test('entries of the cluster belong to its open incident, those of a run to the one of the run', async () => {
    await get().appendTimeline([anEntry('before')], T0);
    await get().draftRun(aDraft(aRun({ state: 'running' }), { incident: anOpening() }));
    await get().appendTimeline([anEntry('while'), anEntry('elsewhere', { cluster: OTHER })], T0);
    await get().changeIncident({ incident: I_A, change: { kind: 'resolve', summary: null }, moment: BOB });
    await get().appendTimeline([anEntry('after'), anEntry('of the run', { run: RUN_A })], T0);
    const texts = (await get().listTimeline({ incident: I_A })).map(({ text }) => text);
    expect(texts).toEqual(expect.arrayContaining(['while', 'of the run']));
    expect(texts).not.toEqual(expect.arrayContaining(['before']));
    expect(texts).not.toEqual(expect.arrayContaining(['after']));
    expect(texts).not.toEqual(expect.arrayContaining(['elsewhere']));
    expect(verifyChain(await get().listTimeline({}))).toMatchObject({ kind: 'intact' });
  });

  test('what only some entries have comes back as it was, and is in the chain', async () => {
    const extras = {
      since: T0 - 5,
      corrects: 1,
      state: 'waiting',
      finding: 'stale-counter',
      author: 'e\ud800ve',
      link: 'x',
    } as const;
    const [first, second] = await get().appendTimeline(
      [anEntry('a', { ...extras, members: [M1, M2] }), anEntry('b')],
      T0,
    );
    expect(first).toMatchObject({ ...extras, author: 'e\ufffdve', members: ['m1', 'm2'] });
    expect(Object.keys(second ?? {})).not.toContain('since');
    const all = await get().listTimeline({});
    expect(all).toEqual([first, second]);
    expect(verifyChain(all)).toMatchObject({ kind: 'intact' });
    expect(verifyChain(all.map((entry) => ({ ...entry, since: 1 })))).toMatchObject({ kind: 'broken', sequence: 1 });
  });

  test('a card is found by the message that it became', async () => {
    await get().draftRun(aDraft());
    await get().addCard(aCard('second'));
    await get().recordDelivery({ card: 'second', revision: 1, externalId: 'msg-7' });
    const place = { platform: 'console', channel: 'here', externalId: 'msg-7' } as const;
    expect(await get().findCardAt(place)).toMatchObject({ id: 'second', subject: { kind: 'run', run: RUN_A } });
    expect(await get().findCardAt({ ...place, channel: 'there' })).toBeNull();
  });
}
