/**
 * What could not be read, where the rest can't be judged without it (`probe-incomplete`, `unknown-version`). Parts that fail by the
 * nature of the situation, such as the API of a daemon that waits, are no gap: only missing essentials count.
 */
import type { Evidence, Finding, Severity } from '../finding.ts';
import { fatalEvidence } from './daemon.ts';
import { lacksQuorum } from './quorum.ts';
import { disagreeingReads } from './rows.ts';
import type { MemberView, ReachedView, Situation } from './situation.ts';
import { anyServes, clusterWorks, isServing } from './skew.ts';
import {
  apiEvidence,
  binaryEvidence,
  listNames,
  namesOf,
  rowEvidence,
  snapEvidence,
  sshEvidence,
  verb,
} from './text.ts';
import { standsAlone } from './membership.ts';

export function incompleteRules(situation: Situation): readonly Finding[] {
  return [
    ...garbled(situation),
    ...gaps(situation),
    ...noTable(situation),
    ...disagreement(situation),
    ...unknownVersion(situation),
  ];
}

function garbled(situation: Situation): readonly Finding[] {
  const named = situation.members.filter(
    ({ observation }) =>
      observation.reach.kind === 'garbled' || (observation.reach.kind === 'answered' && observation.facts === null),
  );
  return incomplete(situation, named, {
    title: `${listNames(named)} answered with something that is not a probe's answer`,
    cause:
      `The login on ${listNames(named)} worked, but what came back could not be read: a login banner, a forced command, or a connection that was cut. ` +
      `Nothing is known about LXD there.`,
    evidence: named.map(sshEvidence),
    severity: clusterWorks(situation) ? 'warning' : 'critical',
  });
}

/** Essential facts by name, and whether they are there. */
const ESSENTIALS: readonly (readonly [string, (view: ReachedView) => boolean])[] = [
  ['the snap', (view) => view.facts.snap !== null],
  ['the service', (view) => view.facts.unit !== null],
  ['files in the database directory', (view) => view.facts.leftovers !== null],
];

function gaps(situation: Situation): readonly Finding[] {
  const lacking = situation.reached
    .filter((view) => view.facts.install === 'snap')
    .map((view) => ({ ...view, lacks: ESSENTIALS.filter(([, has]) => !has(view)).map(([what]) => what) }))
    .filter((view) => view.lacks.length > 0);
  const all = new Set(lacking.flatMap((view) => view.lacks));
  return incomplete(situation, lacking, {
    title: `${listNames(lacking)} did not tell everything: no facts about ${[...all].join(', ')}`,
    cause:
      `${listNames(lacking)} answered, but parts of the answer are missing, so the other findings may miss something there. ` +
      `A slow or overloaded host does that; so does a missing command.`,
    evidence: lacking.flatMap(failedEvidence),
  });
}

function failedEvidence(view: ReachedView): readonly Evidence[] {
  return view.facts.failedParts.map((part) => snapEvidence(view, `${part.part}: ${part.reason}: ${part.text}`));
}

/** No table at all, or only a dump although somebody serves. */
function noTable(situation: Situation): readonly Finding[] {
  const clustered = situation.reached.filter((view) => view.facts.install === 'snap' && !standsAlone(view));
  if (situation.rows?.source === 'live') return [];
  const serving = clustered.filter(isServing);
  if (lacksQuorum(situation)) return [];
  if (situation.rows !== null && serving.length === 0) return [];
  const named = serving.length > 0 ? serving : clustered;
  return incomplete(situation, named, {
    title:
      situation.rows === null
        ? `The table of members could not be read from ${listNames(named)}`
        : `${listNames(named)} ${verb(named.length, 'serves', 'serve')}, but the live table of members could not be read`,
    cause:
      `Which versions the cluster has recorded is not known${situation.rows === null ? '' : ' for certain: there is only an older copy on disk'}. ` +
      `Without that, nobody can say what a restart of a member would do, so nothing is guessed and nothing is changed.`,
    evidence: named.flatMap((view) => [...failedEvidence(view), ...fatalEvidence(view)]),
    severity: anyServes(situation) ? 'warning' : 'critical',
  });
}

/** Members read the table within the same seconds; different content means that it was changing, or that there are two of them. */
function disagreement(situation: Situation): readonly Finding[] {
  const others = disagreeingReads(situation.observation, situation.rows);
  const named = situation.members.filter(
    (view) => view.member === situation.rows?.member || others.some((one) => one.member === view.member),
  );
  return incomplete(situation, others.length === 0 ? [] : named, {
    title: `${listNames(named)} gave different tables of members`,
    cause:
      `The same table was read through several members within seconds, and the answers differ. ` +
      `Either it changed in between, as it does while members start, or the members do not share one database. ` +
      `Look again before anything is done.`,
    evidence: [
      ...rowEvidence(situation),
      ...others.flatMap((other) =>
        rowEvidence({ ...situation, rows: other }, other.rows).map((one) => ({ ...one, member: other.member })),
      ),
    ],
  });
}

function unknownVersion(situation: Situation): readonly Finding[] {
  const named = situation.reached.filter((view) => view.facts.install === 'snap' && view.installed === null);
  if (named.length === 0) return [];
  return [
    {
      kind: 'unknown-version',
      severity: 'warning',
      members: namesOf(named),
      title: `How many API extensions the LXD on ${listNames(named)} has could not be found out`,
      cause:
        `The number was looked for in the installed binary, at its daemon, on members with the same revision, and in the table of releases, without success. ` +
        `It decides whether a member can start, and the label of a snap does not determine it, so it is not guessed. ` +
        `No repair is planned before it is known.`,
      evidence: named.flatMap((view) => [binaryEvidence(view), ...otherFacts(view)]),
      extensionsMissing: [],
      next: `Check that the binary can be read there, then: status ${situation.cluster}`,
    },
  ];
}

function otherFacts(view: ReachedView): readonly Evidence[] {
  const { api } = view.facts;
  return api === null
    ? []
    : [apiEvidence(view, `running daemon: ${api.version ?? 'unknown version'}, ${api.extensions.length} extensions`)];
}

function incomplete(
  situation: Situation,
  named: readonly MemberView[],
  text: Pick<Finding, 'title' | 'cause' | 'evidence'> & { readonly severity?: Severity },
): readonly Finding[] {
  if (named.length === 0) return [];
  return [
    {
      kind: 'probe-incomplete',
      severity: 'warning',
      members: namesOf(named),
      ...text,
      extensionsMissing: [],
      next: `Look again: status ${situation.cluster}`,
    },
  ];
}
