/** Who may do what, and when: the sections `roles`, `approvals`, `changeWindow`, `watch`, with their defaults. */
import type { ApprovalPolicy, BackupPolicy, ChangeWindow, Roles, Weekday } from '../domain/cluster.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { checked, checkedList } from './checked.ts';
import { type BadValue, parseDuration, parsePrincipal, parseTimeOfDay, parseTimeZone } from './values.ts';
import { report, warn, type Reading } from './yaml-document.ts';
import { type Field, readBoolean, readFields, readInteger } from './yaml-fields.ts';

const WEEKDAYS: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const READ_ONLY: Roles = { viewers: ['*'], operators: [], approvers: [] };

const DEFAULT_APPROVALS: ApprovalPolicy = {
  required: 1,
  allowRequester: false,
  expiresMs: 900_000,
  console: true,
  breakGlass: [],
};

const DEFAULT_BACKUPS: BackupPolicy = { keep: 5, olderThanMs: 30 * 86_400_000 };

/** Without roles everybody may look and nobody may change. A role that is left out names nobody, `viewers` everybody. */
export function readRoles(reading: Reading, field: Field | undefined): Roles {
  const fields =
    field === undefined ? null : readFields(reading, field, { required: [], optional: Object.keys(READ_ONLY) });
  if (fields === null) return READ_ONLY;
  for (const name of ['operators', 'approvers']) warnOfEverybody(reading, fields.get(name));
  return {
    viewers: fields.has('viewers') ? checkedList(reading, fields.get('viewers'), parsePrincipal) : READ_ONLY.viewers,
    operators: checkedList(reading, fields.get('operators'), parsePrincipal),
    approvers: checkedList(reading, fields.get('approvers'), parsePrincipal),
  };
}

function warnOfEverybody(reading: Reading, field: Field | undefined): void {
  if (field === undefined || !checkedList({ ...reading, problems: [] }, field, parsePrincipal).includes('*')) return;
  const next = 'Name people, groups or roles instead.';
  warn(reading, field.line, field.where, '"*" lets everybody who can write to the bot change this cluster.', next);
}

export function readApprovals(reading: Reading, field: Field | undefined, roles: Roles): ApprovalPolicy {
  const shape = { required: [], optional: ['required', 'allowRequester', 'expires', 'console', 'breakGlass'] };
  const fields = field === undefined ? null : readFields(reading, field, shape);
  if (fields === null) return DEFAULT_APPROVALS;
  const flag = (name: 'allowRequester' | 'console'): boolean => {
    const value = fields.get(name);
    return value === undefined ? DEFAULT_APPROVALS[name] : (readBoolean(reading, value) ?? DEFAULT_APPROVALS[name]);
  };
  return {
    required: readRequired(reading, fields.get('required'), roles),
    allowRequester: flag('allowRequester'),
    expiresMs: checked(reading, fields.get('expires'), parseExpiry) ?? DEFAULT_APPROVALS.expiresMs,
    console: flag('console'),
    breakGlass: checkedList(reading, fields.get('breakGlass'), parsePrincipal),
  };
}

function parseExpiry(text: string): Result<number, BadValue> {
  return parseDuration(text, { least: '1m', most: '7d' });
}

/** People who are named one by one can be counted; a group or a role can't. */
function readRequired(reading: Reading, field: Field | undefined, roles: Roles): number {
  const value = field === undefined ? null : readInteger(reading, field, { least: 1, most: 10 });
  if (field === undefined || value === null) return DEFAULT_APPROVALS.required;
  const people = new Set(roles.approvers);
  const countable = roles.approvers.every((name) => name !== '*' && !/^(?:slack:group|discord:role):/.test(name));
  if (countable && people.size > 0 && people.size < value) {
    const text = `${value} approvals are required, but only ${people.size} approver${people.size === 1 ? ' is' : 's are'} named.`;
    report(reading, field.line, field.where, text, 'Name more people under roles.approvers, or require fewer.');
  }
  return value;
}

export function readChangeWindow(reading: Reading, field: Field | undefined): ChangeWindow | null {
  const shape = { required: ['from', 'to'], optional: ['days', 'timezone'] };
  const fields = field === undefined ? null : readFields(reading, field, shape);
  if (field === undefined || fields === null) return null;
  const days = fields.has('days') ? checkedList(reading, fields.get('days'), parseWeekday) : WEEKDAYS;
  const from = checked(reading, fields.get('from'), parseTimeOfDay);
  const to = checked(reading, fields.get('to'), parseTimeOfDay);
  const timezone = fields.has('timezone') ? checked(reading, fields.get('timezone'), parseTimeZone) : 'UTC';
  if (days.length === 0) {
    report(
      reading,
      field.line,
      field.where,
      'No day is left to change anything.',
      'Write days: [mon, tue], or leave days out.',
    );
  }
  return from === null || to === null || timezone === null ? null : { days, from, to, timezone };
}

function parseWeekday(text: string): Result<Weekday, BadValue> {
  const day = WEEKDAYS.find((name) => name === text.toLowerCase());
  if (day !== undefined) return ok(day);
  return err({ text: `${JSON.stringify(text)} is not a day.`, next: `Write ${WEEKDAYS.join(', ')}.` });
}

/** How long back-ups stay on the members. What is left out has its default. */
export function readBackups(reading: Reading, field: Field | undefined): BackupPolicy {
  const fields =
    field === undefined ? null : readFields(reading, field, { required: [], optional: ['keep', 'olderThan'] });
  if (fields === null) return DEFAULT_BACKUPS;
  const keep = fields.get('keep');
  const olderThan = checked(reading, fields.get('olderThan'), (text) =>
    parseDuration(text, { least: '1d', most: '3650d' }),
  );
  return {
    keep: (keep === undefined ? null : readInteger(reading, keep, { least: 1, most: 1000 })) ?? DEFAULT_BACKUPS.keep,
    olderThanMs: olderThan ?? DEFAULT_BACKUPS.olderThanMs,
  };
}

/** Period of the background watch in ms, or null. */
export function readWatch(reading: Reading, field: Field | undefined): number | null {
  const fields = field === undefined ? null : readFields(reading, field, { required: ['every'], optional: [] });
  if (fields === null) return null;
  return checked(reading, fields.get('every'), (text) => parseDuration(text, { least: '10s', most: '1d' }));
}
