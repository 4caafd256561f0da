/** What it takes to render a timeline of 10,000 entries, per format. The limit is a second each. */
import { createPicture } from '../../src/adapters/picture/resvg.ts';
import { REPORT_FORMATS, renderReport, type ReportFormat } from '../../src/report/formats.ts';
import { createSubject, type ReportSubject } from '../../src/report/subject.ts';
import { reportSvg } from '../../src/report/svg/picture.ts';
import { sampleSubject } from '../support/incident-sample.ts';
import { describeSeries, median } from './stats.ts';

const ENTRIES = 10_000;
const ROUNDS = 5;
const LIMIT_MS = 1000;

export async function benchReport(): Promise<boolean> {
  const sample = sampleSubject(Math.ceil(ENTRIES / 20));
  const entries = sample.entries.map(({ entry }) => entry);
  const input = { ...sample, entries, states: [] };
  const picture = createPicture();
  await picture.png(reportSvg(sampleSubject(), 'light'));
  print(`${entries.length} entries, ${ROUNDS} rounds after one that is not counted; at most ${LIMIT_MS} ms each`);
  let met = true;
  for (const format of REPORT_FORMATS) {
    const ms: number[] = [];
    let size = 0;
    for (let round = 0; round <= ROUNDS; round += 1) {
      const began = performance.now();
      size = await render(createSubject(input), format, picture);
      if (round > 0) ms.push(performance.now() - began);
    }
    const fits = median(ms) <= LIMIT_MS;
    met = met && fits;
    print(`${describeSeries({ name: `${format}, ${Math.round(size / 1024)} KiB`, ms })}${fits ? '' : '   OVER'}`);
  }
  return met;
}

async function render(
  subject: ReportSubject,
  format: ReportFormat,
  picture: ReturnType<typeof createPicture>,
): Promise<number> {
  if (format !== 'png') return Buffer.byteLength(renderReport(subject, format));
  const drawn = await picture.png(reportSvg(subject, 'light', 'bare'));
  if (!drawn.ok) throw new Error(drawn.error);
  return drawn.value.byteLength;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
