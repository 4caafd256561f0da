/**
 * The database holds counts that no binary has any more: after a downgrade of every member (`stale-counter`), the same with somebody
 * serving (`stale-counter-while-serving`), and the releases that get out of it by themselves (`self-healing-version`).
 * Claims that every binary agrees need every binary: one member that did not answer is enough for none of them.
 */
import type { Evidence, Finding } from '../finding.ts';
import type { NodeRow } from '../observation.ts';
import { missingNames } from './extensions.ts';
import { currentFatal, type Situation } from './situation.ts';
import {
  allKnown,
  anyServes,
  clusterWorks,
  type Common,
  commonCount,
  comparedRows,
  effectiveCount,
  isDown,
  isServing,
  known,
  type KnownView,
  rowsAbove,
  schemaAbove,
} from './skew.ts';
import { binaryEvidence, describeInstalled, listNames, logEvidence, namesOf, rowEvidence, verb } from './text.ts';

/** Why the rows are wrong for every binary; null when they are not, or when that can't be said. */
interface StaleRows {
  readonly views: readonly KnownView[];
  readonly common: Common;
  readonly above: readonly NodeRow[];
}

function staleRows(situation: Situation): StaleRows | null {
  if (!allKnown(situation) || situation.rows === null) return null;
  const views = known(situation);
  const common = commonCount(views);
  if (common === null || schemaAbove(situation, common.schema)) return null;
  const own = new Set<string>(situation.members.map((one) => one.member));
  const above = rowsAbove(situation, common).filter((row) => own.has(row.name));
  const blocks = above.some((row) => comparedRows(situation).includes(row));
  return blocks ? { views, common, above } : null;
}

export function staleRules(situation: Situation): readonly Finding[] {
  const stale = staleRows(situation);
  if (stale === null) return selfHealingOfMixed(situation);
  if (stale.views.every((view) => view.hasFix === true)) {
    return anyServes(situation) ? [] : [selfHealing(situation, stale)];
  }
  if (anyServes(situation)) return whileServing(situation, stale);
  return stale.views.some(isDown) ? [staleCounter(situation, stale)] : [];
}

function staleCounter(situation: Situation, stale: StaleRows): Finding {
  const { views, above } = stale;
  const held = countsOf(above);
  return {
    kind: 'stale-counter',
    severity: 'critical',
    members: namesOf(views),
    title: `Every member runs ${runsWords(stale)}, but the database still records ${held}`,
    cause:
      `All members were moved to an LXD with fewer API extensions, and the database remembers the higher number. ` +
      `When a member starts, it sees ${verb(above.length, 'a row', 'rows')} with ${held}, takes itself for outdated, undoes its own correction and exits. ` +
      `So every restart of every member fails in the same way, and none can repair the table for the others. ` +
      `No data is lost and running instances are not touched by this; the LXD API is down until the recorded number is lowered to ${stale.common.extensions}.`,
    evidence: evidenceOf(situation, stale),
    extensionsMissing: missingOf(situation, stale),
    next: `Lower the recorded number with a guarded statement, after an approval: recover ${situation.cluster}`,
  };
}

/** Somebody serves on the count that all share: members whose start meets a row above it can't come up. */
function whileServing(situation: Situation, stale: StaleRows): readonly Finding[] {
  if (!clusterWorks(situation)) return [];
  const { views, common, above } = stale;
  const serving = views.filter(isServing);
  // A daemon that still runs the higher binary keeps its row right: that is another story (running-differs-from-installed).
  if (serving.some((view) => effectiveCount(view) !== common.extensions)) return [];
  const blocked = views.filter(isDown);
  const owners = views.filter((view) => !isServing(view) && above.some((row) => row.name === view.member));
  if (blocked.length === 0 && owners.length === 0) return [];
  const named = views.filter((view) => blocked.includes(view) || owners.includes(view));
  return [
    {
      kind: 'stale-counter-while-serving',
      severity: 'critical',
      members: namesOf(named),
      title: `${listNames(serving)} ${verb(serving.length, 'serves', 'serve')} with ${common.extensions} API extensions, but the database records ${countsOf(above)} for others`,
      cause:
        `Every member has the same LXD, yet the database records a higher number of API extensions in ${verb(above.length, 'one row', `${above.length} rows`)}. ` +
        `${listNames(named)} can't start: ${verb(named.length, 'it', 'each')} sees the higher row, takes itself for outdated and exits. ` +
        `${listNames(serving)} would fail in the same way at the next restart, so do not restart anything now. ` +
        `Since somebody serves, the rows can be corrected in the live database.`,
      evidence: evidenceOf(situation, stale),
      extensionsMissing: missingOf(situation, stale),
      next: `Correct the rows through a serving member, after an approval: recover ${situation.cluster}`,
    },
  ];
}

function selfHealing(situation: Situation, stale: StaleRows): Finding {
  return {
    kind: 'self-healing-version',
    severity: 'warning',
    members: namesOf(stale.views),
    title: `Every member runs ${runsWords(stale)}, which corrects the recorded ${countsOf(stale.above)} by itself`,
    cause:
      `The database records more API extensions than the installed LXD has, but this LXD does not fail on that: a starting member writes its own row and waits for the others. ` +
      `When the last member has started, all of them come up within a minute. ` +
      `No change to the database is needed; a member that stays down keeps the others waiting.`,
    evidence: evidenceOf(situation, stale),
    extensionsMissing: [],
    next: `Start members that are stopped, wait a minute, then look again: status ${situation.cluster}`,
  };
}

/** Binaries differ, and those that are not serving wait instead of failing. */
function selfHealingOfMixed(situation: Situation): readonly Finding[] {
  const views = known(situation);
  if (views.length < 2 || commonCount(views) !== null) return [];
  const waiting = views.filter((view) => view.phase === 'waiting' && view.hasFix === true);
  if (waiting.length === 0) return [];
  return [
    {
      kind: 'self-healing-version',
      severity: 'info',
      members: namesOf(waiting),
      title: `${listNames(waiting)} ${verb(waiting.length, 'waits', 'wait')} for the same LXD everywhere and will come up without a change to the database`,
      cause:
        `From 5.21.4 and 6.4 on, a member whose version differs from another one's does not fail: it waits and looks again every minute. ` +
        `As soon as all members have the same LXD, it comes up by itself. Changing the database would not help.`,
      evidence: waiting.map(binaryEvidence),
      extensionsMissing: [],
      next: `Bring all members to one version: recover ${situation.cluster}`,
    },
  ];
}

function evidenceOf(situation: Situation, stale: StaleRows): readonly Evidence[] {
  const fatal = stale.views.filter(isDown).flatMap((view) => {
    const line = currentFatal(view);
    return line === null ? [] : [logEvidence(view.member, line)];
  });
  // One line of the failure first: cards show only the beginning.
  return [...fatal.slice(0, 1), ...rowEvidence(situation), ...stale.views.map(binaryEvidence), ...fatal.slice(1)];
}

function runsWords(stale: StaleRows): string {
  const words = new Set(stale.views.map(describeInstalled));
  return words.size === 1 ? [...words].join('') : `a build with ${stale.common.extensions} API extensions`;
}

/** `318`, or `402 and 433`. */
function countsOf(rows: readonly NodeRow[]): string {
  return [...new Set(rows.map((row) => row.apiExtensions))].toSorted((a, b) => a - b).join(' and ');
}

function missingOf(situation: Situation, stale: StaleRows): readonly string[] {
  const view = stale.views[0];
  const highest = Math.max(...stale.above.map((row) => row.apiExtensions));
  return view === undefined ? [] : missingNames(situation, view, highest);
}
