/**
 * The status card: how a cluster stands, in one look. Owns the card and its `data`; the explanation is a view of its own. Facts
 * that are not known read `?` here and are null in the data.
 */
import type { StatusData } from '../../domain/data.ts';
import type { Diagnosis, MemberAssessment } from '../../domain/diagnose/types.ts';
import type { Severity } from '../../domain/finding.ts';
import type { TimelineEntry } from '../../domain/timeline.ts';
import { orderTimeline } from '../../domain/timeline-order.ts';
import type { History } from '../../domain/watch/history.ts';
import { heading, message, nextCommand, note, strong, table, text, time } from '../build.ts';
import type { Block, Message, Tone } from '../message.ts';
import {
  DAEMON_SIGN,
  describeDuration,
  isoTime,
  listOf,
  orUnknown,
  plural,
  SEVERITY_SIGN,
  shortTime,
} from '../words.ts';
import { historyBlocks } from './history.ts';
import { commandsAfterStatus } from './next.ts';

export interface StatusView {
  readonly cluster: string;
  readonly description: string | null;
  readonly diagnosis: Diagnosis;
  /** When the probe ended, ms. */
  readonly at: number;
  readonly tookMs: number;
  /** What the timeline holds of the asked span, or null when none was asked for. */
  readonly since: {
    readonly ms: number;
    readonly entries: readonly TimelineEntry[];
    readonly history: History;
  } | null;
}

export function statusData(cluster: string, diagnosis: Diagnosis): StatusData {
  const { rows } = diagnosis;
  return {
    kind: 'status',
    cluster,
    findings: diagnosis.findings.map(({ kind, severity, members, title }) => ({ kind, severity, members, title })),
    rows: rows === null ? null : { source: rows.source, member: rows.member, at: isoTime(rows.at) },
    members: diagnosis.members.map(memberData),
  };
}

function memberData(member: MemberAssessment): StatusData['members'][number] {
  const { row, installed } = member;
  return {
    name: member.member,
    reachable: member.reachable,
    version: member.version,
    revision: member.revision,
    extensions: installed?.extensions ?? null,
    schema: installed?.schema ?? null,
    row: row === null ? null : { schema: row.schema, apiExtensions: row.apiExtensions },
    daemon: member.phase,
    instances: member.instances,
  };
}

export function statusMessage(view: StatusView): Message {
  const { cluster, diagnosis } = view;
  const title = `${cluster}: ${describeHealth(diagnosis)}`;
  return message(title, toneOf(diagnosis), [
    heading(title),
    ...(view.description === null ? [] : [note(view.description)]),
    ...diagnosis.findings.map(findingLine),
    ...membersTable(diagnosis),
    ...legend(diagnosis),
    ...sinceBlocks(view),
    rowsNote(view),
    nextCommand(...commandsAfterStatus(cluster, diagnosis.findings)),
  ]);
}

/** While members are being asked: one line, and no data, since nothing is known yet. */
export function askingMessage(
  cluster: string,
  members: readonly { readonly name: string; readonly answered: boolean | null }[],
): Message {
  const named = (answered: boolean | null): string =>
    listOf(members.filter((each) => each.answered === answered).map(({ name }) => name));
  const said = [
    named(true) === '' ? '' : `${named(true)} answered`,
    named(false) === '' ? '' : `${named(false)} did not`,
    named(null) === '' ? '' : `waiting for ${named(null)}`,
  ].filter((words) => words !== '');
  return message(`${cluster}: asking ${plural(members.length, 'member')}… ${said.join(', ')}`, 'neutral', []);
}

/** What such a card says once the answer stands elsewhere. */
export function askedMessage(cluster: string): Message {
  return message(`${cluster}: the members were asked; what came of it is the next card.`, 'neutral', []);
}

function describeHealth(diagnosis: Diagnosis): string {
  const first = diagnosis.findings[0];
  if (first === undefined || first.kind === 'in-step') return 'in step';
  const count = (severity: Severity): number =>
    diagnosis.findings.filter((finding) => finding.severity === severity).length;
  const shown = (['critical', 'warning', 'info'] as const)
    .filter((severity) => count(severity) > 0)
    .map((severity) => countOf(count(severity), severity));
  const head =
    first.severity === 'critical' ? 'needs attention' : first.severity === 'warning' ? 'works, with warnings' : 'fine';
  return `${head} (${shown.join(', ')})`;
}

function countOf(count: number, severity: Severity): string {
  if (severity === 'critical') return `${count} critical`;
  return plural(count, severity === 'info' ? 'note' : 'warning');
}

export function toneOf(diagnosis: Diagnosis): Tone {
  const worst = diagnosis.findings[0]?.severity ?? 'info';
  return worst === 'critical' ? 'danger' : worst === 'warning' ? 'warning' : 'good';
}

