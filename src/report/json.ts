/**
 * A report as JSON, with everything that the chain covers, so that another program can check it. Pure. The form is that of
 * `schema.ts`: what is unknown is null, never absent, but for the extras of an entry, which are part of its hash.
 */
import type { Incident, Moment } from '../domain/incident.ts';
import type { Run } from '../domain/run.ts';
import type { OrderedEntry } from '../domain/timeline-order.ts';
import { lanesOf, outagesOf, type Lane } from './lanes.ts';
import { REPORT_FORMAT } from './schema.ts';
import type { ReportSubject } from './subject.ts';
import { isoTime } from './words.ts';

export function reportJson(subject: ReportSubject): string {
  const { kind, name, cluster, madeAt, generator, members, runs, incident, entries, head, range } = subject;
  const lanes = lanesOf(subject);
  const value = {
    format: REPORT_FORMAT,
    version: 1,
    about: { kind, name, cluster },
    madeAt: isoTime(madeAt),
    generator,
    range: range === null ? null : { from: isoTime(range.from), to: isoTime(range.to) },
    head,
    incident: incident === null ? null : incidentOf(incident),
    members,
    lanes: lanes.map(laneOf),
    outages: outagesOf(lanes).map(({ from, to, whole }) => ({ from: isoTime(from), to: isoTime(to), whole })),
    runs: runs.map(runOf),
    entries: entries.map(entryOf),
  };
  return `${JSON.stringify(value, null, 2)}\n`;
}

function entryOf({ entry, lateMs, correctedBy }: OrderedEntry): unknown {
  return {
    ...entry,
    happenedAt: isoTime(entry.happenedAt),
    recordedAt: isoTime(entry.recordedAt),
    ...(entry.since === undefined ? {} : { since: isoTime(entry.since) }),
    lateMs,
    correctedBy,
  };
}

function laneOf({ cluster, member, segments }: Lane): unknown {
  return {
    cluster,
    member,
    segments: segments.map(({ state, from, earliest, to, sequence }) => ({
      state,
      earliest: isoTime(earliest),
      from: isoTime(from),
      to: isoTime(to),
      sequence,
    })),
  };
}

function runOf(run: Run): unknown {
  const texts = new Map(run.compiled.map(({ id, member, text }) => [`${id}@${member}`, text]));
  return {
    id: run.id,
    cluster: run.cluster,
    strategy: run.strategy,
    state: run.state,
    digest: run.digest,
    reason: run.reason,
    requestedBy: run.requesterDescribedAs,
    createdAt: isoTime(run.createdAt),
    startedAt: timeOf(run.startedAt),
    endedAt: timeOf(run.endedAt),
    explanation: run.explanation,
    approvals: run.approvals.map(({ describedAs, at, decision, reason }) => ({
      by: describedAs,
      at: isoTime(at),
      decision,
      reason,
    })),
    steps: run.steps.map(({ id, member, state, attempts, startedAt, endedAt, exitCode, note, output }) => ({
      id,
      member,
      state,
      attempts,
      startedAt: timeOf(startedAt),
      endedAt: timeOf(endedAt),
      exitCode,
      note,
      output,
      command: texts.get(`${id}@${member}`) ?? null,
    })),
  };
}

function incidentOf(incident: Incident): unknown {
  const { id, cluster, title, severity, state, lead, origin, reopens, summary, runs } = incident;
  return {
    id,
    cluster,
    title,
    severity,
    state,
    lead,
    origin,
    opened: momentOf(incident.opened),
    acknowledged: momentOf(incident.acknowledged),
    mitigated: momentOf(incident.mitigated),
    resolved: momentOf(incident.resolved),
    reopens,
    summary,
    runs,
  };
}

function momentOf(moment: Moment | null): unknown {
  return moment === null ? null : { at: isoTime(moment.at), by: moment.by };
}

function timeOf(at: number | null): string | null {
  return at === null ? null : isoTime(at);
}
