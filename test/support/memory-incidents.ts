/** Incidents of the store in memory: the same rules as the contract's, on plain values. */
import type { IncidentId } from '../../src/domain/ids.ts';
import { applyChange } from '../../src/domain/incident-machine.ts';
import { isWithinGrace, newIncident, openedEntry, withLeadUp, type Incident } from '../../src/domain/incident.ts';
import { leadUpTo, type Because } from '../../src/domain/lead-up.ts';
import type { IncidentChanged, NewCard, OpenedIncident, OpenIncident, Store } from '../../src/ports/store.ts';
import { addCardTo, addEntries, type MemoryState, type StoredCard } from './memory-state.ts';

export function withRuns({ runs }: MemoryState, incident: Incident | undefined): Incident | null {
  if (incident === undefined) return null;
  return { ...incident, runs: runs.filter((run) => run.incident === incident.id).map(({ id }) => id) };
}

export function openIn(draft: MemoryState, open: OpenIncident): OpenedIncident {
  const opened = openRow(draft, open);
  for (const card of [open.card, ...(open.mirrors ?? [])]) {
    if (card === null || findCardIn(draft, opened.incident.id, card.address) !== undefined) continue;
    addCardTo(draft, { ...card, subject: { kind: 'incident', incident: opened.incident.id }, parent: null });
  }
  return opened;
}

function openRow(draft: MemoryState, { incident: wanted, graceMs, because }: OpenIncident): OpenedIncident {
  const ofCluster = draft.incidents.filter(({ cluster }) => cluster === wanted.cluster);
  const present = withRuns(
    draft,
    ofCluster.find(({ state }) => state !== 'resolved'),
  );
  if (present !== null) return { kind: 'joined', incident: present };
  const last = ofCluster.toSorted((a, b) => (a.resolved?.at ?? 0) - (b.resolved?.at ?? 0)).at(-1);
  if (last !== undefined && isWithinGrace(last, wanted.opened.at, graceMs)) {
    const change = { kind: 'reopen', why: wanted.title } as const;
    return {
      kind: 'reopened',
      incident: alterIn(draft, { incident: last.id, change, moment: wanted.opened }, because).incident,
    };
  }
  const made = newIncident({ ...wanted, title: wanted.title.toWellFormed() });
  draft.incidents.push(made);
  const led = leadUpIn(draft, made, { at: made.opened.at, because: because ?? null });
  addEntries(draft, [openedEntry(newIncident(wanted), led)], made.opened.at);
  return { kind: 'opened', incident: made };
}

function leadUpIn(
  { entries }: MemoryState,
  { id, cluster }: Pick<Incident, 'id' | 'cluster'>,
  opening: { readonly at: number; readonly because: Because | null },
): readonly number[] {
  const known = entries.filter((entry) => entry.cluster === cluster);
  return leadUpTo(known, { incident: id, ...opening });
}

export function alterIn(
  draft: MemoryState,
  input: Parameters<Store['changeIncident']>[0],
  because: Because | null = null,
): IncidentChanged {
  const before = withRuns(
    draft,
    draft.incidents.find(({ id }) => id === input.incident),
  );
  if (before === null) throw new Error(`no incident ${input.incident} in the store`);
  const changed = applyChange(before, input.change, input.moment);
  if (!changed.ok) return { kind: 'refused', incident: before };
  const holder = draft.incidents.find((one) => one.cluster === before.cluster && one.state !== 'resolved');
  if (holder !== undefined && holder.id !== before.id) {
    return { kind: 'held', incident: before, holder: withRuns(draft, holder) ?? holder };
  }
  const { incident, entry } = changed.value;
  draft.incidents = draft.incidents.map((one) => (one.id === incident.id ? incident : one));
  const led = input.change.kind === 'reopen' ? leadUpIn(draft, before, { at: input.moment.at, because }) : [];
  addEntries(draft, [withLeadUp(entry, led)], input.moment.at);
  bumpIncidentCards(draft, incident.id);
  return { kind: 'changed', incident };
}

export function bumpIncidentCards({ cards }: MemoryState, incident: IncidentId): void {
  for (const card of cards) {
    if (card.subject.kind === 'incident' && card.subject.incident === incident) card.revision += 1;
  }
}

export function underIncidentIn(draft: MemoryState, incident: IncidentId, card: NewCard): NewCard {
  if (card.parent !== null || card.address.user !== null) return card;
  const parent = findCardIn(draft, incident, card.address);
  return parent === undefined ? card : { ...card, parent: parent.id };
}

function findCardIn(
  { cards }: MemoryState,
  incident: IncidentId,
  { platform, channel }: NewCard['address'],
): StoredCard | undefined {
  return cards.find(
    ({ subject, address }) =>
      subject.kind === 'incident' &&
      subject.incident === incident &&
      address.platform === platform &&
      address.channel === channel &&
      address.user === null,
  );
}
