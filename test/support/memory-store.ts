/**
 * The store's port in memory, for suites that need many stores quickly. Held to the same contract as SQLite. Every method works on
 * a copy of the state and puts it in place at the end, so that a throw half-way leaves nothing behind. What is in place is never
 * changed again: what goes in is copied, what comes out is frozen, so that nobody can change a part of the store.
 */
import { transitionRun } from '../../src/domain/run-machine.ts';
import { isEnded } from '../../src/domain/run.ts';
import type { Store } from '../../src/ports/store.ts';
import { decideIn } from './memory-decide.ts';
import { alterIn, bumpIncidentCards, openIn, underIncidentIn, withRuns } from './memory-incidents.ts';
import {
  addActions,
  addCardTo,
  addEntries,
  changeStep,
  copyOf,
  expire,
  findActive,
  finish,
  frozenCopyOf,
  isAbout,
  isBehind,
  plain,
  requireCard,
  requireRun,
  setState,
  type MemoryState,
} from './memory-state.ts';

const DAY_MS = 86_400_000;

export function createMemoryStore(): Store {
  let state: MemoryState = { runs: [], actions: [], cards: [], incidents: [], entries: [], deliveries: [], meta: {} };

  async function commit<T>(work: (draft: MemoryState) => T): Promise<T> {
    const draft = copyOf(state);
    const value = work(draft);
    for (const run of draft.runs) Object.freeze(run);
    state = draft;
    return value;
  }

  async function read<T>(work: (current: MemoryState) => T): Promise<T> {
    return work(state);
  }

  return {
    draftRun: ({ run, incident, actions, cards, entries }) =>
      commit((draft) => {
        const holder = findActive(draft, run.cluster);
        if (holder !== null && !isEnded(run.state)) return { ok: false, error: holder } as const;
        const opened = incident === undefined ? null : openIn(draft, incident).incident.id;
        draft.runs.push(frozenCopyOf(opened === null ? run : { ...run, incident: opened }));
        addActions(draft, actions);
        addEntries(draft, entries, run.createdAt);
        for (const card of cards) addCardTo(draft, opened === null ? card : underIncidentIn(draft, opened, card));
        if (opened !== null) bumpIncidentCards(draft, opened);
        return { ok: true, value: requireRun(draft, run.id) } as const;
      }),
    findRun: (id) => read(({ runs }) => runs.find((run) => run.id === id) ?? null),
    listRuns: ({ cluster, states, limit }) =>
      read(({ runs }) =>
        runs
          .filter((run) => cluster === undefined || run.cluster === cluster)
          .filter((run) => states === undefined || states.includes(run.state))
          .reverse()
          .sort((a, b) => b.createdAt - a.createdAt)
          .slice(0, limit),
      ),
    findActiveRun: (cluster) => read((current) => findActive(current, cluster)),
    decide: (input) => commit((draft) => decideIn(draft, input)),
    expireRuns: (now) =>
      commit((draft) => {
        const due = draft.runs.filter((run) => run.state === 'awaiting-approval' && run.expiresAt <= now);
        for (const run of due) expire(draft, run, now);
        return due;
      }),
    changeState: (change) =>
      commit((draft) => {
        const run = requireRun(draft, change.run);
        if (!change.from.includes(run.state)) return { ok: false, error: run } as const;
        setState(draft, run, change.to, change.at, change.explanation);
        if (change.countResume === true) run.resumes += 1;
        addActions(draft, change.actions ?? []);
        const { undoes } = change;
        const undone = undoes === undefined ? undefined : draft.runs.find(({ id }) => id === undoes.run);
        if (undoes !== undefined && undone !== undefined && transitionRun(undone.state, 'rolled-back').ok) {
          setState(draft, undone, 'rolled-back', change.at, undoes.explanation);
          addEntries(draft, undoes.entries, change.at);
        }
        addEntries(draft, change.entries, change.at);
        if (change.mitigates !== undefined && run.incident !== null) {
          const moment = { at: change.at, by: 'lockstep' };
          alterIn(draft, { incident: run.incident, change: { kind: 'mitigate', why: change.mitigates }, moment });
        }
        return { ok: true, value: run } as const;
      }),
    recordIntent: (change) =>
      commit((draft) => {
        const run = requireRun(draft, change.run);
        if (run.state !== 'running') throw new Error(`run ${run.id} is ${run.state}: no step may start`);
        if (run.abortRequestedBy !== null) return { ok: false, error: run } as const;
        changeStep(run, change, 'started', (step) => ({
          attempts: step.attempts + 1,
          startedAt: change.at,
          endedAt: null,
          exitCode: null,
          note: null,
          output: null,
        }));
        return { ok: true, value: finish(draft, run, change) } as const;
      }),
    recordOutcome: (change) =>
      commit((draft) => {
        const run = requireRun(draft, change.run);
        const { exitCode, note, output } = change;
        changeStep(run, change, change.state, () => ({ endedAt: change.at, exitCode, note, output }));
        return finish(draft, run, change);
      }),
    requestAbort: ({ run: id, by, at, entries }) =>
      commit((draft) => {
        const run = requireRun(draft, id);
        if (isEnded(run.state) || run.abortRequestedBy !== null) return run;
        run.abortRequestedBy = by;
        return finish(draft, run, { at, entries });
      }),
    findAction: (hash) => read(({ actions }) => actions.find(({ tokenHash }) => tokenHash === hash) ?? null),

    openIncident: (open) => commit((draft) => openIn(draft, open)),
    changeIncident: (input) => commit((draft) => alterIn(draft, input)),
    findIncident: (id) =>
      read((current) =>
        withRuns(
          current,
          current.incidents.find((one) => one.id === id),
        ),
      ),
    findOpenIncident: (cluster) =>
      read((current) =>
        withRuns(
          current,
          current.incidents.find((one) => one.cluster === cluster && one.state !== 'resolved'),
        ),
      ),
    listIncidents: ({ cluster, states, limit }) =>
      read((current) =>
        current.incidents
          .filter((one) => cluster === undefined || one.cluster === cluster)
          .filter((one) => states === undefined || states.includes(one.state))
          .reverse()
          .sort((a, b) => b.opened.at - a.opened.at)
          .slice(0, limit)
          .flatMap((one) => withRuns(current, one) ?? []),
      ),

    appendTimeline: (entries, recordedAt) => commit((draft) => addEntries(draft, entries, recordedAt)),
    findTimelineEntry: (sequence) => read(({ entries }) => entries[sequence - 1] ?? null),
    listTimeline: ({ cluster, run, incident, limit }) =>
      read(({ entries }) => {
        const led = new Set(entries.flatMap((one) => (one.incident === incident ? (one.includes ?? []) : [])));
        const found = entries
          .filter((entry) => cluster === undefined || entry.cluster === cluster)
          .filter((entry) => run === undefined || entry.run === run)
          .filter((entry) => incident === undefined || entry.incident === incident || led.has(entry.sequence));
        return limit === undefined ? found : found.slice(Math.max(0, found.length - limit));
      }),
    timelineHead: () =>
      read(({ entries }) => {
        const last = entries.at(-1);
        return last === undefined ? null : { sequence: last.sequence, hash: last.hash };
      }),

    addCard: (card) => commit((draft) => plain(addCardTo(draft, card))),
    findCard: (id) => read(({ cards }) => cards.filter((card) => card.id === id).map(plain)[0] ?? null),
    listCards: (subject) => read(({ cards }) => cards.filter((card) => isAbout(card, subject)).map(plain)),
    findCardAt: ({ platform, channel, externalId }) =>
      read(({ cards }) => {
        const found = cards.find(
          (card) =>
            card.externalId === externalId && card.address.platform === platform && card.address.channel === channel,
        );
        return found === undefined ? null : plain(found);
      }),
    dueCards: (now) => read(({ cards }) => cards.filter((card) => isBehind(card) && card.notBefore <= now).map(plain)),
    pendingCards: () => read(({ cards }) => cards.filter(isBehind).length),
    touchCard: (id) =>
      commit((draft) => {
        requireCard(draft, id).revision += 1;
      }),
    recordDelivery: ({ card: id, revision, externalId }) =>
      commit((draft) => {
        const card = requireCard(draft, id);
        card.deliveredRevision = Math.max(card.deliveredRevision, Math.min(revision, card.revision));
        Object.assign(card, { externalId, attempts: 0, notBefore: 0 });
      }),
    recordDeliveryFailure: ({ card: id, notBefore, gone }) =>
      commit((draft) => {
        const card = requireCard(draft, id);
        Object.assign(card, { attempts: card.attempts + 1, notBefore, gone: card.gone || gone });
      }),

    claimDelivery: (id, now) =>
      commit((draft) => {
        draft.deliveries = draft.deliveries.filter(({ at }) => at >= now - DAY_MS);
        if (draft.deliveries.some((one) => one.id === id)) return false;
        draft.deliveries.push({ id, at: now });
        return true;
      }),
    getMeta: (key) => read(({ meta }) => meta[key] ?? null),
    setMeta: (key, value) =>
      commit((draft) => {
        draft.meta[key] = value;
      }),
    close: async () => undefined,
  };
}
