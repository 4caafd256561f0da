/**
 * The JSON export's schema (JSON Schema 2020-12), documented field by field: what programs may rely on. A test holds every export
 * against it. A change that takes a field away, or gives it another meaning, raises `version`.
 */
import { FINDING_KINDS } from '../domain/finding.ts';
import { INCIDENT_ORIGINS, INCIDENT_SEVERITIES, INCIDENT_STATES } from '../domain/incident.ts';
import { STRATEGIES } from '../domain/plan.ts';
import { RUN_STATES, STEP_STATES } from '../domain/run.ts';
import { MEMBER_STATES, TIMELINE_KINDS } from '../domain/timeline.ts';

export const REPORT_FORMAT = 'lockstep-timeline';

type Schema = Readonly<Record<string, unknown>>;

const TEXT: Schema = { type: 'string' };
const TIME: Schema = { type: 'string', pattern: '^-?\\d{4,6}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$' };
const COUNT: Schema = { type: 'integer', minimum: 0 };
const NUMBER: Schema = { type: 'integer', minimum: 1 };
const HASH: Schema = { type: 'string', pattern: '^[0-9a-f]{64}$' };
const RUN_ID: Schema = { type: 'string', pattern: '^r[0-9a-z]{6}$' };
const INCIDENT_ID: Schema = { type: 'string', pattern: '^i[0-9a-z]{6}$' };

const MOMENT = closed({
  at: described(TIME, 'When it was done.'),
  by: described(TEXT, 'Who did it, as described then.'),
});

const ENTRY = closed(
  {
    sequence: described(NUMBER, 'Its number in the chain; the order of recording.'),
    happenedAt: described(TIME, 'When it happened, or was first seen to be so. Entries stand in this order.'),
    recordedAt: described(TIME, 'When it was written down.'),
    kind: described(oneOf(TIMELINE_KINDS), 'What it is.'),
    cluster: nullable(TEXT),
    run: nullable(RUN_ID),
    incident: nullable(INCIDENT_ID),
    member: nullable(TEXT),
    actor: described(TEXT, 'Who: a person as described, or lockstep.'),
    text: described(TEXT, 'One or two sentences.'),
    evidence: described(nullable(TEXT), 'Remote output or a quotation, at most 2 kB. Not to be trusted.'),
    hash: described(HASH, 'SHA-256 over previousHash and the canonical form of the entry.'),
    previousHash: described(HASH, 'Hash of the entry before it in the chain, which need not be part of this export.'),
    lateMs: described(nullable(COUNT), 'How long after it happened it was recorded; null when it is not late.'),
    correctedBy: described(list(NUMBER), 'Numbers of the entries that correct it, oldest first.'),
  },
  {
    since: described(
      TIME,
      'Last moment at which it was seen not to be so yet. Absent when the moment itself is known.',
    ),
    corrects: described(NUMBER, 'Number of the entry that this one corrects.'),
    state: described(oneOf(MEMBER_STATES), 'Of member-state: what the member does from then on.'),
    finding: described(oneOf(FINDING_KINDS), 'Of finding-appeared and finding-cleared.'),
    members: described(list(TEXT), 'Members that a finding is about.'),
    includes: described(
      list(NUMBER),
      'Of incident-opened and incident-reopened: numbers of the entries that were on record before it and led to it. They are part of this export.',
    ),
    author: described(TEXT, 'Who wrote the message that a note quotes. Not to be trusted.'),
    link: described(TEXT, 'Where that message stands. Not to be trusted.'),
  },
);

const SEGMENT = closed({
  state: oneOf(MEMBER_STATES),
  earliest: described(TIME, 'Last moment at which it was seen not to be so yet; it began between this and from.'),
  from: described(TIME, 'First moment at which it was seen so.'),
  to: described(TIME, 'When something else was seen, or the end of the range.'),
  sequence: described(NUMBER, 'Entry that tells it.'),
});

