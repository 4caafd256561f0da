/**
 * Pictures of a page's parts through a Chromium that is installed, spoken to by its own protocol over two pipes: nothing is fetched,
 * no port is opened. https://chromedevtools.github.io/devtools-protocol/
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { asJson, asList, asText, type Json } from '../support/chat-wire.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
const ARGUMENTS = ['--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', '--remote-debugging-pipe'];

/** What `CHROME` says, else the first that is found in the search path; null when there is none. */
export function findChromium(environment: NodeJS.ProcessEnv): string | null {
  const folders = (environment['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const paths = folders.flatMap((folder) => NAMES.map((name) => join(folder, name)));
  const given = environment['CHROME'];
  return [...(given === undefined ? [] : [given]), ...paths].find(isExecutable) ?? null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export interface Shots {
  readonly chromium: string;
  /** Pages and the folders into which the pictures of their articles go. */
  readonly pages: readonly { readonly page: string; readonly folder: string }[];
}

/** Resolves to the number of pictures. */
export function shoot({ chromium, pages }: Shots): Promise<number> {
  return withBrowser(chromium, async (send) => {
    let count = 0;
    for (const { page, folder } of pages) count += await shootPage(send, page, folder);
    return count;
  });
}

/** A browser for as long as the work takes. */
export async function withBrowser<T>(chromium: string, work: (send: Send) => Promise<T>): Promise<T> {
  const profile = mkdtempSync(join(tmpdir(), 'lockstep-gallery-'));
  const browser = spawn(chromium, [...ARGUMENTS, `--user-data-dir=${profile}`], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  });
  try {
    const send = talkTo(browser);
    const result = await work(send);
    await send('Browser.close');
    return result;
  } finally {
    await endOf(browser);
    rmSync(profile, { recursive: true, force: true });
  }
}

function endOf(browser: ChildProcess): Promise<void> {
  if (browser.exitCode !== null || browser.signalCode !== null || browser.pid === undefined) return Promise.resolve();
  return new Promise((ended) => {
    browser.once('exit', () => ended());
    browser.kill('SIGKILL');
  });
}

export type Send = (method: string, params?: Json, session?: string) => Promise<Json>;

function talkTo(browser: ChildProcess): Send {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- pipes, as asked for in `stdio`
  const [, , , toBrowser, fromBrowser] = browser.stdio as unknown as [null, null, null, Writable, Readable];
  const waiting = new Map<number, { readonly done: (result: Json) => void; readonly fail: (error: Error) => void }>();
  const failAll = (reason: string): void => {
    for (const { fail } of waiting.values()) fail(new Error(reason));
    waiting.clear();
  };
  let rest = '';
  fromBrowser.setEncoding('utf8').on('data', (chunk: string) => {
    const parts = (rest + chunk).split('\0');
    rest = parts.pop() ?? '';
    for (const part of parts) {
      const answer = asJson(JSON.parse(part));
      const call = waiting.get(Number(answer['id']));
      waiting.delete(Number(answer['id']));
      if (answer['error'] !== undefined) call?.fail(new Error(asText(asJson(answer['error'])['message'])));
      else call?.done(asJson(answer['result']));
    }
  });
  toBrowser.on('error', () => failAll('the browser is gone'));
  browser.on('error', (error) => failAll(error.message));
  browser.on('exit', () => failAll('the browser ended'));
  let id = 0;
  return (method, params = {}, sessionId) =>
    new Promise((done, fail) => {
      id += 1;
      waiting.set(id, { done, fail });
      toBrowser.write(`${JSON.stringify({ id, method, params, ...(sessionId === undefined ? {} : { sessionId }) })}\0`);
    });
}

/** Waits until the fonts are there, and gives where each article stands. */
const BOXES = `document.fonts.ready.then(() => [...document.querySelectorAll('article')].map((one) => {
  const { x, y, width, height } = one.getBoundingClientRect();
  return { id: one.id, x: x + scrollX, y: y + scrollY, width, height };
}))`;

async function shootPage(send: Send, page: string, folder: string): Promise<number> {
  const { session, close } = await openPage(send, page, { width: 1900, height: 1000 });
  const answer = await evaluate(send, BOXES, session);
  const boxes = asList(asJson(asJson(answer)['result'])['value']).map(asJson);
  for (const { id, ...box } of boxes) {
    const clip = { ...box, scale: 1 };
    const shot = await send('Page.captureScreenshot', { format: 'png', clip, captureBeyondViewport: true }, session);
    writeFileSync(join(folder, `${asText(id)}.png`), Buffer.from(asText(shot['data']), 'base64'));
  }
  await close();
  return boxes.length;
}

interface Opened {
  readonly session: string;
  readonly close: () => Promise<void>;
}

/** A file of this machine in a window of that size; `media` are the settings of a reader, `prefers-color-scheme` and the like. */
export async function openPage(
  send: Send,
  page: string,
  size: { readonly width: number; readonly height: number },
  media: Json = {},
): Promise<Opened> {
  const url = pathToFileURL(page).href;
  const { targetId } = await send('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true });
  const session = asText(sessionId);
  await send('Emulation.setDeviceMetricsOverride', { ...size, deviceScaleFactor: 1, mobile: false }, session);
  await send('Emulation.setEmulatedMedia', media, session);
  await send('Page.navigate', { url }, session);
  await arrival(send, url, session);
  return { session, close: async () => void (await send('Target.closeTarget', { targetId })) };
}

/** Until the page itself is there, whole; while one page takes the place of another a question may fail. */
async function arrival(send: Send, url: string, session: string): Promise<void> {
  const params = { expression: 'document.readyState + " " + location.href', returnByValue: true };
  const isThere = async (): Promise<boolean> => {
    const answer = await send('Runtime.evaluate', params, session).catch(() => ({}));
    return asJson(asJson(answer)['result'])['value'] === `complete ${url}`;
  };
  while (!(await isThere())) await new Promise((turn) => setTimeout(turn, 20));
}

function evaluate(send: Send, expression: string, session: string): Promise<Json> {
  return send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true }, session);
}
