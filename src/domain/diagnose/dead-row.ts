/**
 * The row of a member that can't be asked holds the others back (`dead-row-blocks`): every member that answered has one count, and
 * the only rows that differ belong to members that did not answer. It is a claim about the row, not about the member.
 */
import type { Finding } from '../finding.ts';
import type { NodeRow } from '../observation.ts';
import { currentFatal, type Situation } from './situation.ts';
import { anyServes, commonCount, comparedRows, effectiveCount, isDown, known } from './skew.ts';
import { binaryEvidence, listNames, logEvidence, namesOf, rowEvidence, verb } from './text.ts';

export function deadRowRules(situation: Situation): readonly Finding[] {
  const views = known(situation);
  const common = commonCount(views);
  const unseen = situation.members.filter((view) => !view.reachable);
  if (common === null || views.length !== situation.reached.length) return [];
  const odd = comparedRows(situation).filter((row) => row.apiExtensions !== common.extensions);
  const owners = unseen.filter((view) => odd.some((row) => row.name === view.member));
  if (owners.length === 0 || odd.some((row) => !isOf(row, unseen))) return [];
  if (views.some((view) => effectiveCount(view) !== common.extensions)) return [];
  const serves = anyServes(situation);
  const held = views.filter(isDown);
  const rowWords = odd.map((row) => row.apiExtensions).join(' and ');
  const higher = odd.some((row) => row.apiExtensions > common.extensions);
  const fails = higher && !views.every((view) => view.hasFix === true);
  const fate = fails ? 'takes itself for outdated and exits' : 'waits for that member';
  return [
    {
      kind: 'dead-row-blocks',
      severity: serves ? 'warning' : 'critical',
      members: namesOf(owners),
      title: `The row of ${listNames(owners)}, which did not answer, records ${rowWords} API extensions; all members that answered have ${common.extensions}`,
      cause:
        `LXD compares itself with every row when it starts, also with that of a member that is gone. ` +
        (held.length > 0
          ? `${listNames(held)} ${verb(held.length, 'meets', 'meet')} that row and can't serve: ${verb(held.length, 'it', 'each')} ${fate}. `
          : `Any member that restarts now meets that row and ${fate}. `) +
        `The right way is to bring ${listNames(owners)} back, or to move all members to one version. ` +
        `Only when ${verb(owners.length, 'it', 'they')} will never return may a person decide to change that one row.`,
      evidence: [
        ...rowEvidence(situation),
        ...views.map(binaryEvidence),
        ...held.flatMap((view) => {
          const line = currentFatal(view);
          return line === null ? [] : [logEvidence(view.member, line)];
        }),
      ],
      extensionsMissing: [],
      next:
        serves || owners.length > 1
          ? `Bring ${listNames(owners)} back, then: status ${situation.cluster}`
          : `Bring ${listNames(owners)} back, then: status ${situation.cluster}. Only if that will never be, by break-glass: recover ${situation.cluster} --strategy unblock-dead-row`,
    },
  ];
}

function isOf(row: NodeRow, members: readonly { readonly member: string }[]): boolean {
  return members.some((one) => one.member === row.name);
}
