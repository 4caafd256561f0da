/**
 * REST of interactions: the first response within 3 s, and the webhook of the interaction for 15 minutes. Source:
 * docs.discord.com/developers/interactions/receiving-and-responding; `InteractionResponseType` of discord-api-types.
 */
import { assertNever } from '../../../src/domain/assert-never.ts';
import { asJson } from '../chat-wire.ts';
import type { Json, Reply } from '../chat-wire.ts';
import { checkChoices, checkModal } from './check-forms.ts';
import { FLAGS, LIMITS } from './limits.ts';
import { changeFromPayload, createFromPayload } from './message-body.ts';
import {
  ALREADY_ANSWERED,
  BAD_WEBHOOK_TOKEN,
  NO_CONTENT,
  UNKNOWN_INTERACTION,
  UNKNOWN_MESSAGE,
  UNKNOWN_WEBHOOK,
  judge,
  ok,
  refuse,
} from './route.ts';
import type { Route, RouteContext } from './route.ts';
import { describeMessage } from './shapes.ts';
import type { DiscordMessage, Interaction, ResponseKind } from './types.ts';
import { APP_ID, BOT_ID, addMessage } from './world.ts';

/** By the number of the response: which interactions it may answer. */
const RESPONSES: Readonly<Record<number, { readonly kind: ResponseKind; readonly to: readonly number[] }>> = {
  4: { kind: 'message', to: [2, 3, 5] },
  5: { kind: 'deferred', to: [2, 3, 5] },
  6: { kind: 'deferred-update', to: [3, 5] },
  7: { kind: 'update', to: [3, 5] },
  8: { kind: 'choices', to: [4] },
  9: { kind: 'modal', to: [2, 3] },
};

function isHidden(data: Json): boolean {
  return (Number(data['flags'] ?? 0) & FLAGS.ephemeral) !== 0;
}

function sourceOf(context: RouteContext, interaction: Interaction): DiscordMessage | undefined {
  return context.world.messages.find((message) => message.id === interaction.source && !message.deleted);
}

/** Carries the response out; an answer when it is refused. */
function perform(context: RouteContext, interaction: Interaction, kind: ResponseKind, data: Json): Reply | undefined {
  const { world, route } = context;
  const ephemeralTo = isHidden(data) ? interaction.user : null;
  const place = { channel: interaction.channel, ephemeralTo };
  const payload = { ...context, body: data };
  switch (kind) {
    case 'message': {
      const made = createFromPayload(payload, place);
      if ('refused' in made) return made.refused;
      interaction.original = made.message.id;
      return undefined;
    }
    case 'deferred': {
      const flags = Number(data['flags'] ?? 0) | FLAGS.loading;
      interaction.original = addMessage(world, { ...place, author: BOT_ID, content: '', flags }).id;
      interaction.pending = true;
      return undefined;
    }
    case 'update': {
      const source = sourceOf(context, interaction);
      interaction.original = interaction.source;
      return source === undefined ? UNKNOWN_MESSAGE : changeFromPayload(payload, source);
    }
    case 'deferred-update':
      interaction.original = interaction.source;
      return undefined;
    case 'choices':
      return judge(world, route, checkChoices(data));
    case 'modal':
      interaction.modal = data;
      return judge(world, route, checkModal(data));
    default:
      return assertNever(kind);
  }
}

