/**
 * Members differ in what they run: `mixed-binaries` (align first), `upgrade-waiting` (the higher ones wait for the rest),
 * `same-count-different-version` (LXD's own check is blind to it). Compared are counts and schemas, then versions; revisions only
 * within one architecture, since snapd numbers them per architecture.
 */
import type { Evidence, Finding } from '../finding.ts';
import { missingNames } from './extensions.ts';
import { newestLine, waitsFor, WAITING_FOR_VERSIONS } from './log.ts';
import { currentFatal, type ReachedView, type Situation } from './situation.ts';
import {
  anyServes,
  clusterWorks,
  commonCount,
  comparedRows,
  effectiveCount,
  isDown,
  isServing,
  known,
  type KnownView,
} from './skew.ts';
import {
  binaryEvidence,
  describeInstalled,
  listNames,
  logEvidence,
  namesOf,
  releaseWord,
  rowEvidence,
  runningEvidence,
  verb,
} from './text.ts';

/** Groups named in a title. */
const GROUPS_SHOWN = 4;

export function mixedRules(situation: Situation): readonly Finding[] {
  const views = known(situation);
  const waiting = upgradeWaiters(situation, views);
  const mixed = isMixed(views);
  const findings: Finding[] = [];
  if (mixed && !isUnfinishedUpgrade(views, waiting)) findings.push(mixedBinaries(situation, views));
  if (waiting.length > 0) findings.push(upgradeWaiting(situation, views, waiting));
  if (!mixed) findings.push(...sameCount(situation, views));
  return findings;
}

function isMixed(views: readonly KnownView[]): boolean {
  if (views.length < 2) return false;
  const counts = new Set(views.map(effectiveCount));
  return counts.size > 1 || commonCount(views) === null;
}

/** Members that wait since others are lower: by their rows, by their binaries, or, without either, by what they log. */
function upgradeWaiters(situation: Situation, views: readonly KnownView[]): readonly KnownView[] {
  return views.filter((view) => {
    if (view.phase !== 'waiting') return false;
    const mine = effectiveCount(view);
    if (views.some((other) => effectiveCount(other) > mine)) return false;
    if (views.some((other) => effectiveCount(other) < mine)) return true;
    if (situation.rows === null)
      return newestLine(view.facts, ['ahead_wait_old']) !== null && waitsFor(view.facts) === 'versions';
    const reached = new Set<string>(situation.reached.map((one) => one.member));
    return comparedRows(situation).some((row) => reached.has(row.name) && row.apiExtensions < mine);
  });
}

/** The higher ones all wait and the lower ones all serve: nothing but an upgrade that was not finished. */
function isUnfinishedUpgrade(views: readonly KnownView[], waiting: readonly KnownView[]): boolean {
  const highest = Math.max(...views.map(effectiveCount));
  return views.every((view) =>
    effectiveCount(view) === highest
      ? waiting.includes(view)
      : isServing(view) && effectiveCount(view) === view.installed.extensions,
  );
}

function mixedBinaries(situation: Situation, views: readonly KnownView[]): Finding {
  const groups = groupsOf(views);
  const odd = oddOnes(views, groups);
  const highest = Math.max(...views.map(effectiveCount));
  const lower = views.filter((view) => effectiveCount(view) < highest);
  const down = views.some((view) => !isServing(view));
  return {
    kind: 'mixed-binaries',
    severity: down ? 'critical' : 'warning',
    members: namesOf(odd),
    title: `Members run different LXDs: ${groupsWords(groups)}`,
    cause: [
      `The members do not have the same LXD, and LXD only starts when all of them count the same API extensions.`,
      lower.length === 0 ? fateOfEqual(views) : fateOfLower(lower),
      lower.length === 0
        ? ''
        : fateOfHigher(
            situation,
            views.filter((view) => !lower.includes(view)),
            highest,
          ),
      `A change to the database would only move the failure to the other side: the binaries must be made equal first.`,
      wayForward(situation, views, odd),
    ]
      .filter((sentence) => sentence !== '')
      .join(' '),
    evidence: evidenceOf(situation, views),
    extensionsMissing: lower[0] === undefined ? [] : missingNames(situation, lower[0], highest),
    next: `Bring all members to one version, after an approval: recover ${situation.cluster}`,
  };
}

