/** The gallery shows every card, each as its platform takes it, and its pages fetch nothing. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { renderPayload } from '../../src/adapters/discord/render.ts';
import { renderMessage } from '../../src/adapters/slack/render.ts';
import { checkMessage as checkDiscord } from '../support/discord/check-message.ts';
import { checkMessage as checkSlack, checkView } from '../support/slack/check-message.ts';
import { makeTemporaryDirectory } from '../support/temporary-directory.ts';
import { writeIncident } from './incident-page.ts';
import { pageOf } from './page.ts';
import { nameOf } from './people.ts';
import type { Picture } from './picture.ts';
import { makePictures } from './pictures.ts';

const VIEWS = new URL('../../src/chat/views/', import.meta.url);
/** Of the configuration's people alone there are mentions, and nothing is linked in any picture. */
const NOTHING = {
  allowsMention: (construct: string): boolean => nameOf(construct.slice(2, -1)) !== null,
  allowsLink: (): boolean => false,
};

let slack: readonly Picture[];
let discord: readonly Picture[];
beforeAll(async () => {
  slack = await makePictures('slack');
  discord = await makePictures('discord');
});

/** What makes messages, by the names that views have: `statusMessage`, `incidentAnswer`. */
async function listViews(): Promise<readonly string[]> {
  const files = readdirSync(VIEWS).filter((name) => name.endsWith('.ts'));
  const modules = await Promise.all(files.map((name): Promise<object> => import(new URL(name, VIEWS).href)));
  return modules.flatMap((module) => Object.keys(module).filter((name) => /(?:Message|Answer)$/.test(name)));
}

describe('the gallery', () => {
  test('shows every view, and names none that is not there', async () => {
    const views = await listViews();
    expect(views.length).toBeGreaterThan(15);
    expect([...new Set(slack.flatMap((picture) => picture.views))].toSorted()).toEqual(views.toSorted());
    const elsewhere = slack.filter(({ place }) => place === 'home').flatMap((picture) => picture.views);
    const shown = new Set([...discord.flatMap((picture) => picture.views), ...elsewhere]);
    expect([...shown].toSorted()).toEqual(views.toSorted());
  });

  test('has one picture of each name', () => {
    for (const pictures of [slack, discord]) {
      expect(new Set(pictures.map(({ id }) => id)).size).toBe(pictures.length);
    }
  });

  test('shows only what Slack would take', () => {
    for (const { id, place, rendered } of slack) {
      const { text, blocks } = renderMessage(rendered.message, rendered.data);
      const found =
        place === 'home' ? checkView({ type: 'home', blocks }, NOTHING) : checkSlack({ text, blocks }, NOTHING);
      expect({ id, found }).toEqual({ id, found: [] });
    }
  });

  test('shows only what Discord would take', () => {
    const context = { files: [], sizes: [], allowsMention: () => false };
    for (const { id, rendered } of discord) {
      const { content, embeds, components } = renderPayload(rendered);
      const body = { content, embeds, components, allowed_mentions: { parse: [] } };
      expect({ id, found: checkDiscord(body, context) }).toEqual({ id, found: [] });
    }
  });

  test.each(['slack', 'discord'] as const)('is one page for %s that needs nothing from elsewhere', (platform) => {
    const page = pageOf(platform, platform === 'slack' ? slack : discord);
    const tags = [...page.matchAll(/<([a-z]+)([^>]*)>/g)];
    expect(tags.length).toBeGreaterThan(500);
    expect(tags.filter(([, name]) => ['script', 'link', 'img', 'iframe', 'object'].includes(name ?? ''))).toEqual([]);
    const targets = tags.flatMap(([, , inner]) => [...(inner ?? '').matchAll(/(?:src|href|action)="([^"]*)"/g)]);
    expect(targets.map(([, target]) => target).filter((target) => target?.startsWith('#') !== true)).toEqual([]);
    expect(page).not.toMatch(/url\(|@import/);
  });

  test('keeps hostile words from becoming a part of the page', () => {
    for (const page of [pageOf('slack', slack), pageOf('discord', discord)]) {
      expect(page).toContain('&lt;/code&gt; &lt;!channel&gt;');
      expect(page).not.toContain('href="https://evil');
    }
  });

  test('has a long incident: its page, and its picture for light and dark', async () => {
    const folder = makeTemporaryDirectory();
    const page = await writeIncident(folder.path);
    expect(readFileSync(page, 'utf8')).toContain('</html>');
    for (const name of ['picture-light.png', 'picture-dark.png'])
      expect(readFileSync(join(folder.path, name)).subarray(1, 4).toString()).toBe('PNG');
    folder.remove();
  });
});
