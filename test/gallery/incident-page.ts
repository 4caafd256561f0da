/**
 * A long incident as its files have it: the picture, light and dark, and the page as it looks in a browser, light and dark, on a phone
 * and on paper.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { asJson, asText, type Json } from '../support/chat-wire.ts';
import { renderSample } from '../support/incident-sample.ts';
import { openPage, withBrowser, type Send } from './shoot.ts';

const PAGE = 'timeline.html';

/** The page's path. */
export async function writeIncident(folder: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const { html, svg, light, dark } = await renderSample();
  const page = join(folder, PAGE);
  writeFileSync(page, html);
  writeFileSync(join(folder, 'timeline.svg'), svg);
  writeFileSync(join(folder, 'picture-light.png'), light);
  writeFileSync(join(folder, 'picture-dark.png'), dark);
  return page;
}

interface Look {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly media: Json;
}

const scheme = (value: 'light' | 'dark'): Json => ({ features: [{ name: 'prefers-color-scheme', value }] });
const LOOKS: readonly Look[] = [
  { name: 'page-light', width: 1400, height: 1700, media: scheme('light') },
  { name: 'page-dark', width: 1400, height: 1700, media: scheme('dark') },
  { name: 'page-phone', width: 412, height: 900, media: scheme('dark') },
  // A4 across, without its margins.
  { name: 'page-paper', width: 1047, height: 1480, media: { media: 'print', ...scheme('dark') } },
];

/** Names of the files that were made. */
export function shootIncident(chromium: string, folder: string): Promise<readonly string[]> {
  const page = join(folder, PAGE);
  return withBrowser(chromium, async (send) => {
    const names: string[] = [];
    for (const look of LOOKS) {
      const { session, close } = await openPage(send, page, look, look.media);
      const shot = await send('Page.captureScreenshot', { format: 'png' }, session);
      names.push(save(folder, `${look.name}.png`, shot));
      if (look.name === 'page-dark') names.push(await print(send, session, folder));
      await close();
    }
    return names;
  });
}

/** As a reader with a dark setting would print it. */
async function print(send: Send, session: string, folder: string): Promise<string> {
  const printed = await send('Page.printToPDF', { preferCSSPageSize: true, printBackground: false }, session);
  return save(folder, 'printed.pdf', printed);
}

function save(folder: string, name: string, answer: Json): string {
  writeFileSync(join(folder, name), Buffer.from(asText(asJson(answer)['data']), 'base64'));
  return name;
}
