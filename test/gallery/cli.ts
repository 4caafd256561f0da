/** `npm run gallery`: every card of both platforms as one HTML file each, and as pictures where a Chromium is installed; and the picture and the page of a long incident. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { shootIncident, writeIncident } from './incident-page.ts';
import { pageOf } from './page.ts';
import { makePictures } from './pictures.ts';
import { findChromium, shoot } from './shoot.ts';

const PLATFORMS = ['slack', 'discord'] as const;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { out: { type: 'string' }, only: { type: 'string' }, 'no-png': { type: 'boolean' } },
  });
  const out = values.out === undefined ? mkdtempSync(join(tmpdir(), 'lockstep-gallery-')) : resolve(values.out);
  const pages: { readonly page: string; readonly folder: string }[] = [];
  for (const platform of PLATFORMS) {
    const pictures = (await makePictures(platform)).filter(({ id }) => id.startsWith(values.only ?? ''));
    const folder = join(out, platform);
    const page = join(out, `${platform}.html`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(page, pageOf(platform, pictures));
    pages.push({ page, folder });
    process.stdout.write(`${page}: ${pictures.length} cards\n`);
  }
  const incident = 'incident-page'.startsWith(values.only ?? '') ? join(out, 'incident') : null;
  if (incident !== null) process.stdout.write(`${await writeIncident(incident)}: a long incident, and its pictures\n`);
  if (values['no-png'] === true) return;
  const chromium = findChromium(process.env);
  if (chromium === null) {
    process.stdout.write('No pictures: no chromium, chromium-browser or google-chrome is installed (or set CHROME).\n');
    return;
  }
  process.stdout.write(`${await shoot({ chromium, pages })} pictures beside them, in slack/ and discord/\n`);
  if (incident === null) return;
  process.stdout.write(`${(await shootIncident(chromium, incident)).join(', ')} in incident/\n`);
}

await main();
