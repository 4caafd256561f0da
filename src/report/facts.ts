/**
 * What a report says besides its entries, as values: summary, impact, detection, what helped, what is left to do. Pure. Markdown and
 * HTML show the same sentences; all of them are plain text that the format has still to escape.
 */
import { describeDuration } from '../domain/duration.ts';
import type { OrderedEntry } from '../domain/timeline-order.ts';
import { visibleLine } from '../domain/visible.ts';
import { lanesOf, outagesOf, outOf, totalOf } from './lanes.ts';
import type { ReportSubject } from './subject.ts';
import { isOneDay, milestonesOf, rangeWords, runWords, seconds, textOf } from './words.ts';

export type Pair = readonly [label: string, value: string];

export function summaryOf(subject: ReportSubject): readonly Pair[] {
  const { incident, cluster, runs } = subject;
  const first: readonly Pair[] =
    incident === null
      ? [['Cluster', cluster ?? 'several']]
      : [
          ['Cluster', incident.cluster],
          ['Severity', incident.severity],
          ['State', incident.state],
          ['Led by', incident.lead === null ? 'nobody' : visibleLine(incident.lead)],
          ...milestonesOf(incident),
          ...(incident.summary === null ? [] : [['In short', visibleLine(incident.summary)] as const]),
        ];
  return [
    ...first,
    ['On record', rangeWords(subject)],
    ...runs.map((run): Pair => [`Run ${run.id}`, `${run.strategy}: ${runWords(run)}`]),
  ];
}

export interface Impact {
  readonly sentences: readonly string[];
  readonly members: readonly { readonly member: string; readonly out: string; readonly states: string }[];
}

export function impactOf(subject: ReportSubject): Impact {
  const lanes = lanesOf(subject);
  const outages = outagesOf(lanes);
  const whole = outages.filter((outage) => outage.whole);
  const sentences =
    outages.length === 0
      ? ['No member was seen not to serve.']
      : [
          `At least one member was seen not to serve for ${describeDuration(totalOf(outages))}.`,
          whole.length === 0
            ? 'At no time did every member fail at once.'
            : `No member that was seen served for ${describeDuration(totalOf(whole))}: nobody could manage the cluster then.`,
        ];
  const stopped = subject.runs
    .filter(({ startedAt }) => startedAt !== null)
    .map(({ id, plan }) => `Instances in run ${id}, as its plan said: ${visibleLine(plan.instances)}`);
  return {
    sentences: [...sentences, ...stopped],
    members: lanes.map((lane) => ({
      member: subject.cluster === null ? `${lane.cluster ?? '?'}/${lane.member}` : lane.member,
      out: describeDuration(outOf(lane)),
      states: lane.segments.map(({ state, from }) => `${state} ${momentOf(from, subject)}`).join(', '),
    })),
  };
}

/** Without the date where all of it is of one day. */
function momentOf(at: number, { range }: ReportSubject): string {
  return isOneDay(range) ? seconds(at).slice(11) : seconds(at);
}

export function detectionOf({ entries, incident }: ReportSubject): readonly string[] {
  const opened = incident === null ? [] : [`Opened by ${ORIGIN_WORDS[incident.origin]}.`];
  const first = entries.find(({ entry }) => entry.kind === 'finding-appeared' && entry.finding !== 'in-step');
  if (first === undefined) return [...opened, 'No finding is on record.'];
  const { entry } = first;
  const between = entry.since === undefined ? '' : `, not before ${seconds(entry.since)}`;
  const late =
    incident === null || incident.opened.at < entry.happenedAt
      ? ''
      : ` (the incident was opened ${describeDuration(incident.opened.at - entry.happenedAt)} later)`;
  return [
    ...opened,
    `First finding, at ${seconds(entry.happenedAt)}${between} (entry ${entry.sequence}): ${textOf(entry)}${late}`,
  ];
}

const ORIGIN_WORDS = { person: 'a person', recover: 'a recovery that was asked for', watch: 'the watch' } as const;

export function helpedBy({ runs, entries }: ReportSubject): readonly string[] {
  const good = runs.filter(({ state }) => state === 'succeeded');
  const cleared = entries.filter(({ entry }) => entry.kind === 'finding-cleared');
  return [
    ...good.map(
      (run) =>
        `Run ${run.id} (${run.strategy}) ended verified${run.endedAt === null ? '' : ` at ${seconds(run.endedAt)}`}.`,
    ),
    ...(cleared.length === 0 ? [] : [clearedWords(cleared)]),
  ];
}

function clearedWords(cleared: readonly OrderedEntry[]): string {
  const last = cleared.at(-1)?.entry;
  const when = last === undefined ? '' : `, the last at ${seconds(last.happenedAt)} (entry ${last.sequence})`;
  return `${cleared.length === 1 ? 'One finding was' : `${cleared.length} findings were`} seen to be gone${when}.`;
}

/** What the record itself says is not done; people add theirs. */
export function leftToDo(subject: ReportSubject): readonly string[] {
  const { incident, runs } = subject;
  const open = runs.filter(({ endedAt, state }) => endedAt === null && state !== 'rejected');
  const givenUp = runs.flatMap(({ state, plan }) =>
    state === 'succeeded' && plan.givenUp !== undefined ? [visibleLine(plan.givenUp.followUp)] : [],
  );
  const out = lanesOf(subject).flatMap((lane) => {
    const last = lane.segments.at(-1);
    return last === undefined || last.state === 'serving' ? [] : [`${lane.member} was last seen ${last.state}.`];
  });
  return [
    ...(incident !== null && incident.state !== 'resolved'
      ? [`${incident.id} is ${incident.state}, not resolved.`]
      : []),
    ...open.map(({ id, state }) => `Run ${id} is ${state}.`),
    ...givenUp,
    ...out,
  ];
}
