/**
 * Small pieces of text that the rules share: lists of names, what a member runs, and evidence. Titles and causes are made of checked
 * names, numbers and release numbers only; remote text goes into evidence alone, on one line and capped.
 */
import type { Evidence } from '../finding.ts';
import type { MemberName } from '../ids.ts';
import type { LogFact, NodeRow } from '../observation.ts';
import { releaseOf } from '../release.ts';
import type { MemberView, ReachedView, Situation } from './situation.ts';
import type { CountSource, MemberAssessment } from './types.ts';

/** Evidence texts are cut here, in characters. */
const TEXT_LIMIT = 500;
/** Names shown in a list before "and N more". */
const NAMES_SHOWN = 6;

/** `m1`, `m1 and m2`, `m1, m2 and m3`. */
export function listNames(members: readonly { readonly member: MemberName }[]): string {
  return listOf(members.map((one) => one.member));
}

export function listOf(words: readonly string[]): string {
  if (words.length > NAMES_SHOWN) {
    return `${words.slice(0, NAMES_SHOWN - 1).join(', ')} and ${words.length - NAMES_SHOWN + 1} more`;
  }
  const last = words.at(-1) ?? 'nobody';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
}

/** `runs` for one, `run` for several. */
export function verb(count: number, one: string, many: string): string {
  return count === 1 ? one : many;
}

export function namesOf(members: readonly { readonly member: MemberName }[]): readonly MemberName[] {
  return members.map((one) => one.member);
}

/** `5.0.1 (313 API extensions)`, or what of it is known. Only the release number of the snap's version is used: the rest is remote text. */
export function describeInstalled(assessment: MemberAssessment): string {
  const release = releaseWord(assessment);
  const count = assessment.installed?.extensions ?? null;
  if (release !== null) return count === null ? release : `${release} (${count} API extensions)`;
  return count === null ? 'an unknown release' : `a build with ${count} API extensions`;
}

/** `5.0.1`, or null when the snap's version names no release. */
export function releaseWord(assessment: MemberAssessment): string | null {
  return assessment.version === null ? null : releaseOf(assessment.version);
}

export function oneLine(text: string): string {
  // Control characters end a line, colour a terminal, or hide text: none of them is evidence.
  const flat = text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').trim();
  return flat.length > TEXT_LIMIT ? `${flat.slice(0, TEXT_LIMIT - 1)}…` : flat;
}

export function logEvidence(member: MemberName, line: LogFact): Evidence {
  return { member, source: 'log', at: line.at, text: oneLine(line.text) };
}

export function sshEvidence(view: MemberView): Evidence {
  const { reach, at } = view.observation;
  const text = reach.kind === 'answered' ? 'answered' : `${reach.kind}: ${reach.text}`;
  return { member: view.member, source: 'ssh', at, text: oneLine(text) };
}

export function snapEvidence(view: MemberView, text: string): Evidence {
  return { member: view.member, source: 'snap', at: view.observation.at, text: oneLine(text) };
}

export function apiEvidence(view: MemberView, text: string): Evidence {
  return { member: view.member, source: 'api', at: view.observation.at, text: oneLine(text) };
}

/** `5.0.1-9dcf35b (rev 501): 313 extensions, schema 60`, with where the number comes from when it was not read out of the binary. */
export function binaryEvidence(view: MemberView): Evidence {
  const { installed, version, revision, observation } = view;
  const build = `${version ?? 'unknown version'} (rev ${revision ?? 'unknown'})`;
  const text =
    installed === null
      ? `${build}: number of extensions unknown`
      : `${build}: ${installed.extensions} extensions, schema ${installed.schema ?? 'unknown'}${sourceNote(view)}`;
  return { member: view.member, source: 'binary', at: observation.at, text: oneLine(text) };
}

const SOURCE_WORDS: Readonly<Record<CountSource, string>> = {
  binary: 'read from the binary',
  api: 'as its daemon says',
  peer: 'as on a member with the same revision',
  table: 'assumed from the release table',
};

function sourceNote(view: MemberView): string {
  const installed = view.installed;
  if (installed === null) return '';
  const others = installed.disagreeing.map((one) => `${one.extensions} ${SOURCE_WORDS[one.source]}`);
  if (others.length > 0) return ` (${SOURCE_WORDS[installed.source]}; but ${others.join(', ')})`;
  return installed.source === 'binary' ? '' : ` (${SOURCE_WORDS[installed.source]})`;
}

/** What the running process counts, when that is known. */
export function runningEvidence(view: ReachedView): readonly Evidence[] {
  if (view.running === null) return [];
  const exe = view.facts.process?.exe ?? null;
  const text = `running daemon: ${view.running.extensions} extensions${exe === null ? '' : ` (${exe})`}`;
  const source = view.running.source === 'api' ? 'api' : 'binary';
  return [{ member: view.member, source, at: view.observation.at, text: oneLine(text) }];
}

/** `m1: schema 60, api_extensions 318`, marked with its source when it was read from a dump; all rows unless said. Nothing without a table. */
export function rowEvidence(situation: Situation, shown?: readonly NodeRow[]): readonly Evidence[] {
  const rows = situation.rows;
  if (rows === null) return [];
  const from = rows.source === 'disk' ? ` (dump on disk of ${rows.member})` : '';
  return (shown ?? rows.rows).map((row) => {
    const state = row.state === 'created' ? '' : `, ${row.state}`;
    const text = `${row.name}: schema ${row.schema}, api_extensions ${row.apiExtensions}${state}${from}`;
    // The reader vouches for a row whose owner is not configured.
    const member = situation.members.find((one) => one.member === row.name)?.member ?? rows.member;
    return { member, source: 'row', at: rows.at, text: oneLine(text) };
  });
}
