/** Which change may follow which state of an incident, what it leaves in it, and the sentence that each writes down. */
import { describe, expect, test } from 'vitest';
import { requireClusterName, requireIncidentId } from '../../src/domain/ids.ts';
import { applyChange, type Changed, type IncidentChange } from '../../src/domain/incident-machine.ts';
import {
  INCIDENT_STATES,
  incidentEntry,
  isOver,
  isWithinGrace,
  newIncident,
  openedEntry,
  REOPEN_GRACE_MS,
  withLeadUp,
  type Incident,
} from '../../src/domain/incident.ts';

const NOON = { at: 43_200_000, by: 'bob' };

function incident(parts: Partial<Incident> = {}): Incident {
  return {
    ...newIncident({
      id: requireIncidentId('iaaaaaa'),
      cluster: requireClusterName('prod'),
      title: 'no answer',
      severity: 'major',
      origin: 'person',
      place: { platform: 'console', channel: 'here', thread: null },
      opened: { at: 0, by: 'alice' },
    }),
    ...parts,
  };
}

function changed(from: Partial<Incident>, change: IncidentChange): Changed {
  const answer = applyChange(incident(from), change, NOON);
  if (!answer.ok) throw new Error(`refused from ${answer.error.from}`);
  return answer.value;
}

describe('a change of an incident', () => {
  test.each<readonly [IncidentChange, string]>([
    [{ kind: 'acknowledge' }, 'open'],
    [{ kind: 'mitigate', why: null }, 'open, acknowledged'],
    [{ kind: 'resolve', summary: null }, 'open, acknowledged, mitigated'],
    [{ kind: 'reopen', why: null }, 'mitigated, resolved'],
    [{ kind: 'lead', who: 'carol' }, 'open, acknowledged, mitigated'],
  ])('%o may be made of one that is %s', (change, states) => {
    const answers = INCIDENT_STATES.map((state) => [state, applyChange(incident({ state }), change, NOON)] as const);
    expect(answers.flatMap(([state, { ok }]) => (ok ? [state] : [])).join(', ')).toBe(states);
    for (const [state, answer] of answers) {
      if (!answer.ok) expect(answer.error).toEqual({ from: state, change: change.kind });
    }
  });

  test.each<readonly [IncidentChange, Partial<Incident>, string]>([
    [{ kind: 'acknowledge' }, {}, 'incident-acknowledged: Acknowledged iaaaaaa.'],
    [{ kind: 'mitigate', why: null }, {}, 'incident-mitigated: iaaaaaa is mitigated.'],
    [{ kind: 'mitigate', why: 'r1 ended.' }, {}, 'incident-mitigated: iaaaaaa is mitigated: r1 ended.'],
    [{ kind: 'resolve', summary: null }, {}, 'incident-resolved: iaaaaaa is resolved.'],
    [{ kind: 'resolve', summary: 'a cable' }, {}, 'incident-resolved: iaaaaaa is resolved: a cable'],
    [{ kind: 'reopen', why: null }, { state: 'resolved' }, 'incident-reopened: Opened iaaaaaa again.'],
    [
      { kind: 'reopen', why: 'it is back' },
      { state: 'resolved' },
      'incident-reopened: Opened iaaaaaa again: it is back',
    ],
    [{ kind: 'lead', who: 'carol' }, {}, 'incident-lead: carol leads iaaaaaa.'],
  ])('%o writes one sentence', (change, from, expected) => {
    const { entry } = changed(from, change);
    expect(`${entry.kind}: ${entry.text}`).toBe(expected);
    expect(entry).toMatchObject({ happenedAt: NOON.at, actor: 'bob', cluster: 'prod', incident: 'iaaaaaa', run: null });
  });

  test.each<readonly [IncidentChange, Partial<Incident>, Partial<Incident>]>([
    [{ kind: 'acknowledge' }, {}, { state: 'acknowledged', acknowledged: NOON, lead: 'bob' }],
    [{ kind: 'mitigate', why: 'x' }, { state: 'open' }, { state: 'mitigated', mitigated: NOON, lead: null }],
    [{ kind: 'resolve', summary: 'a cable' }, {}, { state: 'resolved', resolved: NOON, summary: 'a cable' }],
    [{ kind: 'resolve', summary: null }, { summary: 'earlier' }, { resolved: NOON, summary: 'earlier' }],
    [{ kind: 'resolve', summary: 'later' }, { summary: 'earlier' }, { summary: 'later' }],
    [
      { kind: 'reopen', why: null },
      { state: 'resolved', acknowledged: NOON, mitigated: NOON, resolved: NOON, reopens: 1, lead: 'carol' },
      { state: 'open', acknowledged: null, mitigated: null, resolved: null, reopens: 2, lead: 'carol' },
    ],
    [{ kind: 'lead', who: 'carol' }, { state: 'mitigated' }, { state: 'mitigated', lead: 'carol' }],
  ])('%o leaves in the incident what it should', (change, from, expected) => {
    expect(changed(from, change).incident).toMatchObject(expected);
  });
});

describe('an incident', () => {
  test('begins open, led by nobody, with nothing done', () => {
    expect(incident()).toEqual({
      id: 'iaaaaaa',
      cluster: 'prod',
      title: 'no answer',
      severity: 'major',
      origin: 'person',
      place: { platform: 'console', channel: 'here', thread: null },
      opened: { at: 0, by: 'alice' },
      state: 'open',
      lead: null,
      acknowledged: null,
      mitigated: null,
      resolved: null,
      reopens: 0,
      summary: null,
      runs: [],
    });
  });

  test('is over when it is resolved, and not before', () => {
    expect(INCIDENT_STATES.filter((state) => isOver({ state }))).toEqual(['resolved']);
  });

  test('is opened again within half an hour of its end', () => {
    const over = incident({ state: 'resolved', resolved: NOON });
    const minutes = [0, 29, 30, 31].map((after) => isWithinGrace(over, NOON.at + after * 60_000, REOPEN_GRACE_MS));
    expect(minutes).toEqual([true, true, true, false]);
  });
});

describe('the entries of its life', () => {
  test('name it, its cluster, the moment and who did it', () => {
    expect(incidentEntry(incident(), 'note', NOON, 'A word.')).toEqual({
      happenedAt: NOON.at,
      kind: 'note',
      cluster: 'prod',
      run: null,
      incident: 'iaaaaaa',
      member: null,
      actor: 'bob',
      text: 'A word.',
      evidence: null,
    });
  });

  test('the first says how bad it is and what, and takes in what led to it', () => {
    const entry = openedEntry(incident(), [4, 7]);
    expect(entry).toMatchObject({
      kind: 'incident-opened',
      happenedAt: 0,
      actor: 'alice',
      text: 'Opened iaaaaaa (major): no answer',
      includes: [4, 7],
    });
  });

  test('nothing that led to it is no list at all', () => {
    expect(Object.keys(openedEntry(incident(), []))).not.toContain('includes');
    const plain = incidentEntry(incident(), 'note', NOON, 'x');
    expect(withLeadUp(plain, [])).toBe(plain);
    expect(withLeadUp(plain, [3])).toEqual({ ...plain, includes: [3] });
  });
});
