/**
 * The port's methods over one connection: each is one transaction, and after a commit that appended to the timeline the head is
 * noted beside the database. Owns this pairing and the two small tables `delivery` and `meta`.
 */
import type { Store } from '../../ports/store.ts';
import { bumpCard, countBehind, findCardAtMessage, findCardRow, insertCard, listCardsOf, listDue } from './cards.ts';
import { settleDelivery, settleFailure } from './cards.ts';
import type { Connection } from './connection.ts';
import { decideRun } from './decide.ts';
import type { HeadFile } from './head-file.ts';
import { alter, findIncidentRow, findOpen, listIncidentRows, openOrJoin } from './incidents.ts';
import { findRunRow } from './run-rows.ts';
import { changeRunState, draft, expire, findActionRow, findActive, listRuns, markAbort } from './runs.ts';
import { intend, settle } from './steps.ts';
import { type ChainHead, findEntry, findHead, insertEntries, listEntries } from './timeline.ts';

const DAY_MS = 86_400_000;

export function storeOver(connection: Connection, headFile: HeadFile): Omit<Store, 'close'> {
  const { read, commit } = inPromises(connection);
  /** `headOf`: from what the work gave, without asking again. */
  const appending = <T>(work: () => T, headOf?: (value: T) => ChainHead | null): Promise<T> => {
    let head: ChainHead | null = null;
    const workAndHead = (): T => {
      const value = work();
      // Read inside the transaction, where no lock has to be taken for it.
      head = headOf === undefined ? findHead(connection) : headOf(value);
      return value;
    };
    return commit(workAndHead, () => {
      if (head !== null) headFile.write(head);
    });
  };
  return {
    draftRun: (input) => appending(() => draft(connection, input)),
    findRun: (id) => read(() => findRunRow(connection, id)),
    listRuns: (query) => read(() => listRuns(connection, query)),
    findActiveRun: (cluster) => read(() => findActive(connection, cluster)),
    decide: (input) => appending(() => decideRun(connection, input)),
    expireRuns: (now) => appending(() => expire(connection, now)),
    changeState: (change) => appending(() => changeRunState(connection, change)),
    recordIntent: (change) => appending(() => intend(connection, change)),
    recordOutcome: (change) => appending(() => settle(connection, change)),
    requestAbort: (input) => appending(() => markAbort(connection, input)),
    findAction: (tokenHash) => read(() => findActionRow(connection, tokenHash)),

    openIncident: (open) => appending(() => openOrJoin(connection, open)),
    changeIncident: (input) => appending(() => alter(connection, input)),
    findIncident: (id) => read(() => findIncidentRow(connection, id)),
    findOpenIncident: (cluster) => read(() => findOpen(connection, cluster)),
    listIncidents: (query) => read(() => listIncidentRows(connection, query)),

    appendTimeline: (entries, recordedAt) =>
      appending(
        () => insertEntries(connection, entries, recordedAt),
        (added) => added.at(-1) ?? null,
      ),
    findTimelineEntry: (sequence) => read(() => findEntry(connection, sequence)),
    listTimeline: (query) => read(() => listEntries(connection, query)),
    timelineHead: () => read(() => findHead(connection)),

    addCard: (card) => commit(() => insertCard(connection, card)),
    findCard: (id) => read(() => findCardRow(connection, id)),
    listCards: (subject) => read(() => listCardsOf(connection, subject)),
    findCardAt: (place) => read(() => findCardAtMessage(connection, place)),
    dueCards: (now) => read(() => listDue(connection, now)),
    pendingCards: () => read(() => countBehind(connection)),
    touchCard: (id) => commit(() => bumpCard(connection, id)),
    recordDelivery: (input) => commit(() => settleDelivery(connection, input)),
    recordDeliveryFailure: (input) => commit(() => settleFailure(connection, input)),

    claimDelivery: (id, now) => commit(() => claim(connection, id, now)),
    getMeta: (key) => read(() => findMeta(connection, key)),
    setMeta: (key, value) => commit(() => writeMeta(connection, key, value)),
  };
}

/** A throw becomes a rejection, never an exception at the call. */
function inPromises(connection: Connection) {
  return {
    read: async <T>(work: () => T): Promise<T> => connection.read(work),
    commit: async <T>(work: () => T, after: () => void = () => {}): Promise<T> => {
      const value = connection.commit(work);
      after();
      return value;
    },
  };
}

function claim(connection: Connection, id: string, now: number): boolean {
  connection.run('DELETE FROM delivery WHERE at < ?', now - DAY_MS);
  return connection.run('INSERT INTO delivery (id, at) VALUES (?, ?) ON CONFLICT (id) DO NOTHING', id, now) === 1;
}

function findMeta(connection: Connection, key: string): string | null {
  return connection.select<{ value: string }>('SELECT value FROM meta WHERE key = ?').get(key)?.value ?? null;
}

function writeMeta(connection: Connection, key: string, value: string): void {
  const sql = 'INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value';
  connection.run(sql, key, value);
}
