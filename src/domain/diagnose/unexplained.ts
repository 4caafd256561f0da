/**
 * The last look: is anybody down of whom no rule has spoken? What can be said without a cause is said here, and it is little.
 */
import type { Finding, FindingKind } from '../finding.ts';
import { fatalEvidence, unitEvidence } from './daemon.ts';
import { waitsFor } from './log.ts';
import { currentFatal, type ReachedView, type Situation } from './situation.ts';
import { clusterWorks, isServing } from './skew.ts';
import { listNames, namesOf, verb } from './text.ts';

/**
 * The net below all rules: whoever was reached, does not serve, and is named in no finding yet. Without it a member could be down
 * and the card silent.
 */
export function unexplainedDown(situation: Situation, named: ReadonlySet<string>): readonly Finding[] {
  const rest = situation.reached.filter(
    (view) => !isServing(view) && view.facts.install !== 'absent' && !named.has(view.member),
  );
  const starting = rest.filter((view) => view.phase === 'waiting');
  const crashing = rest.filter((view) => view.phase === 'crash-looping');
  const behind = crashing.filter((view) => currentFatal(view)?.pattern === 'behind_fatal');
  const silent = crashing.filter((view) => !behind.includes(view));
  // Outside the snap nothing is looked for, so that nothing is seen there is no gap.
  const unclear = rest.filter(
    (view) => view.facts.install === 'snap' && (view.phase === 'unknown' || view.phase === 'stopped'),
  );
  return [
    ...plain(situation, 'daemon-down', starting, startingText(starting)),
    ...plain(situation, 'probe-incomplete', behind, [
      `${listNames(behind)} ${verb(behind.length, 'fails', 'fail')} with "version is behind", but what the other members have is not known`,
      `LXD on ${listNames(behind)} sees a higher version recorded in the database and exits at every start. ` +
        `Whether the record is outdated or another member really has that version can't be told: a member or the table could not be read. ` +
        `A change on a guess could make things worse.`,
    ]),
    ...plain(situation, 'crash-loop-other-cause', silent, [
      `${listNames(silent)} ${verb(silent.length, 'fails', 'fail')} at every start, and the log does not say why`,
      `LXD is started again and again on ${listNames(silent)}, and no line that was recognised explains it. ` +
        `Without a proven cause no repair is offered.`,
    ]),
    ...plain(situation, 'probe-incomplete', unclear, [
      `What LXD does on ${listNames(unclear)} could not be told`,
      `${listNames(unclear)} answered, but the answers do not say whether LXD serves, waits or fails there. ` +
        `It may be between two states; a second look in a minute often settles it.`,
    ]),
  ];
}

function startingText(views: readonly ReachedView[]): readonly [string, string] {
  const leaderless = views.some((view) => waitsFor(view.facts) === 'leader');
  return [
    `LXD on ${listNames(views)} is alive, but not ready yet`,
    `The daemon runs on ${listNames(views)} and does not serve yet. ` +
      (leaderless
        ? `Its log says that it looks for a leader of the database: other members must run before it can go on.`
        : `It has just been started, or it is about to notice that the others are in step, which takes up to a minute.`),
  ];
}

function plain(
  situation: Situation,
  kind: FindingKind,
  views: readonly ReachedView[],
  [title, cause]: readonly [string, string],
): readonly Finding[] {
  if (views.length === 0) return [];
  return [
    {
      kind,
      severity: clusterWorks(situation) ? 'warning' : 'critical',
      members: namesOf(views),
      title,
      cause,
      evidence: views.flatMap((view) => [...fatalEvidence(view), unitEvidence(view)]),
      extensionsMissing: [],
      next: `Look again in a minute: status ${situation.cluster}`,
    },
  ];
}
