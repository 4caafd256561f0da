/** The section `people`: which identities are one human, so that nobody approves their own plan from another platform. */
import { err, ok, type Result } from '../domain/result.ts';
import { checkedList } from './checked.ts';
import { type BadValue, parsePrincipal } from './values.ts';
import { report, type Reading } from './yaml-document.ts';
import { type Field, readAnyFields } from './yaml-fields.ts';

export function readPeople(reading: Reading, field: Field | undefined): readonly (readonly string[])[] {
  const entries = field === undefined ? null : readAnyFields(reading, field);
  const owners = new Map<string, string>();
  return [...(entries ?? [])].map(([name, entry]) => {
    const principals = checkedList(reading, entry, parseIdentity);
    for (const principal of principals) {
      const owner = owners.get(principal);
      if (owner !== undefined) {
        const text = `${principal} belongs to ${JSON.stringify(owner)} already.`;
        report(reading, entry.line, entry.where, text, 'Name each identity once.');
      }
      owners.set(principal, name);
    }
    return principals;
  });
}

/** One person's own id: a group or everybody is nobody in particular. */
function parseIdentity(text: string): Result<string, BadValue> {
  const parsed = parsePrincipal(text);
  if (!parsed.ok || !/^\*$|^slack:group:|^discord:role:/.test(text)) return parsed.ok ? ok(text) : parsed;
  const next = 'Write slack:U…, discord:ID or console:NAME.';
  return err({ text: `${JSON.stringify(text)} is not one person.`, next });
}