/** What runs counts the same everywhere: either the schemas differ, or somebody has not restarted since it got another binary. */
function fateOfEqual(views: readonly KnownView[]): string {
  const replaced = views.filter((view) => effectiveCount(view) !== view.installed.extensions);
  if (replaced.length === 0) return `Their numbers of extensions are equal, but their database schemas are not.`;
  return `What runs now counts the same on all of them; the next restart of ${listNames(replaced)} brings up the installed LXD, and then the numbers differ.`;
}

function fateOfLower(lower: readonly KnownView[]): string {
  const count = lower.length;
  const what = lower.every((view) => view.hasFix === true)
    ? `${verb(count, 'waits', 'wait')} without serving`
    : `${verb(count, 'exits and is', 'exit and are')} restarted over and over`;
  return `On ${verb(count, 'its', 'their')} next restart ${listNames(lower)} (lower) ${verb(count, 'finds itself', 'find themselves')} behind and ${what}.`;
}

function fateOfHigher(situation: Situation, higher: readonly KnownView[], highest: number): string {
  const recorded = Math.max(0, ...comparedRows(situation).map((row) => row.apiExtensions));
  if (recorded > highest) {
    return `The database records ${recorded}, more than any of them has, so ${listNames(higher)} can't start either.`;
  }
  return `A higher member that restarts while a lower row is in the table (${listNames(higher)}) waits for the others.`;
}

function wayForward(situation: Situation, views: readonly KnownView[], odd: readonly KnownView[]): string {
  const rest = views.filter((view) => !odd.includes(view));
  const target = rest[0];
  if (!anyServes(situation) || target === undefined || odd.length >= rest.length) return '';
  const higher = odd[0] !== undefined && effectiveCount(odd[0]) < effectiveCount(target);
  const way = higher ? 'Rolling forward' : 'Bringing';
  return `${way} ${listNames(odd)} to ${describeInstalled(target)} is the shortest way; no SQL is needed.`;
}

function upgradeWaiting(situation: Situation, views: readonly KnownView[], waiting: readonly KnownView[]): Finding {
  const rest = views.filter((view) => !waiting.includes(view));
  const first = waiting[0];
  const ahead = first === undefined ? '' : describeInstalled(first);
  const restWords = rest.length === 0 ? 'the other members' : listNames(rest);
  return {
    kind: 'upgrade-waiting',
    severity: clusterWorks(situation) && rest.some(isServing) ? 'warning' : 'critical',
    members: namesOf(waiting),
    title: `${listNames(waiting)} ${verb(waiting.length, 'is', 'are')} ahead with ${ahead} and ${verb(waiting.length, 'waits', 'wait')} for ${restWords}`,
    cause:
      `${listNames(waiting)} ${verb(waiting.length, 'was', 'were')} upgraded and can't serve before every member counts the same API extensions. ` +
      `${verb(waiting.length, 'Its', 'Their')} API hangs meanwhile, although the cluster may show ${verb(waiting.length, 'it', 'them')} as online; running instances go on. ` +
      `${restWords}: on the next restart with the lower LXD ${verb(rest.length, 'it finds', 'each finds')} the higher row and can't come up either. ` +
      `Finishing the upgrade on the others resolves this without a change to the database.`,
    evidence: evidenceOf(situation, views),
    extensionsMissing: lowestMissing(situation, rest, waiting),
    next: `Finish the upgrade on ${restWords}: recover ${situation.cluster}`,
  };
}

function lowestMissing(
  situation: Situation,
  rest: readonly KnownView[],
  waiting: readonly KnownView[],
): readonly string[] {
  const highest = Math.max(...waiting.map(effectiveCount));
  const lower = rest.find((view) => effectiveCount(view) < highest);
  return lower === undefined ? [] : missingNames(situation, lower, highest);
}

