/** What a REST route is to the test server, and Discord's errors as values. Codes: …/topics/opcodes-and-status-codes#json. */
import type { Json, Part, Reply } from '../chat-wire.ts';
import { formErrors } from './check-message.ts';
import type { Finding } from './check-message.ts';
import type { World } from './world.ts';

export interface RouteContext {
  readonly world: World;
  /** Such as `POST /channels/:id/messages`. */
  readonly route: string;
  /** What stood for the `:names`, in order. */
  readonly ids: readonly string[];
  readonly query: URLSearchParams;
  /** The JSON body, or `payload_json` of a multipart one. */
  readonly body: Json;
  /** A body that is a list, as for bulk registration. */
  readonly list: readonly unknown[];
  readonly parts: readonly Part[];
}

export interface Route {
  readonly method: string;
  /** Path under `/api/v10` with `:name` for one segment. */
  readonly path: string;
  /** The token in the path is the authorisation. */
  readonly open?: true;
  run(context: RouteContext): Reply;
}

export const ok = (body: unknown): Reply => ({ status: 200, body });
export const NO_CONTENT: Reply = { status: 204 };

export function refuse(status: number, code: number, message: string): Reply {
  return { status, body: { message, code } };
}

export const UNKNOWN_CHANNEL = refuse(404, 10_003, 'Unknown Channel');
export const UNKNOWN_MESSAGE = refuse(404, 10_008, 'Unknown Message');
export const UNKNOWN_MEMBER = refuse(404, 10_007, 'Unknown Member');
export const UNKNOWN_GUILD = refuse(404, 10_004, 'Unknown Guild');
export const UNKNOWN_INTERACTION = refuse(404, 10_062, 'Unknown interaction');
export const UNKNOWN_WEBHOOK = refuse(404, 10_015, 'Unknown Webhook');
export const ALREADY_ANSWERED = refuse(400, 40_060, 'Interaction has already been acknowledged.');
export const EMPTY_MESSAGE = refuse(400, 50_006, 'Cannot send an empty message');
export const FOREIGN_MESSAGE = refuse(403, 50_005, 'Cannot edit a message authored by another user');
export const MISSING_ACCESS = refuse(403, 50_001, 'Missing Access');
export const MISSING_PERMISSIONS = refuse(403, 50_013, 'Missing Permissions');
export const ARCHIVED = refuse(400, 50_083, 'Thread is archived');
export const HAS_THREAD = refuse(400, 160_004, 'A thread has already been created for this message');
export const BAD_WEBHOOK_TOKEN = refuse(401, 50_027, 'Invalid Webhook Token');

/** Records all findings; an answer when Discord would refuse. */
export function judge(world: World, route: string, findings: readonly Finding[]): Reply | undefined {
  for (const { kind, at, detail } of findings) world.violate(kind, route, `${at}: ${detail}`);
  const fatal = findings.filter((finding) => finding.fatal);
  return fatal.length === 0 ? undefined : { status: 400, body: formErrors(fatal) };
}
