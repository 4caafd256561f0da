/**
 * A report as one HTML page that needs nothing else: no request, no font, no script from elsewhere; it works from a file, prints, and
 * is used with the keyboard. Pure. Text of others is escaped; the policy in its head lets only its own script run.
 */
import type { Run } from '../domain/run.ts';
import type { OrderedEntry } from '../domain/timeline-order.ts';
import { escapeXml as escape, escapeXmlLines } from './escape-xml.ts';
import { detectionOf, helpedBy, impactOf, leftToDo, summaryOf } from './facts.ts';
import { PAGE_SCRIPT, PAGE_STYLE, contentPolicy } from './html-page.ts';
import type { ReportSubject } from './subject.ts';
import { reportSvg } from './svg/picture.ts';
import {
  commandsRun,
  groupOf,
  isOneDay,
  isoTime,
  KIND_GROUPS,
  marksOf,
  runWords,
  seconds,
  stepWords,
  titleOf,
} from './words.ts';

export function reportHtml(subject: ReportSubject): string {
  const title = escape(titleOf(subject));
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${contentPolicy()}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    '<meta name="referrer" content="no-referrer">',
    `<title>${title}</title>`,
    `<style>${PAGE_STYLE}</style>`,
    '</head>',
    '<body>',
    '<a class="skip" href="#timeline">Skip to the timeline</a>',
    `<header><h1>${title}</h1>`,
    `<p>Made ${time(subject.madeAt)} by ${escape(subject.generator)}. All times are UTC.</p></header>`,
    '<main>',
    `<figure tabindex="0" role="region" aria-label="Picture of the timeline">${reportSvg(subject, 'auto', 'embedded').trim()}</figure>`,
    ...section('summary', 'Summary', [pairs(subject)]),
    ...section('impact', 'Impact', impact(subject)),
    ...section('detection', 'Detection', list(detectionOf(subject))),
    ...section('timeline', 'Timeline', timeline(subject)),
    ...section('commands', 'Commands run', commands(subject.runs)),
    ...section('helped', 'What helped', list(helpedBy(subject), 'Nothing is on record.')),
    ...section('left', 'Left to do', list(leftToDo(subject), 'Nothing that the record knows of.')),
    '</main>',
    `<footer><p>${chainLine(subject)}</p></footer>`,
    `<script>${PAGE_SCRIPT}</script>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

function section(id: string, title: string, lines: readonly string[]): readonly string[] {
  return [`<section aria-labelledby="h-${id}"><h2 id="h-${id}">${title}</h2>`, ...lines, '</section>'];
}

function list(lines: readonly string[], none = 'Nothing.'): readonly string[] {
  if (lines.length === 0) return [`<p>${none}</p>`];
  return ['<ul>', ...lines.map((line) => `<li>${escape(line)}</li>`), '</ul>'];
}

function pairs(subject: ReportSubject): string {
  const items = summaryOf(subject).map(
    ([label, value]) => `<div><dt>${escape(label)}</dt><dd>${escape(value)}</dd></div>`,
  );
  return `<dl>${items.join('')}</dl>`;
}

function impact(subject: ReportSubject): readonly string[] {
  const { sentences, members } = impactOf(subject);
  if (members.length === 0) return list(sentences);
  const rows = members.map(
    ({ member, out, states }) =>
      `<tr><th scope="row">${escape(member)}</th><td class="n">${escape(out)}</td><td>${escape(states)}</td></tr>`,
  );
  return [
    ...list(sentences),
    '<table><thead><tr><th scope="col">Member</th><th scope="col">Not serving</th><th scope="col">What it did</th></tr></thead>',
    `<tbody>${rows.join('\n')}</tbody></table>`,
  ];
}

function timeline({ entries, members, range }: ReportSubject): readonly string[] {
  const kinds = new Set(entries.map(({ entry }) => groupOf(entry.kind)));
  const shown = KIND_GROUPS.filter((kind) => kinds.has(kind));
  return [
    '<form id="filter" hidden><fieldset><legend>Show</legend>',
    `<label>Member <select id="member"><option value="">all</option><option value="-">none: the cluster</option>${members.map((name) => `<option>${escape(name)}</option>`).join('')}</select></label>`,
    ...shown.map(
      (kind) => `<label class="k"><input type="checkbox" name="kind" value="${kind}" checked> ${kind}</label>`,
    ),
    '<label>Words <input type="search" id="words" autocomplete="off"></label>',
    '<button type="reset">Everything</button></fieldset></form>',
    `<p id="count" role="status">${entries.length} ${entries.length === 1 ? 'entry' : 'entries'}.</p>`,
    '<div class="wide" tabindex="0" role="region" aria-label="Entries">',
    `<table id="timeline"${isOneDay(range) ? ' class="one-day"' : ''}><thead><tr>`,
    ...['#', 'When', 'Kind', 'Who', 'Member', 'What'].map((name) => `<th scope="col">${name}</th>`),
    '</tr></thead><tbody>',
    ...entries.map(row),
    '</tbody></table></div>',
  ];
}

function row(ordered: OrderedEntry): string {
  const { entry } = ordered;
  const group = groupOf(entry.kind);
  const { author, link } = entry;
  const marks = [
    ...marksOf(ordered),
    ...(author === undefined ? [] : [`written by ${author}`]),
    ...(link === undefined ? [] : [link]),
  ].map((mark) => `<small>${escape(mark)}</small>`);
  const quoted =
    entry.evidence === null || entry.evidence.trim() === '' ? '' : `<pre>${escapeXmlLines(entry.evidence)}</pre>`;
  return [
    `<tr id="e${entry.sequence}" data-kind="${group}" data-member="${escape(entry.member ?? '-')}" class="g-${group}${entry.kind === 'finding-cleared' ? ' gone' : ''}">`,
    `<td class="n"><a href="#e${entry.sequence}">${entry.sequence}</a></td>`,
    `<td class="t">${timeOfRow(entry.happenedAt)}</td><td>${escape(entry.kind)}</td><td>${escape(entry.actor)}</td><td>${escape(entry.member ?? '')}</td>`,
    `<td><span class="x">${escape(entry.text)}</span>${marks.join(' ')}${quoted}</td></tr>`,
  ].join('');
}

function commands(runs: readonly Run[]): readonly string[] {
  if (runs.length === 0) return ['<p>No run belongs to this.</p>'];
  return runs.flatMap((run) => {
    const sent = commandsRun(run).map(({ id, text, steps }) => {
      const members = steps.map(
        (step) => `<li><strong>${escape(step.member)}</strong>: ${escape(stepWords(step))}</li>`,
      );
      const on = escape(steps.map(({ member }) => member).join(', '));
      return `<details><summary>${escape(id)} on ${on}</summary><ul>${members.join('')}</ul><pre>${escapeXmlLines(text)}</pre></details>`;
    });
    const why = run.reason === null ? [] : [`<p>Reason: ${escape(run.reason)}</p>`];
    const end = run.explanation === null ? [] : [`<p>${escape(run.explanation)}</p>`];
    const none = sent.length === 0 ? ['<p>Nothing was sent to any member.</p>'] : sent;
    return [
      `<h3>Run ${run.id}: ${run.strategy}</h3>`,
      `<p>${escape(runWords(run))}</p>`,
      ...why,
      ...end,
      '<div class="sent">',
      ...none,
      '</div>',
    ];
  });
}

function chainLine({ head }: ReportSubject): string {
  return head === null
    ? 'The chain is empty.'
    : `The chain’s head when this was made: entry ${head.sequence}, <code>${head.hash}</code>. Check it with <code>lockstep audit verify --expect ${head.hash}</code>.`;
}

/** Paper leaves the date out where all of it is of one day. */
function timeOfRow(at: number): string {
  const [date = '', rest = ''] = seconds(at).split(' ');
  return `<time datetime="${isoTime(at)}"><span class="d">${date} </span>${rest}</time>`;
}

function time(at: number): string {
  return `<time datetime="${isoTime(at)}">${seconds(at)}</time>`;
}
