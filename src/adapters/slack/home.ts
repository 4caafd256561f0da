/** The person's own page: the clusters' state and the approvals that wait, published when it is opened. Never rejects. */
import type { Surface } from '../../app/surface.ts';
import type { Person } from '../../domain/person.ts';
import type { Log } from '../../ports/system.ts';
import type { SlackApi } from './api.ts';
import { failureOf } from './errors.ts';
import type { Json } from './json.ts';
import { HOME } from './limits.ts';
import { renderMessage } from './render.ts';
import type { Message } from '../../chat/message.ts';

function homeView(message: Message): Json {
  return { type: 'home', blocks: renderMessage(message).blocks.slice(0, HOME.blocks) };
}

export async function publishHome(
  { api, log, surface }: { readonly api: SlackApi; readonly log: Log; readonly surface: Surface },
  person: Person,
): Promise<void> {
  try {
    const message = await surface.home(person);
    await api.call('views.publish', { user_id: person.id, view: homeView(message) });
  } catch (error) {
    const { reason } = failureOf(error);
    log.warn('a Slack home page could not be shown', { user: person.id, reason });
  }
}
