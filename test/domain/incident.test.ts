import fc from 'fast-check';
import { expect, test } from 'vitest';
import { requireClusterName, requireIncidentId } from '../../src/domain/ids.ts';
import { applyChange, INCIDENT_CHANGES, type IncidentChange } from '../../src/domain/incident-machine.ts';
import { isWithinGrace, newIncident, type Incident } from '../../src/domain/incident.ts';

const NEW = newIncident({
  id: requireIncidentId('iaaaaaa'),
  cluster: requireClusterName('prod'),
  title: 'no answer',
  severity: 'major',
  origin: 'person',
  place: { platform: 'console', channel: 'here', thread: null },
  opened: { at: 0, by: 'alice' },
});

const CHANGE: fc.Arbitrary<IncidentChange> = fc.oneof(
  fc.constant({ kind: 'acknowledge' } as const),
  fc.record({ kind: fc.constant('mitigate' as const), why: fc.option(fc.string()) }),
  fc.record({ kind: fc.constant('resolve' as const), summary: fc.option(fc.string()) }),
  fc.record({ kind: fc.constant('reopen' as const), why: fc.option(fc.string()) }),
  fc.record({ kind: fc.constant('lead' as const), who: fc.string() }),
);

/** What must hold of an incident in any state that it can come to. */
function isSound({ state, acknowledged, mitigated, resolved }: Incident): boolean {
  if (state === 'open') return acknowledged === null && mitigated === null && resolved === null;
  if (state === 'acknowledged') return acknowledged !== null && mitigated === null && resolved === null;
  if (state === 'mitigated') return mitigated !== null && resolved === null;
  return resolved !== null;
}

test('whatever people do, in whatever order, an incident stays sound, and each change that counts leaves one entry', () => {
  fc.assert(
    fc.property(fc.array(CHANGE, { maxLength: 20 }), (changes) => {
      let incident: Incident = NEW;
      for (const [index, change] of changes.entries()) {
        const moment = { at: index + 1, by: 'bob' };
        const changed = applyChange(incident, change, moment);
        expect(changed.ok).toBe(INCIDENT_CHANGES[change.kind].includes(incident.state));
        if (!changed.ok) continue;
        expect(changed.value.entry).toMatchObject({ incident: NEW.id, happenedAt: index + 1, actor: 'bob' });
        expect(changed.value.incident).toMatchObject({ id: NEW.id, opened: NEW.opened, title: NEW.title });
        expect(changed.value.incident.reopens - incident.reopens).toBe(change.kind === 'reopen' ? 1 : 0);
        incident = changed.value.incident;
        expect(isSound(incident)).toBe(true);
      }
    }),
  );
});

test('who acknowledges leads, unless somebody does', () => {
  const led = applyChange(NEW, { kind: 'lead', who: 'carol' }, { at: 1, by: 'bob' });
  if (!led.ok) throw new Error('refused');
  for (const [incident, lead] of [
    [NEW, 'bob'],
    [led.value.incident, 'carol'],
  ] as const) {
    expect(applyChange(incident, { kind: 'acknowledge' }, { at: 2, by: 'bob' })).toMatchObject({
      value: { incident: { lead } },
    });
  }
});

test('the grace time counts from the end, to its last moment', () => {
  const over = { ...NEW, resolved: { at: 100, by: 'bob' } };
  expect([isWithinGrace(over, 110, 10), isWithinGrace(over, 111, 10), isWithinGrace(NEW, 0, 10)]).toEqual([
    true,
    false,
    false,
  ]);
});