const STEP = closed({
  id: TEXT,
  member: TEXT,
  state: oneOf(STEP_STATES),
  attempts: described(COUNT, 'How often it was sent.'),
  startedAt: nullable(TIME),
  endedAt: nullable(TIME),
  exitCode: nullable({ type: 'integer' }),
  note: described(nullable(TEXT), 'What became of it, in one line.'),
  output: described(nullable(TEXT), 'Tail of its output, at most 2 kB. Not to be trusted.'),
  command: described(nullable(TEXT), 'The text that was approved and sent to the member.'),
});

const RUN = closed({
  id: RUN_ID,
  cluster: TEXT,
  strategy: oneOf(STRATEGIES),
  state: oneOf(RUN_STATES),
  digest: described(HASH, 'SHA-256 of the plan and its texts: what was approved.'),
  reason: nullable(TEXT),
  requestedBy: TEXT,
  createdAt: TIME,
  startedAt: nullable(TIME),
  endedAt: nullable(TIME),
  explanation: nullable(TEXT),
  approvals: list(closed({ by: TEXT, at: TIME, decision: oneOf(['approve', 'reject']), reason: nullable(TEXT) })),
  steps: list(STEP),
});

const INCIDENT = closed({
  id: INCIDENT_ID,
  cluster: TEXT,
  title: TEXT,
  severity: oneOf(INCIDENT_SEVERITIES),
  state: oneOf(INCIDENT_STATES),
  lead: described(nullable(TEXT), 'Who leads; null while nobody does.'),
  origin: described(oneOf(INCIDENT_ORIGINS), 'Who opened it: a person, a recovery, or the watch.'),
  opened: MOMENT,
  acknowledged: nullable(MOMENT),
  mitigated: nullable(MOMENT),
  resolved: nullable(MOMENT),
  reopens: described(COUNT, 'How often it was opened again.'),
  summary: described(nullable(TEXT), 'What a person said of it at the end.'),
  runs: list(RUN_ID),
});

export const REPORT_SCHEMA: Schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'A timeline as Lockstep exports it',
  ...closed({
    format: { const: REPORT_FORMAT },
    version: { const: 1 },
    about: closed({
      kind: oneOf(['incident', 'run', 'cluster', 'everything']),
      name: described(TEXT, 'Id of the incident or the run, name of the cluster, or everything.'),
      cluster: described(nullable(TEXT), 'Null when it is about several.'),
    }),
    madeAt: TIME,
    generator: described(TEXT, 'Lockstep and its version.'),
    range: described(
      nullable(closed({ from: TIME, to: TIME })),
      'From the first thing that happened to the last, or to madeAt while it goes on; null without entries.',
    ),
    head: described(
      nullable(closed({ sequence: NUMBER, hash: HASH })),
      'Last entry of the whole chain when this was made, to be kept elsewhere: lockstep audit verify --expect HASH.',
    ),
    incident: nullable(INCIDENT),
    members: described(list(TEXT), 'In configuration order.'),
    lanes: described(
      list(closed({ cluster: nullable(TEXT), member: TEXT, segments: list(SEGMENT) })),
      'What each member did over time. Nothing is said of times that no segment covers.',
    ),
    outages: described(
      list(closed({ from: TIME, to: TIME, whole: { type: 'boolean' } })),
      'Times in which at least one member was seen not to serve; whole when none of those that were seen served.',
    ),
    runs: described(list(RUN), 'Oldest first.'),
    entries: list(ENTRY),
  }),
};

/** Every one of `properties`, perhaps some of `optional`, nothing else. */
function closed(properties: Readonly<Record<string, Schema>>, optional: Readonly<Record<string, Schema>> = {}): Schema {
  return {
    type: 'object',
    properties: { ...properties, ...optional },
    required: Object.keys(properties),
    additionalProperties: false,
  };
}

function described(schema: Schema, description: string): Schema {
  return { ...schema, description };
}

function nullable(schema: Schema): Schema {
  return { anyOf: [schema, { type: 'null' }] };
}

function list(items: Schema): Schema {
  return { type: 'array', items };
}

function oneOf(values: readonly string[]): Schema {
  return { type: 'string', enum: [...values] };
}
