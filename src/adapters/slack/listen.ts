/**
 * What happens in Slack → the app. Acknowledges first, always, then works without being waited for; knows how a form is opened and
 * where answers go. Owns what is under way, so that a stop can wait until it was handed over.
 */
import type { App } from '@slack/bolt';
import type { Inbound } from '../../app/inbound.ts';
import type { Choice, CommandShape, Surface } from '../../app/surface.ts';
import type { Person } from '../../domain/person.ts';
import type { Log } from '../../ports/system.ts';
import type { SlackApi } from './api.ts';
import { failureOf } from './errors.ts';
import { ASK, askForm, commandForm, findForm, FORM, readSubmitted, type Origin } from './forms.ts';
import { publishHome } from './home.ts';
import { readClick, readCommand, readHomeOpened, readMention, readShortcut, readSubmission } from './ingress.ts';
import type { Clicked, Noted, Typed } from './ingress.ts';
import { stringOf, type Json } from './json.ts';
import type { People } from './people.ts';
import { COMMAND, SHORTCUT } from './registration.ts';
import type { Replies } from './replies.ts';

export interface ListenOptions {
  readonly app: App;
  readonly api: SlackApi;
  readonly people: People;
  readonly replies: Replies;
  readonly log: Log;
  readonly surface: Surface;
  readonly botUser: () => string | null;
  /** Fires at stop: people no longer wait for answers of this process. */
  readonly detached: AbortSignal;
  /** From then on nothing is acknowledged: Slack tells the person, or sends it again. */
  readonly isStopped: () => boolean;
}

export interface Listener {
  /** Resolves when everything that was acknowledged has been handed over to the app. */
  handedOver(): Promise<void>;
}

type Body = Inbound['body'];

const MOST_OPENED = 1_000;

