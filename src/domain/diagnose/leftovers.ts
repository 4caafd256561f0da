/** Things that somebody left on a member and that change what its next start does: patch files, recovery tarballs, other binaries. */
import type { Evidence, Finding } from '../finding.ts';
import { isRecent, newestLine } from './log.ts';
import { memberNow, type ReachedView, type Situation } from './situation.ts';
import { listNames, logEvidence, namesOf, snapEvidence, verb } from './text.ts';

export function leftoverRules(situation: Situation): readonly Finding[] {
  return [...patches(situation), ...tarballs(situation), ...debugBinary(situation), ...bump(situation)];
}

function patches(situation: Situation): readonly Finding[] {
  const named = situation.reached.filter(({ facts }) => hasPatch(facts.leftovers));
  if (named.length === 0) return [];
  return [
    {
      kind: 'patch-left-over',
      severity: 'warning',
      members: namesOf(named),
      title: `A database patch file lies on ${listNames(named)} and runs at the next start of LXD`,
      cause:
        `LXD runs the SQL in such a file once, at its next start, whenever that is, and then deletes it. ` +
        `A file that was right for one moment can break the cluster at a later one; one whose SQL fails keeps LXD from starting at all. ` +
        `Lockstep never overwrites it and makes no change while it is there: find out whose it is, and remove it.`,
      evidence: named.flatMap(patchEvidence),
      extensionsMissing: [],
      next: `Read it, remove it on the host when nobody needs it, then: status ${situation.cluster}`,
    },
  ];
}

function hasPatch(leftovers: ReachedView['facts']['leftovers']): boolean {
  return leftovers !== null && (leftovers.patchGlobal !== null || leftovers.patchLocal);
}

function patchEvidence(view: ReachedView): readonly Evidence[] {
  const { leftovers } = view.facts;
  if (leftovers === null) return [];
  return [
    ...(leftovers.patchGlobal === null ? [] : [snapEvidence(view, `patch.global.sql: ${leftovers.patchGlobal}`)]),
    ...(leftovers.patchLocal ? [snapEvidence(view, 'patch.local.sql exists')] : []),
  ];
}

function tarballs(situation: Situation): readonly Finding[] {
  const lying = (view: ReachedView): boolean => view.facts.leftovers?.recoveryTarball === true;
  const consuming = (view: ReachedView): Evidence | null => {
    const line = view.phase === 'serving' ? null : newestLine(view.facts, ['recovery_tarball']);
    return line !== null && isRecent(line, memberNow(view.observation)) ? logEvidence(view.member, line) : null;
  };
  const named = situation.reached.filter((view) => lying(view) || consuming(view) !== null);
  if (named.length === 0) return [];
  return [
    {
      kind: 'recovery-tarball',
      severity: 'warning',
      members: namesOf(named),
      title: `A database recovery is prepared on ${listNames(named)}: LXD loads it at its next start`,
      cause:
        `"lxd cluster edit" leaves a tarball that replaces the member's database when LXD starts next. ` +
        `Somebody has begun a recovery by hand; another change on top of it could mix two histories of the database. ` +
        `Lockstep makes no change while it is there.`,
      evidence: named.flatMap((view) => {
        const line = consuming(view);
        return [
          ...(lying(view) ? [snapEvidence(view, 'lxd_recovery_db.tar.gz exists')] : []),
          ...(line === null ? [] : [line]),
        ];
      }),
      extensionsMissing: [],
      next: `Ask who began the recovery and finish or remove it, then: status ${situation.cluster}`,
    },
  ];
}

function debugBinary(situation: Situation): readonly Finding[] {
  const named = situation.reached.filter((view) => view.facts.leftovers?.lxdDebug === true);
  if (named.length === 0) return [];
  return [
    {
      kind: 'lxd-debug',
      severity: 'warning',
      members: namesOf(named),
      title: `${listNames(named)} ${verb(named.length, 'starts', 'start')} a private LXD binary instead of the snap's`,
      cause:
        `An executable "lxd.debug" beside LXD's directory takes the place of the snap's own binary at every start. ` +
        `What the snap's version says about ${listNames(named)} is then not what runs, and a refresh changes nothing. ` +
        `No repair is planned while it is there.`,
      evidence: named.map((view) =>
        snapEvidence(view, `lxd.debug is in place; running ${view.facts.process?.exe ?? 'unknown'}`),
      ),
      extensionsMissing: [],
      next: `Remove lxd.debug when nobody needs it, then: status ${situation.cluster}`,
    },
  ];
}

function bump(situation: Situation): readonly Finding[] {
  const named = situation.reached.filter((view) => (view.facts.extensionBump ?? 0) !== 0);
  if (named.length === 0) return [];
  return [
    {
      kind: 'extension-bump-env',
      severity: 'warning',
      members: namesOf(named),
      title: `A test setting falsifies the number of API extensions on ${listNames(named)}`,
      cause:
        `LXD_ARTIFICIALLY_BUMP_API_EXTENSIONS is set for the daemon on ${listNames(named)}. ` +
        `It is made for LXD's own tests and changes the number that is recorded and compared, but not what the binary can do. ` +
        `Numbers read here do not mean what they say, so no repair is planned with it.`,
      evidence: named.map((view) =>
        snapEvidence(view, `LXD_ARTIFICIALLY_BUMP_API_EXTENSIONS=${view.facts.extensionBump ?? 0}`),
      ),
      extensionsMissing: [],
      next: `Remove the setting from the service's environment, then: status ${situation.cluster}`,
    },
  ];
}
