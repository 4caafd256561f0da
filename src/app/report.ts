/**
 * From the store to what an export is about, and from that to a file for a chat. Owns what belongs to a subject: the runs that its
 * entries name, and what members did, which is on record of the cluster alone. The formats are `report`'s.
 */
import type { ClusterName, RunId } from '../domain/ids.ts';
import type { Incident } from '../domain/incident.ts';
import { err, ok, type Result } from '../domain/result.ts';
import type { TimelineEntry } from '../domain/timeline.ts';
import type { FilePart } from '../ports/chat.ts';
import { fileNameOf, FORMAT_WORDS, renderReport, type ReportFormat } from '../report/formats.ts';
import { createSubject, type ReportSubject, type SubjectKind } from '../report/subject.ts';
import { reportSvg } from '../report/svg/picture.ts';
import type { AppDeps } from './deps.ts';

export interface Reported {
  readonly kind: SubjectKind;
  /** `i4k2x9a`, `r4k2x9a`, `prod`, `everything`. */
  readonly name: string;
  /** Null when it is about several. */
  readonly cluster: ClusterName | null;
  readonly incident: Incident | null;
  readonly entries: readonly TimelineEntry[];
}

type Needed = Pick<AppDeps, 'store' | 'clock' | 'clusters' | 'codeVersion'>;

export async function subjectOf(deps: Needed, reported: Reported): Promise<ReportSubject> {
  const { kind, name, cluster, incident, entries } = reported;
  const ids = new Set<RunId>([...(incident?.runs ?? []), ...entries.flatMap(({ run }) => (run === null ? [] : [run]))]);
  const runs = await Promise.all([...ids].map((id) => deps.store.findRun(id)));
  const known = kind === 'cluster' || cluster === null ? entries : await deps.store.listTimeline({ cluster });
  return createSubject({
    kind,
    name,
    cluster,
    incident,
    entries,
    states: known.filter((entry) => entry.kind === 'member-state'),
    members: deps.clusters.find((each) => each.name === cluster)?.members.map((member) => member.name) ?? [],
    runs: runs.filter((run) => run !== null),
    head: await deps.store.timelineHead(),
    madeAt: deps.clock.nowMs(),
    generator: `Lockstep ${deps.codeVersion}`,
  });
}

/** The error says in words why there is no file. */
export async function fileOf(
  { picture }: Pick<AppDeps, 'picture'>,
  subject: ReportSubject,
  format: ReportFormat,
): Promise<Result<FilePart, string>> {
  const name = fileNameOf(subject, format);
  const { mime } = FORMAT_WORDS[format];
  if (format !== 'png') {
    return ok({ name, mime, bytes: new TextEncoder().encode(renderReport(subject, format)) });
  }
  if (picture === undefined) return err('this installation draws no pictures');
  const drawn = await picture.png(reportSvg(subject, 'light', 'bare'));
  return drawn.ok ? ok({ name, mime, bytes: drawn.value }) : drawn;
}
