/** The formats by name: what each is called, how its file ends, and what makes its text. PNG is made elsewhere, from the SVG. Pure. */
import { assertNever } from '../domain/assert-never.ts';
import { reportCsv } from './csv.ts';
import { reportHtml } from './html.ts';
import { reportJson } from './json.ts';
import { reportMarkdown } from './markdown.ts';
import type { ReportSubject } from './subject.ts';
import { reportSvg } from './svg/picture.ts';

export const TEXT_FORMATS = ['md', 'json', 'csv', 'html', 'svg'] as const;
export type TextFormat = (typeof TEXT_FORMATS)[number];
export const REPORT_FORMATS = [...TEXT_FORMATS, 'png'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

export const FORMAT_WORDS: Readonly<Record<ReportFormat, { readonly name: string; readonly mime: string }>> = {
  md: { name: 'Markdown', mime: 'text/markdown' },
  json: { name: 'JSON', mime: 'application/json' },
  csv: { name: 'CSV', mime: 'text/csv' },
  html: { name: 'an HTML page', mime: 'text/html' },
  svg: { name: 'an SVG picture', mime: 'image/svg+xml' },
  png: { name: 'a picture', mime: 'image/png' },
};

export function renderReport(subject: ReportSubject, format: TextFormat): string {
  switch (format) {
    case 'md':
      return reportMarkdown(subject);
    case 'json':
      return reportJson(subject);
    case 'csv':
      return reportCsv(subject);
    case 'html':
      return reportHtml(subject);
    case 'svg':
      return reportSvg(subject);
    default:
      return assertNever(format);
  }
}

/** `timeline-i4k2x9a-20261123-044000.md`: characters that every platform takes, and no two moments the same. */
export function fileNameOf({ name, madeAt }: Pick<ReportSubject, 'name' | 'madeAt'>, format: ReportFormat): string {
  const stamp = new Date(madeAt)
    .toISOString()
    .slice(0, 19)
    .replace('T', '-')
    .replace(/[^0-9-]/g, '')
    .replace(/^(\d+)-(\d+)-(\d+)-/, '$1$2$3-');
  return `timeline-${name.replace(/[^A-Za-z0-9._-]+/g, '-').slice(0, 80)}-${stamp}.${format}`;
}
