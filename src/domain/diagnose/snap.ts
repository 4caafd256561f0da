/** What snapd does or may do to LXD: changes under way, changes that LXD itself holds up, and refreshes that nothing holds. */
import type { Finding } from '../finding.ts';
import type { SnapChange } from '../observation.ts';
import type { ReachedView, Situation } from './situation.ts';
import { isServing } from './skew.ts';
import { askCommand } from './target.ts';
import { listNames, namesOf, snapEvidence, verb } from './text.ts';

const UNDER_WAY: ReadonlySet<string> = new Set(['Do', 'Doing', 'Undo', 'Undoing', 'Wait', 'Abort']);

export function snapRules(situation: Situation): readonly Finding[] {
  return [...changes(situation), ...notHeld(situation)];
}

/** Changes of snapd that are not finished and that touch lxd, or may: a general refresh does not name its snaps. */
function changesUnderWay(view: ReachedView): readonly SnapChange[] {
  return (view.facts.changes ?? []).filter(
    (change) => UNDER_WAY.has(change.status) && (/\blxd\b/i.test(change.summary) || !/"[^"]+"/.test(change.summary)),
  );
}

function changes(situation: Situation): readonly Finding[] {
  const busy = situation.reached.filter((view) => changesUnderWay(view).length > 0);
  // "Start snap services" blocks until LXD is ready: on a daemon that is not, the change is a symptom.
  const blocked = busy.filter((view) => view.phase === 'waiting' || view.phase === 'crash-looping');
  const going = busy.filter((view) => !blocked.includes(view));
  return [
    ...changeFinding('refresh-in-progress', going, {
      title: `snapd is changing LXD on ${listNames(going)} right now`,
      cause:
        `A change of the snap is under way on ${listNames(going)}, so what was read may be old in a moment, and the daemon may be restarted by it. ` +
        `Nothing is changed by Lockstep until it has ended.`,
      next: `Wait for its end, then: status ${situation.cluster}`,
    }),
    ...changeFinding('refresh-blocked-by-lxd', blocked, {
      title: `A change of the snap on ${listNames(blocked)} can't end, because LXD does not come up there`,
      cause:
        `snapd waits for LXD to become ready before it finishes its change, and LXD on ${listNames(blocked)} does not become ready. ` +
        `The change is a symptom: it ends by itself when the members are in step again. ` +
        `Until then snapd refuses other changes of LXD there.`,
      next: `Settle the finding that keeps LXD from coming up: explain ${situation.cluster}`,
    }),
  ];
}

function changeFinding(
  kind: 'refresh-in-progress' | 'refresh-blocked-by-lxd',
  named: readonly ReachedView[],
  text: { readonly title: string; readonly cause: string; readonly next: string },
): readonly Finding[] {
  if (named.length === 0) return [];
  const evidence = named.flatMap((view) =>
    changesUnderWay(view).map((change) =>
      snapEvidence(view, `change ${change.id} ${change.status}: ${change.summary}`),
    ),
  );
  return [{ kind, severity: 'warning', members: namesOf(named), ...text, evidence, extensionsMissing: [] }];
}

function notHeld(situation: Situation): readonly Finding[] {
  const named = situation.reached.filter((view) => view.facts.snap?.held === false);
  if (named.length === 0) return [];
  const all = situation.members.every(isServing);
  return [
    {
      kind: 'auto-refresh-not-held',
      severity: 'info',
      members: namesOf(named),
      title: `Refreshes of LXD are not held on ${listNames(named)}: snapd may change it at any time`,
      cause:
        `Automatic refreshes of the snap are not held on ${listNames(named)}. ` +
        `${verb(named.length, 'It', 'Each')} can get another LXD at ${verb(named.length, 'its', 'its own')} moment, and the cluster is out of step until all have it. ` +
        (all
          ? `Nothing is wrong now; a hold on all members keeps it so until you choose the moment.`
          : `During a repair that would change the ground under it.`),
      evidence: named.map((view) => snapEvidence(view, `not held, tracking ${view.facts.snap?.tracking ?? 'unknown'}`)),
      extensionsMissing: [],
      next: `Hold them on ${listNames(named)} (sudo snap refresh --hold lxd), and before the next refresh ask what it would do: ${askCommand(situation)}`,
    },
  ];
}
