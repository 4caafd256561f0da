/** Every cell of the table of `authorisation-table.ts`, tried through the one way in; and that the table leaves nothing out. */
import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../commands/index.ts';
import { INCIDENT_BUTTONS } from '../../src/app/incident-actions.ts';
import type { PolicyAction } from '../../src/domain/policy.ts';
import { attempt, type Attempt } from './authorisation-world.ts';
import {
  BUTTONS,
  INCIDENT_ROWS,
  GIVEN_UP_BUTTONS,
  expectedOf,
  LINES,
  PEOPLE,
  POLICIES,
  TURNED,
  type PersonName,
  type PolicyName,
  type Row,
} from './authorisation-table.ts';

const people = Object.keys(PEOPLE) as PersonName[];
const policies = Object.keys(POLICIES) as PolicyName[];
const rows: readonly (readonly [string, Row, Attempt['body']])[] = [
  ...Object.entries(LINES).map(([line, row]) => [line, row, { line }] as const),
  ...(Object.keys(BUTTONS) as (keyof typeof BUTTONS)[]).map(
    (button) => [`[${button}]`, BUTTONS[button], { button }] as const,
  ),
  ...GIVEN_UP_BUTTONS.map(
    ([button, words, row]) => [`[${button}] of a member given up, words: ${words}`, row, { button, words }] as const,
  ),
  ...INCIDENT_BUTTONS.map(
    (button) => [`[incident ${button}]`, INCIDENT_ROWS[button], { incidentButton: button }] as const,
  ),
];

/** A refused decision is on record; what is hidden from a person was never their decision. */
const REFUSED_ALOUD = new Set(['n', 'o', 'c', 'w', 'e', 'g']);
const DECISIONS: ReadonlySet<PolicyAction | null> = new Set(['approve', 'break-glass']);

describe.each(policies)('under the policy %s', (policy) => {
  test.each(rows)('%s', async (_name, row, body) => {
    const letters: string[] = [];
    for (const name of people) {
      const done = await attempt({
        options: POLICIES[policy],
        requester: PEOPLE.requester,
        person: PEOPLE[name],
        stage: row.stage,
        body,
      });
      letters.push(done.letter);
      const allowed = done.letter === 'y' || done.letter === 'p';
      if (done.letter === 'y') expect(done.effect, name).toBe(row.effect);
      if (!allowed) expect(done.effect, name).toBe('nothing');
      const aloud = DECISIONS.has(row.asks) && REFUSED_ALOUD.has(done.letter);
      expect(done.refusalsOnRecord, name).toBe(aloud ? 1 : 0);
    }
    expect(letters.join(''), people.join(' ')).toBe(expectedOf(row, policy));
  });
});

describe('the table', () => {
  test('has every command, and none that does not exist', () => {
    const named = new Set(Object.keys(LINES).map((line) => line.split(' ')[0]));
    expect(named).toEqual(new Set(COMMANDS.map(({ name }) => name)));
  });

  test('asks of each command what its definition declares', () => {
    for (const { name, role } of COMMANDS) {
      const asked = Object.entries(LINES).filter(([line]) => line.split(' ')[0] === name);
      expect(
        asked.map(([, { asks }]) => asks),
        name,
      ).toContain(role);
    }
  });

  test('has a letter for every person under every policy', () => {
    for (const [name, row] of rows) {
      for (const policy of policies) expect(expectedOf(row, policy), `${name}, ${policy}`).toHaveLength(people.length);
    }
  });

  test('turns every setting that decides about people, and asks for every kind of right', () => {
    const turned = new Set(Object.values(TURNED).flat());
    expect(new Set([...turned, 'defaults'])).toEqual(new Set(policies));
    expect(new Set(rows.map(([, { asks }]) => asks))).toEqual(
      new Set<PolicyAction | null>(['view', 'operate', 'approve', 'break-glass', null]),
    );
  });
});
