/** What a Web API method is to the test server: the scopes it needs (any one of them), and what it does. */
import type { Json } from '../chat-wire.ts';
import type { World } from './world.ts';

export interface MethodContext {
  readonly world: World;
  readonly method: string;
  readonly args: Json;
  /** `http://127.0.0.1:port`, for the URLs that answers hold. */
  readonly origin: string;
  /** Counts; an answer when the rate is enforced and exceeded. */
  rate(kind: 'post' | 'update', channel: string): Json | undefined;
  /** A fresh socket address, for apps.connections.open. */
  newSocketUrl(): string;
}

export interface Method {
  /** One of them suffices; none needed when empty. */
  readonly scopes: readonly string[];
  /** The app-level token instead of the bot's. */
  readonly appToken?: true;
  run(context: MethodContext): Json;
}

/** `{ok: false, error}` with the details where Slack puts them (docs.slack.dev/apis/web-api/#responses, `response_metadata.messages`). */
export function refuse(error: string, details: readonly string[] = []): Json {
  if (details.length === 0) return { ok: false, error };
  return {
    ok: false,
    error,
    errors: details,
    response_metadata: { messages: details.map((detail) => `[ERROR] ${detail}`) },
  };
}
