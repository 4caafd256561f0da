/** The members of a cluster: names, hosts, ports, and that none of them stands twice. */
import type { Member } from '../domain/cluster.ts';
import { NAME_PATTERN, requireMemberName } from '../domain/ids.ts';
import { checked } from './checked.ts';
import { parseHost } from './values.ts';
import { report, type Reading } from './yaml-document.ts';
import { type Field, readFields, readInteger, readList, readText } from './yaml-fields.ts';

const SHAPE = { required: ['name', 'host'], optional: ['port'] };

export function readMembers(reading: Reading, field: Field): readonly Member[] {
  const items = readList(reading, field);
  if (items === null) return [];
  if (items.length === 0) {
    report(reading, field.line, field.where, 'A cluster has at least one member.', 'Add - {name: m1, host: 10.0.0.1}.');
  }
  const seen = new Map<string, number>();
  const members: Member[] = [];
  for (const item of items) {
    const member = readMember(reading, item);
    if (member === null) continue;
    refuseSecond(reading, item, seen, `name ${member.name}`);
    refuseSecond(reading, item, seen, `host ${member.host.toLowerCase().replace(/\.$/, '')}, port ${member.port}`);
    members.push(member);
  }
  return members;
}

function readMember(reading: Reading, item: Field): Member | null {
  const fields = readFields(reading, item, SHAPE);
  if (fields === null) return null;
  const name = readName(reading, fields.get('name'));
  const host = checked(reading, fields.get('host'), parseHost);
  const portField = fields.get('port');
  const port = portField === undefined ? 22 : readInteger(reading, portField, { least: 1, most: 65_535 });
  return name === null || host === null || port === null ? null : { name, host, port };
}

function readName(reading: Reading, field: Field | undefined): Member['name'] | null {
  const text = field === undefined ? null : readText(reading, field);
  if (field === undefined || text === null) return null;
  if (NAME_PATTERN.test(text)) return requireMemberName(text);
  const problem = `${JSON.stringify(text)} is not the name of a member.`;
  report(
    reading,
    field.line,
    field.where,
    problem,
    'Write it as lxc cluster list shows it: letters, digits, dots, dashes.',
  );
  return null;
}

function refuseSecond(reading: Reading, item: Field, seen: Map<string, number>, what: string): void {
  const before = seen.get(what);
  if (before === undefined) {
    seen.set(what, item.line);
    return;
  }
  const text = `The ${what} stands on line ${before} already.`;
  report(
    reading,
    item.line,
    item.where,
    text,
    'Each member has a name and an address of its own: correct one of the two.',
  );
}
