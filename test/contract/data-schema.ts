/**
 * The `data` of outgoing messages as schemas: exact keys, closed unions, null for what isn't known. Written from the contract, not
 * from the types, so that a slip in either shows. Held against everything that tests see printed.
 */
import { z } from 'zod';
import { FINDING_KINDS } from '../../src/domain/finding.ts';
import { INCIDENT_ORIGINS, INCIDENT_SEVERITIES, INCIDENT_STATES } from '../../src/domain/incident.ts';
import { REFUSAL_CODES, STRATEGIES } from '../../src/domain/plan.ts';
import { PROBLEM_CODES } from '../../src/domain/problem.ts';
import { RUN_STATES, STEP_STATES } from '../../src/domain/run.ts';
import { MEMBER_STATES, TIMELINE_KINDS } from '../../src/domain/timeline.ts';

const text = z.string().min(1);
const at = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const count = z.int().min(0);
const runId = z.string().regex(/^r[0-9a-z]{6}$/);
const severity = z.enum(['info', 'warning', 'critical']);
const strategy = z.enum(STRATEGIES);
const names = z.array(text);
const head = { kind: z.enum(FINDING_KINDS), severity, members: names, title: text };

const status = z.strictObject({
  kind: z.literal('status'),
  cluster: text,
  findings: z.array(z.strictObject(head)).min(1),
  rows: z.strictObject({ source: z.enum(['live', 'disk']), member: text, at }).nullable(),
  members: z.array(
    z.strictObject({
      name: text,
      reachable: z.boolean(),
      version: text.nullable(),
      revision: z
        .string()
        .regex(/^x?\d+$/)
        .nullable(),
      extensions: count.nullable(),
      schema: count.nullable(),
      row: z.strictObject({ schema: count, apiExtensions: count }).nullable(),
      daemon: z.enum(['serving', 'waiting', 'crash-looping', 'stopped', 'unknown']),
      instances: count.nullable(),
    }),
  ),
});

const explanation = z.strictObject({
  kind: z.literal('explanation'),
  cluster: text,
  findings: z
    .array(
      z.strictObject({
        ...head,
        cause: text,
        evidence: z.array(
          z.strictObject({
            member: text,
            source: z.enum(['log', 'row', 'binary', 'api', 'snap', 'ssh']),
            at: at.nullable(),
            text,
          }),
        ),
        extensionsMissing: names,
        next: text,
      }),
    )
    .min(1),
});

const check = z.strictObject({
  kind: z.literal('check'),
  cluster: text,
  to: text,
  verdict: z.enum(['safe', 'unsafe', 'unknown']),
  count: count.nullable(),
  schema: count.nullable(),
  fixedIn: text.nullable(),
  order: names,
  reasons: z.array(text).min(1),
});

const plan = z.strictObject({
  kind: z.literal('plan'),
  run: runId.nullable(),
  cluster: text,
  strategy,
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  expiresAt: at.nullable(),
  recommended: z.boolean(),
  alternatives: z.array(z.strictObject({ strategy, possible: z.boolean(), why: text })),
  steps: z
    .array(z.strictObject({ id: text, member: text, text, effect: z.enum(['read', 'idempotent', 'once']) }))
    .min(1),
  starts: z
    .array(
      z.strictObject({
        member: text,
        instances: z.array(text),
        more: z.int().nonnegative(),
        cut: z.boolean(),
      }),
    )
    .nullable(),
});

const refusal = z.strictObject({
  kind: z.literal('refusal'),
  cluster: text.nullable(),
  reasons: z
    .array(z.strictObject({ code: z.enum(REFUSAL_CODES), text, named: z.array(text).min(1).optional() }))
    .min(1),
  next: text,
});

const runFields = { run: runId, cluster: text, strategy, state: z.enum(RUN_STATES) };
const run = z.strictObject({
  kind: z.literal('run'),
  ...runFields,
  steps: z.array(z.strictObject({ id: text, member: text, state: z.enum(STEP_STATES) })).min(1),
  backups: z
    .array(
      z.strictObject({
        member: text,
        path: text,
        bytes: z.int(),
        sha256: text,
        restorable: z.boolean(),
        at: text.nullable(),
        prunedAt: text.nullable(),
      }),
    )
    .optional(),
  outputs: z.array(z.strictObject({ id: text, member: text, text: z.string().nullable() })).optional(),
});

