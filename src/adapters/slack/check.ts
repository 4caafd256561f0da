/**
 * `doctor` for Slack: token, scopes, socket, channels; each failure with what to click. Never rejects.
 */
import type { DoctorCheck } from '../../app/deps.ts';
import type { ClusterConfig } from '../../domain/cluster.ts';
import type { SlackApi } from './api.ts';
import { codeOf, failureOf } from './errors.ts';
import { recordOf, type Json } from './json.ts';
import { SCOPES } from './registration.ts';

export interface CheckOptions {
  readonly api: Pick<SlackApi, 'call'>;
  readonly clusters: readonly ClusterConfig[];
  /** Asks for a socket; null in HTTP mode, whose server `isListening` tells. */
  readonly openSocket: (() => Promise<unknown>) | null;
  readonly isListening: () => boolean;
  readonly hasGroups: boolean;
}

const TARGET = 'slack';

export async function checkSlack(options: CheckOptions): Promise<readonly DoctorCheck[]> {
  const [token, socket] = await Promise.all([checkToken(options), checkInbound(options)]);
  if (token.scopes === null) return [...token.checks, socket];
  const channels = await Promise.all(channelsOf(options.clusters).map((channel) => checkChannel(options.api, channel)));
  return [...token.checks, socket, ...checkScopes(token.scopes, options.hasGroups), ...channels];
}

interface TokenCheck {
  readonly checks: readonly DoctorCheck[];
  /** Null when the token did not work. */
  readonly scopes: readonly string[] | null;
}

/** The scopes of a token stand in the header `x-oauth-scopes` of every answer; the client hands them over with the metadata. */
async function checkToken({ api }: CheckOptions): Promise<TokenCheck> {
  try {
    const answer = await api.call('auth.test', {});
    return { checks: [{ id: 'slack-token', target: TARGET, state: 'ok', next: null }], scopes: scopesOf(answer) };
  } catch (error) {
    const next = failureOf(error).reason;
    return { checks: [{ id: 'slack-token', target: TARGET, state: 'fail', next }], scopes: null };
  }
}

function scopesOf(answer: Json): readonly string[] {
  const { scopes } = recordOf(answer, 'response_metadata');
  return Array.isArray(scopes) ? scopes.filter((scope) => typeof scope === 'string') : [];
}

function checkScopes(granted: readonly string[], hasGroups: boolean): readonly DoctorCheck[] {
  if (granted.length === 0) {
    const next =
      'Slack did not say which scopes the token has: compare "OAuth & Permissions" with deploy/slack-manifest.yaml.';
    return [{ id: 'slack-scopes', target: TARGET, state: 'warn', next }];
  }
  return SCOPES.map(({ name, without }): DoctorCheck => {
    const id = `slack-scope-${name}`;
    const isUnused = name === 'usergroups:read' && !hasGroups;
    if (granted.includes(name) || isUnused) return { id, target: TARGET, state: 'ok', next: null };
    const lack = without === null ? '' : ` Without it ${without}.`;
    const next = `"OAuth & Permissions" of the app: add ${name} under Bot Token Scopes, then "Reinstall to Workspace".${lack}`;
    return { id, target: TARGET, state: without === null || (isGroups(name) && hasGroups) ? 'fail' : 'warn', next };
  });
}

function isGroups(name: string): boolean {
  return name === 'usergroups:read';
}

async function checkInbound({ openSocket, isListening }: CheckOptions): Promise<DoctorCheck> {
  if (openSocket === null) {
    if (isListening()) return { id: 'slack-http', target: TARGET, state: 'ok', next: null };
    const next = 'Lockstep does not listen on SLACK_PORT: start it, or look whether another program has the port.';
    return { id: 'slack-http', target: TARGET, state: 'warn', next };
  }
  try {
    await openSocket();
    return { id: 'slack-socket', target: TARGET, state: 'ok', next: null };
  } catch (error) {
    const next = isAppToken(codeOf(error))
      ? '"Basic Information", "App-Level Tokens": make one with the scope connections:write, put it into SLACK_APP_TOKEN, and turn on "Socket Mode".'
      : failureOf(error).reason;
    return { id: 'slack-socket', target: TARGET, state: 'fail', next };
  }
}

/** What Slack says of an app-level token that will not do. */
function isAppToken(code: string | null): boolean {
  return ['invalid_auth', 'not_allowed_token_type', 'missing_scope', 'not_authed', 'forbidden_team'].includes(
    code ?? '',
  );
}

interface Channel {
  readonly id: string;
  readonly cluster: string;
}

function channelsOf(clusters: readonly ClusterConfig[]): readonly Channel[] {
  return clusters.flatMap(({ name, channels }) =>
    channels.slack === null ? [] : [{ id: channels.slack, cluster: name }],
  );
}

/** Takes `channels:read` or, for a private channel, `groups:read`; without it the check says how to look by hand. */
async function checkChannel(api: Pick<SlackApi, 'call'>, { id, cluster }: Channel): Promise<DoctorCheck> {
  const check = (state: DoctorCheck['state'], next: string | null): DoctorCheck => ({
    id: 'slack-channel',
    target: `${cluster}/${id}`,
    state,
    next,
  });
  try {
    const channel = recordOf(await api.call('conversations.info', { channel: id }), 'channel');
    if (channel['is_archived'] === true)
      return check('fail', 'The channel is archived: unarchive it, or name another.');
    if (channel['is_member'] === true) return check('ok', null);
    return check('fail', `The bot is not in the channel. Type there: /invite @lockstep`);
  } catch (error) {
    if (codeOf(error) === 'missing_scope') {
      const next =
        'Not looked at: the app may not (channels:read, groups:read). See in the channel that @lockstep is a member.';
      return check('warn', next);
    }
    return check('fail', failureOf(error).reason);
  }
}