function findingLine(finding: Diagnosis['findings'][number]): Block {
  return text(`${SEVERITY_SIGN[finding.severity]} `, strong(finding.title));
}

interface Column {
  readonly name: string;
  readonly of: (member: MemberAssessment) => string;
}

const ALWAYS: readonly Column[] = [
  { name: 'member', of: ({ member }) => member },
  { name: 'daemon', of: ({ phase, reachable }) => (reachable ? DAEMON_SIGN[phase] : '? no answer') },
  { name: 'extensions', of: extensionsCell },
  { name: 'recorded', of: recordedCell },
];

/** Said once below the table where all members have the same. */
const OFTEN_THE_SAME: readonly Column[] = [
  { name: 'version', of: ({ version }) => orUnknown(version) },
  { name: 'rev', of: ({ revision }) => orUnknown(revision) },
  { name: 'schema', of: ({ installed }) => orUnknown(installed?.schema ?? null) },
  { name: 'instances', of: ({ instances }) => orUnknown(instances) },
];

function membersTable({ members }: Diagnosis): readonly Block[] {
  const answered = members.filter(({ reachable }) => reachable);
  const isSame = ({ of }: Column): boolean => answered.length > 1 && new Set(answered.map(of)).size === 1;
  const columns = [...ALWAYS, ...OFTEN_THE_SAME.filter((column) => !isSame(column))];
  const [first] = answered;
  const same = first === undefined ? [] : OFTEN_THE_SAME.filter(isSame).map(({ name, of }) => `${name} ${of(first)}`);
  return [
    table(
      columns.map(({ name }) => name),
      members.map((member) => columns.map(({ of }) => of(member))),
    ),
    ...(same.length === 0
      ? []
      : [
          note(
            `The same on every member${answered.length < members.length ? ' that answered' : ''}: ${same.join(', ')}.`,
          ),
        ]),
  ];
}

/** An assumed number is marked: it stands in the release table, nobody read it on the member. */
function extensionsCell(member: MemberAssessment): string {
  if (member.installed === null) return '?';
  return `${member.installed.extensions}${member.installed.source === 'table' ? ' (assumed)' : ''}`;
}

function recordedCell(member: MemberAssessment): string {
  if (member.row === null) return '?';
  const differs = member.installed !== null && member.installed.extensions !== member.row.apiExtensions;
  return `${member.row.apiExtensions}${differs ? ' ≠' : ''}`;
}

function legend(diagnosis: Diagnosis): readonly Block[] {
  const differs = diagnosis.members.some((member) => recordedCell(member).endsWith('≠'));
  if (!differs) return [];
  return [
    note(
      '“extensions” is what the installed LXD knows; “recorded” is what the cluster database has written down for that member. ' +
        'A member marked ≠ has two different numbers, and LXD compares them at every start.',
    ),
  ];
}

/** Of the asked span; the timeline has them all. */
const MOST_ENTRIES = 30;
const LONGEST_ENTRY = 160;

function sinceBlocks(view: StatusView): readonly Block[] {
  if (view.since === null) return [];
  const { ms, entries, history } = view.since;
  return [
    text(`In the last ${describeDuration(ms)}:`),
    ...historyBlocks(history),
    ...entryBlocks(view.cluster, entries),
  ];
}

/** By when they happened. Who changed revision stands above already. */
function entryBlocks(cluster: string, entries: readonly TimelineEntry[]): readonly Block[] {
  const listed = orderTimeline(entries).filter(({ entry }) => entry.kind !== 'revision-changed');
  if (listed.length === 0) return [note('Nothing else was recorded.')];
  const left = listed.length - MOST_ENTRIES;
  return [
    table(
      ['when', 'what'],
      listed.slice(-MOST_ENTRIES).map(({ entry }) => [shortTime(entry.happenedAt), cut(entry.text)]),
    ),
    ...(left > 0
      ? [note(`${left} earlier ${left === 1 ? 'entry' : 'entries'} left out: /lxd timeline ${cluster}`)]
      : []),
  ];
}

/** The timeline has the whole of it. */
function cut(words: string): string {
  return words.length > LONGEST_ENTRY ? `${words.slice(0, LONGEST_ENTRY - 1).toWellFormed()}…` : words;
}

function rowsNote(view: StatusView): Block {
  const { rows } = view.diagnosis;
  const took = `Read at `;
  const tail = `, in ${describeDuration(view.tookMs)}. `;
  if (rows === null) return note(took, time(view.at), tail, 'No member could give the cluster’s own records.');
  if (rows.source === 'live')
    return note(took, time(view.at), tail, `Records from the live database, through ${rows.member}.`);
  return note(
    took,
    time(view.at),
    tail,
    `Records from a copy on the disk of ${rows.member}, written `,
    time(rows.at),
    `: nobody could be asked.`,
  );
}
