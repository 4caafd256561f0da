/**
 * A long night, made up but as the record would have it: five members, three hours, about four hundred entries, two runs of which
 * the first was aborted. For tests of the exports, the gallery and the benchmark; the same values at every call.
 */
import { createPicture } from '../../src/adapters/picture/resvg.ts';
import { entryHash, GENESIS_HASH } from '../../src/domain/timeline-chain.ts';
import type { TimelineEntry } from '../../src/domain/timeline.ts';
import { reportHtml } from '../../src/report/html.ts';
import { createSubject, type ReportSubject } from '../../src/report/subject.ts';
import { reportSvg } from '../../src/report/svg/picture.ts';
import { at, CLUSTER, FIRST, INCIDENT, MEMBERS, SECOND, theIncident, theRun } from './incident-cast.ts';
import { looks, stepsOf, story, type Told } from './incident-story.ts';

/** The sample as a subject; `steps` steps per member and run make it as long as a test needs. */
export function sampleSubject(steps = 17): ReportSubject {
  const entries = chained([
    ...story(),
    ...stepsOf(FIRST, 47, 16, steps),
    ...stepsOf(SECOND, 96, 34, steps),
    ...looks(),
  ]);
  const last = entries.at(-1);
  return createSubject({
    kind: 'incident',
    name: INCIDENT,
    cluster: CLUSTER,
    madeAt: at(190),
    generator: 'Lockstep 0.1.0',
    entries,
    members: MEMBERS,
    runs: [theRun(FIRST, 'aborted', 47, 63, 5), theRun(SECOND, 'succeeded', 96, 131, 9)],
    incident: theIncident(),
    head: last === undefined ? null : { sequence: last.sequence, hash: last.hash },
    states: [],
  });
}

interface SampleFiles {
  readonly html: string;
  /** As a browser shows it, light or dark by the reader's setting. */
  readonly svg: string;
  readonly light: Uint8Array;
  readonly dark: Uint8Array;
}

/** Picture and page of the sample, as `timeline --format` would give them. */
export async function renderSample(subject: ReportSubject = sampleSubject()): Promise<SampleFiles> {
  const picture = createPicture();
  const png = async (theme: 'light' | 'dark'): Promise<Uint8Array> => {
    const drawn = await picture.png(reportSvg(subject, theme, 'bare'));
    if (!drawn.ok) throw new Error(drawn.error);
    return drawn.value;
  };
  return { html: reportHtml(subject), svg: reportSvg(subject), light: await png('light'), dark: await png('dark') };
}

function chained(told: readonly Told[]): readonly TimelineEntry[] {
  const inOrder = told
    .map((each) => ({ each, recordedAt: at(each.min + (each.late ?? 0)) + 40 }))
    .sort((a, b) => a.recordedAt - b.recordedAt);
  const opened = inOrder.findIndex(({ each }) => each.kind === 'incident-opened');
  let previousHash = GENESIS_HASH;
  return inOrder.map(({ each: { min, late: _late, ...rest }, recordedAt }, index) => {
    const unhashed = {
      happenedAt: at(min),
      cluster: CLUSTER,
      run: null,
      // What was recorded before somebody opened it belongs to none, and the opening names it.
      incident: index < opened ? null : INCIDENT,
      ...(index === opened ? { includes: inOrder.slice(0, index).map((_, before) => before + 1) } : {}),
      member: null,
      actor: 'lockstep',
      evidence: null,
      ...rest,
      sequence: index + 1,
      recordedAt,
    };
    const entry = { ...unhashed, previousHash, hash: entryHash(previousHash, unhashed) };
    previousHash = entry.hash;
    return entry;
  });
}