function answer(context: RouteContext): Reply {
  const { world, ids, body, query, route } = context;
  const interaction = world.interactions.get(ids[0] ?? '');
  if (interaction === undefined || interaction.token !== ids[1]) return UNKNOWN_INTERACTION;
  const afterMs = world.nowMs() - interaction.bornMs;
  if (interaction.answered !== null) {
    world.violate('late', route, 'a second first response');
    return ALREADY_ANSWERED;
  }
  if (afterMs > LIMITS.responseMs) {
    world.violate('late', route, `first response after ${afterMs} ms`);
    return UNKNOWN_INTERACTION;
  }
  const response = RESPONSES[Number(body['type'])];
  if (response === undefined || !response.to.includes(interaction.type)) {
    world.violate('route', route, `response ${JSON.stringify(body['type'])} to interaction ${interaction.type}`);
    return refuse(400, 50_035, 'Invalid Form Body');
  }
  const data = asJson(body['data']);
  const refused = perform(context, interaction, response.kind, data);
  if (refused !== undefined) return refused;
  interaction.answered = response.kind;
  interaction.answer({ kind: response.kind, data, afterMs });
  world.signal.changed();
  if (query.get('with_response') !== 'true') return NO_CONTENT;
  const message = world.messages.find((one) => one.id === interaction.original);
  const resource = message === undefined ? {} : { message: describeMessage(world, message) };
  // `RESTPostAPIInteractionCallbackWithResponseResult`
  return ok({
    interaction: { id: interaction.id, type: interaction.type, response_message_id: interaction.original ?? undefined },
    resource: { type: body['type'], ...resource },
  });
}

type WebhookRun = (context: RouteContext, interaction: Interaction) => Reply;

/** The interaction that the token of the path belongs to, while it lives. */
function withToken(run: WebhookRun): (context: RouteContext) => Reply {
  return (context) => {
    const { world, ids, route } = context;
    const interaction = [...world.interactions.values()].find((one) => one.token === ids[1]);
    if (ids[0] !== APP_ID || interaction === undefined) return UNKNOWN_WEBHOOK;
    if (world.nowMs() - interaction.bornMs > LIMITS.tokenMs) {
      world.violate('token', route, 'the token is older than 15 minutes');
      return BAD_WEBHOOK_TOKEN;
    }
    return interaction.answered === null ? UNKNOWN_WEBHOOK : run(context, interaction);
  };
}

function findTarget(context: RouteContext, interaction: Interaction): DiscordMessage | undefined {
  const id = context.ids[2] ?? '@original';
  const wanted = id === '@original' ? interaction.original : id;
  return context.world.messages.find((message) => message.id === wanted && !message.deleted);
}

function fill(context: RouteContext, interaction: Interaction, message: DiscordMessage): Reply {
  const refused = changeFromPayload(context, message);
  if (refused !== undefined) return refused;
  if (message.id === interaction.original) interaction.pending = false;
  message.flags &= ~FLAGS.loading;
  context.world.signal.changed();
  return ok(describeMessage(context.world, message));
}

function edit(context: RouteContext, interaction: Interaction): Reply {
  const message = findTarget(context, interaction);
  return message === undefined ? UNKNOWN_MESSAGE : fill(context, interaction, message);
}

/** The first follow-up to a deferred response fills it and keeps its visibility. */
function followUp(context: RouteContext, interaction: Interaction): Reply {
  const original = findTarget(context, interaction);
  if (interaction.pending && original !== undefined) return fill(context, interaction, original);
  const ephemeralTo = isHidden(context.body) ? interaction.user : null;
  const made = createFromPayload(context, { channel: interaction.channel, ephemeralTo });
  return 'refused' in made ? made.refused : ok(describeMessage(context.world, made.message));
}

function read(context: RouteContext, interaction: Interaction): Reply {
  const message = findTarget(context, interaction);
  return message === undefined ? UNKNOWN_MESSAGE : ok(describeMessage(context.world, message));
}

function remove(context: RouteContext, interaction: Interaction): Reply {
  const message = findTarget(context, interaction);
  if (message === undefined) return UNKNOWN_MESSAGE;
  message.deleted = true;
  context.world.signal.changed();
  return NO_CONTENT;
}

export const INTERACTION_ROUTES: readonly Route[] = [
  { method: 'POST', path: '/interactions/:id/:token/callback', open: true, run: answer },
  { method: 'POST', path: '/webhooks/:id/:token', open: true, run: withToken(followUp) },
  { method: 'GET', path: '/webhooks/:id/:token/messages/:id', open: true, run: withToken(read) },
  { method: 'PATCH', path: '/webhooks/:id/:token/messages/:id', open: true, run: withToken(edit) },
  { method: 'DELETE', path: '/webhooks/:id/:token/messages/:id', open: true, run: withToken(remove) },
];