function sameCount(situation: Situation, views: readonly KnownView[]): readonly Finding[] {
  const groups = buildGroups(views);
  if (groups.length < 2) return [];
  const releases = new Set(views.map(releaseWord));
  const lists = new Set(
    views.flatMap((view) => (view.installed.names === null ? [] : [view.installed.names.join('\n')])),
  );
  const differ = releases.size > 1 || lists.size > 1;
  const odd = oddOnes(views, groups);
  const count = views[0]?.installed.extensions ?? 0;
  return [
    {
      kind: 'same-count-different-version',
      severity: differ ? 'warning' : 'info',
      members: namesOf(odd),
      title: differ
        ? `Members run different releases that all count ${count} API extensions: ${groupsWords(groups)}`
        : `Members are in step, but run different builds of one release: ${listNames(odd)} ${verb(odd.length, 'differs', 'differ')}`,
      cause:
        `LXD compares numbers of API extensions, not versions, and these builds have the same number, so its own check sees no difference. ` +
        (lists.size > 1
          ? `The extensions behind the number are not the same: a client may find a feature on one member and not on another. `
          : `The members start and serve side by side. `) +
        `The next refresh of one of them can bring a real difference; one revision on all members avoids that.`,
      evidence: views.map(binaryEvidence),
      extensionsMissing: [],
      next: `See the details of each member: explain ${situation.cluster}`,
    },
  ];
}

type Group = readonly KnownView[];

/** By what counts now, then by release; lowest first. */
function groupsOf(views: readonly KnownView[]): readonly Group[] {
  return groupBy(
    views,
    (view) => `${effectiveCount(view)}/${view.installed.extensions}/${view.installed.schema ?? '?'}`,
  ).toSorted((a, b) => countOf(a) - countOf(b));
}

/** By version word; within one version and architecture also by revision. */
function buildGroups(views: readonly KnownView[]): readonly Group[] {
  const byVersion = groupBy(views, (view) => view.version ?? '');
  return byVersion.flatMap((group) => {
    const mixedArchitecture = new Set(group.map((view) => view.architecture)).size > 1;
    return mixedArchitecture ? [group] : groupBy(group, (view) => view.revision ?? '');
  });
}

function groupBy(views: readonly KnownView[], key: (view: KnownView) => string): readonly Group[] {
  const groups = new Map<string, KnownView[]>();
  for (const view of views) {
    const group = groups.get(key(view)) ?? [];
    groups.set(key(view), [...group, view]);
  }
  return [...groups.values()];
}

/** Everybody outside the largest group; with two of one size, outside the higher one. */
function oddOnes(views: Group, groups: readonly Group[]): Group {
  let main: Group = [];
  for (const group of groups) {
    if (group.length > main.length || (group.length === main.length && countOf(group) >= countOf(main))) main = group;
  }
  return views.filter((view) => !main.includes(view));
}

function countOf(group: Group): number {
  return group[0] === undefined ? 0 : effectiveCount(group[0]);
}

/** `m3 has 5.0.1 (313 API extensions), m1 and m2 have 5.0.2 (318 API extensions)`. */
function groupsWords(groups: readonly Group[]): string {
  const words = groups.slice(0, GROUPS_SHOWN).map(groupWords);
  return groups.length > GROUPS_SHOWN ? `${words.join(', ')} and others` : words.join(', ');
}

function groupWords(group: Group): string {
  const first = group[0];
  if (first === undefined) return '';
  const counts = effectiveCount(first);
  const old = counts === first.installed.extensions ? '' : `, still running ${counts}`;
  return `${listNames(group)} ${verb(group.length, 'has', 'have')} ${describeInstalled(first)}${old}`;
}

function evidenceOf(situation: Situation, views: readonly KnownView[]): readonly Evidence[] {
  return [
    ...views.filter(isDown).flatMap(whyDown),
    ...views.map(binaryEvidence),
    ...views.filter((view) => effectiveCount(view) !== view.installed.extensions).flatMap(runningEvidence),
    ...rowEvidence(situation),
  ];
}

function whyDown(view: ReachedView): readonly Evidence[] {
  const line = view.phase === 'waiting' ? newestLine(view.facts, WAITING_FOR_VERSIONS) : currentFatal(view);
  return line === null ? [] : [logEvidence(view.member, line)];
}