export function listen(options: ListenOptions): Listener {
  const { app, api, people, replies, log, surface } = options;
  const underWay = new Set<Promise<void>>();
  const opened = new Set<string>();

  /** The work behind an acknowledgement: its end is awaited by nobody but a stop. */
  function begin(work: () => Promise<void>): void {
    const running = work()
      .catch((cause: unknown) => log.error('a Slack event could not be handled', {}, cause))
      .finally(() => underWay.delete(running));
    underWay.add(running);
  }

  /** Handed over: the app claims the delivery and works; its end may take as long as a run. */
  function handOver(deliveryId: string, person: Person, origin: Origin, body: Body, after?: () => Promise<void>): void {
    const { channel, thread } = origin;
    const address = { platform: 'slack', channel, user: null, thread } as const;
    surface
      .handle({ deliveryId, person, address, body, detached: options.detached })
      .then(async () => after?.())
      .catch((cause: unknown) => log.error('a Slack event could not be handled', {}, cause));
  }

  function remember({ channel, user, responseUrl }: Typed | Clicked | Noted): void {
    if (responseUrl !== null) replies.remember({ channel, user: user.id, url: responseUrl });
  }

  /** A form is opened once however often its event is delivered; a repeated one counts as opened. */
  async function openForm(trigger: string, view: Json): Promise<boolean> {
    if (opened.has(trigger)) return true;
    if (opened.size >= MOST_OPENED) opened.clear();
    opened.add(trigger);
    try {
      await api.call('views.open', { trigger_id: trigger, view });
      return true;
    } catch (error) {
      log.warn('a Slack form could not be opened', { reason: failureOf(error).reason });
      return false;
    }
  }

  async function onTyped(typed: Typed): Promise<void> {
    const person = await people.find(typed.user);
    const command = findForm(surface.commands, typed.line);
    if (command !== undefined) {
      const form = commandForm(command, await choicesOf(surface, person, command), typed);
      if (await openForm(typed.triggerId, form)) return;
    }
    // Without a form the app says what is missing.
    handOver(typed.deliveryId, person, typed, { kind: 'line', text: typed.line });
  }

  async function onClicked(clicked: Clicked): Promise<void> {
    const { button } = clicked;
    if (button.kind === 'ask') {
      const isOpen = await openForm(clicked.triggerId, askForm(button.token, button.ask, clicked));
      if (isOpen || button.ask.required) return;
    }
    const person = await people.find(clicked.user);
    const refresh = (): Promise<void> => publishHome({ api, log, surface }, person);
    const body = { kind: 'press', token: button.token } as const;
    handOver(clicked.deliveryId, person, clicked, body, clicked.isHome ? refresh : undefined);
  }

  async function onNoted(noted: Noted): Promise<void> {
    const [person, permalink] = await Promise.all([people.find(noted.user), permalinkOf(api, noted)]);
    const { text, author, writtenAt } = noted;
    handOver(noted.deliveryId, person, noted, { kind: 'note', note: { text, author, permalink, writtenAt } });
  }

  async function onSubmitted(payload: unknown): Promise<void> {
    const sent = readSubmission(payload);
    const submitted = sent === null ? null : readSubmitted(sent.view, surface.commands);
    if (sent === null || submitted === null) return;
    const person = await people.find(sent.user);
    const body: Body =
      submitted.kind === 'line'
        ? { kind: 'line', text: submitted.line }
        : { kind: 'press', token: submitted.token, text: submitted.words };
    handOver(sent.deliveryId, person, submitted.origin, body);
  }

  app.command(COMMAND, async ({ ack, body }) => {
    if (options.isStopped()) return;
    await ack();
    const typed = readCommand(body);
    if (typed === null) return;
    remember(typed);
    begin(() => onTyped(typed));
  });
  app.action(/^(?:press|ask):/, async ({ ack, body }) => {
    if (options.isStopped()) return;
    await ack();
    const clicked = readClick(body);
    if (clicked === null) return;
    remember(clicked);
    begin(() => onClicked(clicked));
  });
  app.shortcut(SHORTCUT, async ({ ack, body }) => {
    if (options.isStopped()) return;
    await ack();
    const noted = readShortcut(body);
    if (noted === null) return;
    remember(noted);
    begin(() => onNoted(noted));
  });
  app.view(new RegExp(`^(?:${FORM}|${ASK})$`), async ({ ack, body }) => {
    if (options.isStopped()) return;
    await ack();
    begin(() => onSubmitted(body));
  });
  // Events are acknowledged by the SDK before a listener runs: none of them is turned away.
  app.event('app_mention', ({ body }) => {
    const mentioned = readMention(body, options.botUser());
    if (mentioned === null) return Promise.resolve();
    begin(async () => {
      const person = await people.find(mentioned.user);
      handOver(mentioned.deliveryId, person, mentioned, { kind: 'line', text: mentioned.line });
    });
    return Promise.resolve();
  });
  app.event('app_home_opened', ({ body }) => {
    const user = readHomeOpened(body);
    if (user === null) return Promise.resolve();
    begin(async () => publishHome({ api, log, surface }, await people.find({ id: user, name: null })));
    return Promise.resolve();
  });

  return {
    async handedOver() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}

async function permalinkOf(api: SlackApi, { channel, messageTs }: Noted): Promise<string | null> {
  try {
    return stringOf(await api.call('chat.getPermalink', { channel, message_ts: messageTs }), 'permalink');
  } catch {
    // A note without a link is still a note: the bot need not be a member where the message stands.
    return null;
  }
}

/** What the app suggests for each parameter of a form that is chosen from. */
async function choicesOf(
  surface: Surface,
  person: Person,
  command: CommandShape,
): Promise<Readonly<Record<string, readonly Choice[]>>> {
  const asked = (command.form ?? []).filter((name) => {
    const kind = command.params[name]?.type.kind;
    return kind === 'cluster' || kind === 'run' || kind === 'command';
  });
  const found = await Promise.all(
    asked.map(async (param) => {
      const choices = await surface.suggest({ person, command: command.name, param, typed: '' });
      return [param, choices] as const;
    }),
  );
  return Object.fromEntries(found);
}
