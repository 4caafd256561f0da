/**
 * A post-incident report as Markdown: what the record knows is filled in, what only people know has its place. Pure. All text of
 * entries and of members is escaped, quotations and commands stand in fences that they can't close.
 */
import type { Run } from '../domain/run.ts';
import type { OrderedEntry } from '../domain/timeline-order.ts';
import { escapeMarkdown as escape, fenceMarkdown } from './escape-markdown.ts';
import { detectionOf, helpedBy, impactOf, leftToDo, summaryOf } from './facts.ts';
import type { ReportSubject } from './subject.ts';
import { commandsRun, marksOf, runWords, seconds, stepWords, titleOf } from './words.ts';

const TO_FILL_IN = '*To be filled in.*';

export function reportMarkdown(subject: ReportSubject): string {
  return [
    `# ${escape(titleOf(subject))}`,
    '',
    `Made ${seconds(subject.madeAt)} by ${escape(subject.generator)}. All times are UTC.`,
    '',
    ...section('Summary', pairs(subject)),
    ...section('Impact', impact(subject)),
    ...section('Detection', bullets(detectionOf(subject))),
    ...section('Timeline', timeline(subject.entries)),
    ...section('Commands run', commands(subject.runs)),
    ...section('What helped', [...bullets(helpedBy(subject)), '', TO_FILL_IN]),
    ...section('Follow-ups', [
      ...leftToDo(subject).map((line) => `- [ ] ${escape(line)}`),
      '- [ ] What would have told us earlier?',
      '- [ ] What would have made this impossible?',
      '- [ ] Owner and date for each of these',
    ]),
    chainLine(subject),
    '',
  ].join('\n');
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return [`## ${title}`, '', ...lines, ''];
}

function bullets(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `- ${escape(line)}`);
}

function pairs(subject: ReportSubject): readonly string[] {
  return summaryOf(subject).map(([label, value]) => `- **${escape(label)}:** ${escape(value)}`);
}

function impact(subject: ReportSubject): readonly string[] {
  const { sentences, members } = impactOf(subject);
  const rows = members.map(({ member, out, states }) => `| ${escape(member)} | ${escape(out)} | ${escape(states)} |`);
  const table = rows.length === 0 ? [] : ['', '| Member | Not serving | What it did |', '|---|---:|---|', ...rows];
  return [...bullets(sentences), ...table, '', TO_FILL_IN];
}

function timeline(entries: readonly OrderedEntry[]): readonly string[] {
  if (entries.length === 0) return ['No entries.'];
  return [
    '| # | When | Who | Member | What | Known |',
    '|---:|---|---|---|---|---|',
    ...entries.map(row),
    ...entries.flatMap(quotation),
  ];
}

function row(ordered: OrderedEntry): string {
  const { entry } = ordered;
  const { author, link } = entry;
  const source = [...(author === undefined ? [] : [`written by ${author}`]), ...(link === undefined ? [] : [link])];
  const known = [...marksOf(ordered), ...source].map(escape).join('; ');
  return `| ${entry.sequence} | ${seconds(entry.happenedAt)} | ${escape(entry.actor)} | ${escape(entry.member ?? '')} | ${escape(entry.text)} | ${known} |`;
}

function quotation({ entry }: OrderedEntry): readonly string[] {
  if (entry.evidence === null || entry.evidence.trim() === '') return [];
  return ['', `Entry ${entry.sequence}:`, '', ...fenceMarkdown(entry.evidence, 'text')];
}

function commands(runs: readonly Run[]): readonly string[] {
  if (runs.length === 0) return ['No run belongs to this.'];
  return runs.flatMap((run) => {
    const sent = commandsRun(run).flatMap(({ id, text, steps }) => [
      `#### ${escape(id)} on ${escape(steps.map(({ member }) => member).join(', '))}`,
      '',
      ...steps.map((step) => `- **${escape(step.member)}:** ${escape(stepWords(step))}`),
      '',
      ...fenceMarkdown(text, 'sh'),
      '',
    ]);
    const why = run.reason === null ? [] : [`Reason: ${escape(run.reason)}`, ''];
    const end = run.explanation === null ? [] : [escape(run.explanation), ''];
    const none = sent.length === 0 ? ['Nothing was sent to any member.', ''] : sent;
    return [`### Run ${run.id}: ${run.strategy}`, '', escape(runWords(run)), '', ...why, ...end, ...none];
  });
}

function chainLine({ head }: ReportSubject): string {
  return head === null
    ? 'The chain is empty.'
    : `The chain’s head when this was made: entry ${head.sequence}, \`${head.hash}\`. Check it with \`lockstep audit verify --expect ${head.hash}\`.`;
}
