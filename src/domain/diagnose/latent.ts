/**
 * Skew that does not show yet: a serving daemon whose own count is not the one in its row (`latent-skew`), and a daemon that runs
 * another binary than the next start will (`running-differs-from-installed`). Both look green until something restarts.
 */
import type { Finding } from '../finding.ts';
import { runsInstalled } from './binary.ts';
import { missingNames } from './extensions.ts';
import type { ReachedView, Situation } from './situation.ts';
import { isServing } from './skew.ts';
import { binaryEvidence, listNames, namesOf, rowEvidence, runningEvidence, snapEvidence, verb } from './text.ts';

export function latentRules(situation: Situation): readonly Finding[] {
  return [...latentSkew(situation), ...runningDiffers(situation), ...orphans(situation)];
}

/** Only a live table can accuse a serving daemon: a dump may be older than its last start. */
function latentSkew(situation: Situation): readonly Finding[] {
  if (situation.rows?.source !== 'live') return [];
  const wrong = situation.reached.filter((view) => isServing(view) && rowGap(view) !== 0);
  const first = wrong[0];
  if (first === undefined) return [];
  const shown = wrong.flatMap((view) => (view.row === null ? [] : [view.row]));
  const counts = wrong.map(
    (view) => `${view.member} runs ${ownCount(view) ?? 0}, its row says ${view.row?.apiExtensions ?? 0}`,
  );
  const lowRows = wrong.some((view) => rowGap(view) > 0);
  return [
    {
      kind: 'latent-skew',
      severity: 'critical',
      members: namesOf(wrong),
      title: `All looks well, but the database does not record what ${listNames(wrong)} ${verb(wrong.length, 'runs', 'run')}: ${latentWords(wrong)}`,
      cause: [
        `The numbers of API extensions in the database were changed by hand or by a repair of one member: ${counts.join('; ')}.`,
        lowRows
          ? `On its next restart such a member writes its true number back, finds the others lower and waits; its API then hangs while the cluster still shows it as online.`
          : `While such a row stands, any other member that restarts takes itself for outdated and exits.`,
        lowRows
          ? `LXD then also refreshes the lower members by itself, which undoes a downgrade.`
          : `The member's own restart would correct its row.`,
        `Restart nothing before the rows and the binaries agree.`,
      ].join(' '),
      evidence: [...wrong.flatMap(runningEvidence), ...rowEvidence(situation, shown), ...wrong.map(binaryEvidence)],
      extensionsMissing: latentMissing(situation, wrong),
      next: `Put the rows right before anything restarts: recover ${situation.cluster}`,
    },
  ];
}

/** `318 API extensions, recorded 313`; no numbers when they are not the same for all. */
function latentWords(wrong: readonly ReachedView[]): string {
  const words = wrong.map((view) => `${ownCount(view) ?? 0} API extensions, recorded ${view.row?.apiExtensions ?? 0}`);
  return words[0] !== undefined && words.every((one) => one === words[0])
    ? words[0]
    : 'the numbers of API extensions differ';
}

/** What the daemon counts for rows and checks; null when unknown. */
function ownCount(view: ReachedView): number | null {
  return view.running === null ? null : view.running.extensions + (view.facts.extensionBump ?? 0);
}

/** Above 0: it runs more than its row says. 0 when equal, or when either is unknown. */
function rowGap(view: ReachedView): number {
  const own = ownCount(view);
  // A pending row is written by the member that lets the new one join.
  if (own === null || view.row === null || view.row.state === 'pending') return 0;
  return own - view.row.apiExtensions;
}

/** Names that the lowest other member lacks against the highest of these. */
function latentMissing(situation: Situation, wrong: readonly ReachedView[]): readonly string[] {
  const highest = Math.max(...wrong.map((view) => view.running?.extensions ?? 0));
  const lower = situation.reached.find((view) => (view.installed?.extensions ?? highest) < highest);
  return lower === undefined ? [] : missingNames(situation, lower, highest);
}

function runningDiffers(situation: Situation): readonly Finding[] {
  const wrong = situation.reached.filter((view) => view.facts.unit?.activeState !== 'inactive' && differs(view));
  if (wrong.length === 0) return [];
  const other = wrong.some((view) => view.running?.extensions !== view.installed?.extensions);
  return [
    {
      kind: 'running-differs-from-installed',
      severity: 'warning',
      members: namesOf(wrong),
      title: `${listNames(wrong)} still ${verb(wrong.length, 'runs', 'run')} another LXD than the installed one`,
      cause:
        `The snap was replaced, but the running daemon was not restarted, or it is not the snap's own. ` +
        `The next restart of ${listNames(wrong)} brings up the installed LXD${other ? ', which counts another number of API extensions' : ''}. ` +
        (other ? `What is in step now may not be in step after that restart.` : `Nothing is wrong at this moment.`),
      evidence: wrong.flatMap((view) => [...runningEvidence(view), binaryEvidence(view)]),
      extensionsMissing: [],
      next: `Look at what each member runs and has installed: explain ${situation.cluster}`,
    },
  ];
}

/** Another executable, or the same path with another count (replaced in place). */
function differs(view: ReachedView): boolean {
  const same = runsInstalled(view.facts);
  if (same === false) return true;
  const running = view.facts.process?.extensions ?? null;
  return running !== null && view.installed?.source === 'binary' && running !== view.installed.extensions;
}

/** A process that the unit does not know of: systemd neither stops nor restarts it. */
function orphans(situation: Situation): readonly Finding[] {
  const wrong = situation.reached.filter((view) => {
    const state = view.facts.unit?.activeState;
    return (state === 'inactive' || state === 'failed') && view.facts.process !== null;
  });
  if (wrong.length === 0) return [];
  return [
    {
      kind: 'running-differs-from-installed',
      severity: 'critical',
      members: namesOf(wrong),
      title: `${listNames(wrong)} ${verb(wrong.length, 'has', 'have')} an LXD process although the service is not active`,
      cause:
        `systemd says that LXD is not running on ${listNames(wrong)}, yet a process of it lives: a stop that did not end it, or a daemon started by hand. ` +
        `Starting the service now would put a second daemon beside the first on one database. ` +
        `End the old process before anything is started.`,
      evidence: wrong.map((view) =>
        snapEvidence(
          view,
          `unit ${view.facts.unit?.activeState ?? ''}, process ${view.facts.process?.pid ?? 0} ${view.facts.process?.exe ?? ''}`,
        ),
      ),
      extensionsMissing: [],
      next: `Look at the process on ${listNames(wrong)}, then: status ${situation.cluster}`,
    },
  ];
}
