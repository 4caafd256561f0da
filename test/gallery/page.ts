/** All pictures of one platform as one HTML file that needs nothing else: an index, then each card in each of the platform's frames. */
import { discordBody, discordQuestions } from './discord-html.ts';
import { element, escapeHtml } from './html.ts';
import { PICTURED_AT } from './looking.ts';
import type { Picture } from './picture.ts';
import { slackBody, slackQuestions, slackSummary } from './slack-html.ts';
import type { ChatPlatform } from './stage.ts';
import { styleOf } from './styles.ts';

const FRAMES = { slack: ['desktop', 'desktop dark', 'phone'], discord: ['desktop', 'phone'] } as const;
const PLACES: Readonly<Record<Picture['place'], string>> = {
  channel: '',
  thread: '↳ in the thread',
  private: 'Only visible to you',
  home: '',
};

export function pageOf(platform: ChatPlatform, pictures: readonly Picture[]): string {
  const title = `Lockstep in ${platform === 'slack' ? 'Slack' : 'Discord'}: ${pictures.length} cards`;
  const groups = [...new Set(pictures.map(({ group }) => group))];
  const within = (group: string): readonly Picture[] => pictures.filter((picture) => picture.group === group);
  const index = groups.map((group) => element('b', '', group) + within(group).map(linkTo).join('')).join('');
  const body = groups
    .map(
      (group) =>
        element('h2', '', group) +
        within(group)
          .map((each) => articleOf(platform, each))
          .join(''),
    )
    .join('');
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title><style>${styleOf(platform)}</style></head>
<body><main><h1>${title}</h1><nav>${index}</nav>${body}</main></body></html>
`;
}

function linkTo({ id, title }: Picture): string {
  return `<a href="#${id}">${escapeHtml(title)}</a>`;
}

function articleOf(platform: ChatPlatform, picture: Picture): string {
  const body = platform === 'slack' ? slackBody(picture) : discordBody(picture);
  const frames = FRAMES[platform].map((kind) => element('div', `frame ${kind}`, messageOf(picture, body)));
  const asks = platform === 'slack' ? slackQuestions(picture) : discordQuestions(picture);
  const push = platform === 'slack' ? [`Notification: ${slackSummary(picture)}`] : [];
  const words = [...push, ...asks.map((ask) => `A click asks first: ${ask}`)];
  const notes = words.map((line) => element('p', '', line)).join('');
  const head = element('h3', '', escapeHtml(picture.title));
  return `<article id="${picture.id}">${head}${element('div', 'frames', frames.join(''))}${notes}</article><br>`;
}

function messageOf({ place }: Picture, body: string): string {
  if (place === 'home') return element('div', 'home message', element('div', 'body', body));
  const mark = PLACES[place] === '' ? '' : element('div', 'mark', PLACES[place]);
  const time = new Date(PICTURED_AT).toISOString().slice(11, 16);
  const who = element('div', 'who', `<b>Lockstep</b><i>APP</i><time>${time}</time>`);
  return element('div', 'message', element('div', 'avatar', 'L') + element('div', 'body', mark + who + body));
}
