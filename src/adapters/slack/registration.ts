/**
 * The definition of the Slack app: its command, its shortcut, events and exactly the scopes that are used, in both modes. The files
 * in `deploy/` say the same and are tested against it. Keys as in https://docs.slack.dev/reference/app-manifest.
 */
import type { CommandShape } from '../../app/surface.ts';
import type { Json } from './json.ts';

export const COMMAND = '/lxd';
export const SHORTCUT = 'lockstep-add-to-timeline';
const SHORTCUT_NAME = 'Add to LXD timeline';
export const EVENTS_PATH = '/slack/events';

export interface Scope {
  readonly name: string;
  /** What stops working without it; null when nothing works. */
  readonly without: string | null;
}

/**
 * No history scope: a shortcut and a mention hand the message over. `channels:read` is for public channels, `groups:read` for private
 * ones: https://docs.slack.dev/reference/methods/conversations.info
 */
export const SCOPES: readonly Scope[] = [
  { name: 'commands', without: null },
  { name: 'chat:write', without: null },
  { name: 'app_mentions:read', without: 'mentions in threads are not heard' },
  { name: 'usergroups:read', without: 'roles given to user groups count for nobody' },
  { name: 'files:write', without: 'exports and pictures can’t be sent' },
  { name: 'channels:read', without: 'this check can’t see whether the bot is in a public channel' },
  { name: 'groups:read', without: 'this check can’t see whether the bot is in a private channel' },
];

export function manifestOf(commands: readonly CommandShape[], mode: 'socket' | 'http'): Json {
  // The address of the installation is the one thing that only its owner knows.
  const url = mode === 'http' ? { url: `https://lockstep.example.net${EVENTS_PATH}` } : {};
  const requestUrl = mode === 'http' ? { request_url: `https://lockstep.example.net${EVENTS_PATH}` } : {};
  return {
    display_information: {
      name: 'Lockstep',
      description: 'Keeps the members of LXD clusters in step',
      background_color: '#2c3e50',
    },
    features: {
      app_home: { home_tab_enabled: true, messages_tab_enabled: true, messages_tab_read_only_enabled: true },
      bot_user: { display_name: 'lockstep', always_online: true },
      slash_commands: [
        {
          command: COMMAND,
          ...url,
          description: 'Says why a cluster is out of step, and brings it back',
          usage_hint: hintOf(commands),
          should_escape: false,
        },
      ],
      shortcuts: [
        {
          name: SHORTCUT_NAME,
          type: 'message',
          callback_id: SHORTCUT,
          description: 'Keeps this message in the timeline of the cluster',
        },
      ],
    },
    oauth_config: { scopes: { bot: SCOPES.map(({ name }) => name) } },
    settings: {
      event_subscriptions: { ...requestUrl, bot_events: ['app_home_opened', 'app_mention'] },
      interactivity: { is_enabled: true, ...requestUrl },
      org_deploy_enabled: false,
      socket_mode_enabled: mode === 'socket',
      token_rotation_enabled: false,
    },
  };
}

/** A hint is a line, not the help: the commands that people begin with, in the order of the definition. */
function hintOf(commands: readonly CommandShape[]): string {
  const names = commands.map(({ name }) => name);
  const shown = names.slice(0, 6);
  return `${shown.join(' | ')}${names.includes('help') && !shown.includes('help') ? ' | help' : ''}`;
}
