/**
 * The explanation: per finding the cause, the evidence and what to do. It is the thread post of `status` (shorter) and the answer
 * of `explain` (whole). Remote text stands in code blocks only.
 */
import type { ExplanationData } from '../../domain/data.ts';
import type { Diagnosis } from '../../domain/diagnose/types.ts';
import type { Evidence, Finding } from '../../domain/finding.ts';
import { code, divider, heading, message, nextCommand, note, strong, text, withCommands } from '../build.ts';
import type { Block, Message } from '../message.ts';
import { isoTime, listOf, SEVERITY_SIGN, shortTime } from '../words.ts';
import { commandsAfterExplanation } from './next.ts';
import { toneOf } from './status.ts';

/** Evidence lines and extension names per finding. */
export interface ExplanationDepth {
  readonly evidence: number;
  readonly names: number;
}

export const THREAD_DEPTH: ExplanationDepth = { evidence: 4, names: 20 };
export const WHOLE_DEPTH: ExplanationDepth = { evidence: 40, names: 400 };

export function explanationData(cluster: string, diagnosis: Diagnosis): ExplanationData {
  return {
    kind: 'explanation',
    cluster,
    findings: diagnosis.findings.map((finding) => ({
      kind: finding.kind,
      severity: finding.severity,
      members: finding.members,
      title: finding.title,
      cause: finding.cause,
      evidence: finding.evidence.map(({ member, source, at, text: words }) => ({
        member,
        source,
        at: at === null ? null : isoTime(at),
        text: words,
      })),
      extensionsMissing: finding.extensionsMissing,
      next: finding.next,
    })),
  };
}

export function explanationMessage(cluster: string, diagnosis: Diagnosis, depth: ExplanationDepth): Message {
  const first = diagnosis.findings[0];
  return message(`${cluster}: ${first?.title ?? 'nothing to explain'}`, toneOf(diagnosis), [
    ...diagnosis.findings.flatMap((finding, index) => [
      ...(index === 0 ? [] : [divider]),
      ...findingBlocks(cluster, finding, depth),
    ]),
    nextCommand(...commandsAfterExplanation(cluster, diagnosis.findings)),
  ]);
}

function findingBlocks(cluster: string, finding: Finding, depth: ExplanationDepth): readonly Block[] {
  return [
    heading(`${SEVERITY_SIGN[finding.severity]} ${finding.title}`),
    ...(finding.members.length === 0 ? [] : [note(`About ${listOf(finding.members)}.`)]),
    text(finding.cause),
    ...evidenceBlocks(cluster, finding.evidence, depth.evidence),
    ...missingBlocks(cluster, finding.extensionsMissing, depth.names),
    text(strong('What to do: '), ...withCommands(finding.next)),
  ];
}

function evidenceBlocks(cluster: string, evidence: readonly Evidence[], most: number): readonly Block[] {
  if (evidence.length === 0) return [];
  const shown = evidence.slice(0, most);
  return [
    code(shown.map(evidenceLine).join('\n'), 'Evidence'),
    ...cutNote(cluster, evidence.length - shown.length, 'line'),
  ];
}

function evidenceLine(evidence: Evidence): string {
  const at = evidence.at === null ? '' : ` ${shortTime(evidence.at)}`;
  return `${evidence.member} [${evidence.source}${at}] ${evidence.text}`;
}

function missingBlocks(cluster: string, names: readonly string[], most: number): readonly Block[] {
  if (names.length === 0) return [];
  const shown = names.slice(0, most);
  return [
    code(shown.join(', '), `API extensions that the lower LXD does not have (${names.length})`),
    ...cutNote(cluster, names.length - shown.length, 'name'),
  ];
}

function cutNote(cluster: string, more: number, what: string): readonly Block[] {
  return more <= 0 ? [] : [note(`${more} more ${what}${more === 1 ? '' : 's'}: /lxd explain ${cluster}`)];
}
