/**
 * Instances that LXD itself will start when it becomes ready (recovery rules, "Before"): what a person would otherwise be surprised
 * by. Owns who is concerned and the bounded lists; unknown is null, never an empty list.
 */
import type { AutostartFacts } from '../observation.ts';
import type { MemberStarts, Strategy } from '../plan.ts';
import type { PlannerView, ReachedMember } from './view.ts';

/** Names per member that a plan carries. */
const MOST_NAMES = 20;

/** Null when it could not be read. Members where it starts nothing are left out. */
export function startsOf(view: PlannerView, strategy: Strategy): readonly MemberStarts[] | null {
  const concerned = becomingReady(view, strategy);
  const table = tableOf(view);
  if (concerned.length === 0) return [];
  if (table === null || concerned.some(({ facts }) => facts.instances === null)) return null;
  return concerned.flatMap(({ member, row, facts }) => {
    // LXD starts nothing on an evacuated member.
    if (row?.state === 'evacuated') return [];
    const running = new Set(facts.instances?.running.map(({ name }) => name));
    const names = table.rows
      .filter((one) => one.member === member)
      .map(({ project, name }) => ({ project, name, process: project === 'default' ? name : `${project}_${name}` }))
      .filter((one) => !running.has(one.process))
      .map(({ project, name }) => (project === 'default' ? name : `${project}/${name}`));
    if (names.length === 0 && !table.more) return [];
    return [
      { member, instances: names.slice(0, MOST_NAMES), more: Math.max(0, names.length - MOST_NAMES), cut: table.more },
    ];
  });
}

/** For the card. */
export function startsWords(view: PlannerView, strategy: Strategy): readonly string[] {
  const starts = startsOf(view, strategy);
  if (starts === null) {
    return [
      'Which instances LXD will start when it becomes ready could not be read: those with boot.autostart, and those that ran when it last wrote their state.',
    ];
  }
  if (starts.length === 0) return ['When LXD becomes ready it starts no instance that does not run now.'];
  const lists = starts.map(({ member, instances, more, cut }) => {
    const names = [...instances, ...(more > 0 ? [`${more} more`] : []), ...(cut ? ['perhaps others'] : [])];
    return `${member}: ${names.join(', ')}`;
  });
  return [`When LXD becomes ready it starts instances by itself that don't run now. ${lists.join('; ')}.`];
}

/** A daemon that serves on starts nothing; the other strategies leave none serving on, or are refused where one serves. */
function becomingReady(view: PlannerView, strategy: Strategy): readonly ReachedMember[] {
  return view.reached.filter(({ phase }) => strategy !== 'sql-live' || phase !== 'serving');
}

/** The live database before a dump, and of dumps the one whose rows are believed. */
function tableOf(view: PlannerView): AutostartFacts | null {
  const known = view.reached.filter(({ facts }) => facts.autostart !== null);
  const live = known.find(({ facts }) => facts.nodes?.source === 'live');
  const believed = known.find(({ member }) => member === view.rows?.member);
  return (live ?? believed ?? known[0])?.facts.autostart ?? null;
}