const runs = z.strictObject({ kind: z.literal('runs'), runs: z.array(z.strictObject({ ...runFields, at })) });

const doctor = z.strictObject({
  kind: z.literal('doctor'),
  checks: z
    .array(z.strictObject({ id: text, target: text, state: z.enum(['ok', 'warn', 'fail']), next: text.nullable() }))
    .min(1),
});

const problem = z.strictObject({ kind: z.literal('problem'), code: z.enum(PROBLEM_CODES), text, next: text });

const help = z.strictObject({
  kind: z.literal('help'),
  commands: z.array(z.strictObject({ name: text, usage: text, summary: text })).min(1),
});

const incidentId = z.string().regex(/^i[0-9a-z]{6}$/);
const incidentFields = {
  incident: incidentId,
  cluster: text,
  title: text,
  severity: z.enum(INCIDENT_SEVERITIES),
  state: z.enum(INCIDENT_STATES),
  lead: text.nullable(),
  origin: z.enum(INCIDENT_ORIGINS),
  openedAt: at,
  openedBy: text,
  acknowledgedAt: at.nullable(),
  acknowledgedBy: text.nullable(),
  mitigatedAt: at.nullable(),
  mitigatedBy: text.nullable(),
  resolvedAt: at.nullable(),
  resolvedBy: text.nullable(),
  reopens: count,
  summary: text.nullable(),
  runs: z.array(runId),
};
const incident = z.strictObject({ kind: z.literal('incident'), ...incidentFields });
const incidents = z.strictObject({
  kind: z.literal('incidents'),
  incidents: z.array(z.strictObject(incidentFields)),
});

const timeline = z.strictObject({
  kind: z.literal('timeline'),
  entries: z.array(
    z.strictObject({
      sequence: z.int().min(1),
      happenedAt: at,
      since: at.nullable(),
      recordedAt: at,
      kind: z.enum(TIMELINE_KINDS),
      cluster: text.nullable(),
      run: runId.nullable(),
      incident: incidentId.nullable(),
      member: text.nullable(),
      actor: text,
      text,
      state: z.enum(MEMBER_STATES).nullable(),
      finding: z.enum(FINDING_KINDS).nullable(),
      members: names.nullable(),
      corrects: z.int().min(1).nullable(),
      correctedBy: z.array(z.int().min(1)),
      includes: z.array(z.int().min(1)).nullable(),
      author: text.nullable(),
      link: text.nullable(),
      hash: z.string().regex(/^[0-9a-f]{64}$/),
    }),
  ),
});

const watch = z.strictObject({
  kind: z.literal('watch'),
  clusters: z.array(
    z.strictObject({
      cluster: text,
      on: z.boolean(),
      everySeconds: z.number().positive().nullable(),
      setBy: text.nullable(),
      mutedUntil: at.nullable(),
      lastLookAt: at.nullable(),
      inTrouble: z.boolean(),
      flaps: count,
      incident: incidentId.nullable(),
    }),
  ),
});

export const DATA_SCHEMA = z.discriminatedUnion('kind', [
  status,
  explanation,
  check,
  plan,
  refusal,
  run,
  runs,
  doctor,
  problem,
  help,
  incident,
  incidents,
  timeline,
  watch,
]);

/** One line of the console with `--json`. */
export const LINE_SCHEMA = z.strictObject({
  at,
  kind: z.enum(['post', 'edit']),
  id: text,
  thread: text.nullable(),
  to: z.strictObject({ channel: text, user: text.nullable() }),
  message: z.strictObject({
    summary: text,
    tone: z.enum(['good', 'info', 'warning', 'danger', 'neutral']),
    blocks: z.array(z.looseObject({ kind: text })),
    actions: z.array(
      z.strictObject({
        label: text,
        n: z.int().min(1),
        style: z.enum(['primary', 'danger', 'plain']),
        confirm: z.strictObject({ title: text, text }).nullable(),
        ask: z.strictObject({ title: text, label: text, required: z.boolean() }).nullable(),
      }),
    ),
  }),
  data: DATA_SCHEMA.nullable(),
});
