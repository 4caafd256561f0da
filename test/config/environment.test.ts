import { describe, expect, test } from 'vitest';
import { formatConfigProblems } from '../../src/config/problem.ts';
import { errorsOf, goodYaml, load, requireConfig } from './support.ts';

const BOT = 'xoxb-1234567890-abcdefghij';
const APP = 'xapp-1-A0123456789-abcdef';
const SIGNING = '8f742231b10e8888abcd990a1b2c85a5';
const DISCORD = 'MTEyMjMzNDQ1NTY2Nzc4ODk5.GabcdE.abcdefghijklmnopqrstuvwxyz012345';

describe('.env and the environment', () => {
  test('tokens come from .env, and every secret is named for the log', () => {
    const dotEnv = `SLACK_BOT_TOKEN=${BOT}\nSLACK_APP_TOKEN="${APP}"\nDISCORD_BOT_TOKEN=${DISCORD}\nDISCORD_GUILD_ID=123456\n`;
    const config = requireConfig({ dotEnv });
    expect(config.slack).toEqual({ botToken: BOT, receive: { kind: 'socket', appToken: APP } });
    expect(config.discord).toEqual({ token: DISCORD, guildId: '123456' });
    expect(config.secrets).toEqual([BOT, APP, DISCORD]);
  });

  test('a signing secret and a port select HTTP', () => {
    const config = requireConfig({
      dotEnv: `SLACK_BOT_TOKEN=${BOT}\nSLACK_SIGNING_SECRET=${SIGNING}\nSLACK_PORT=3000\n`,
    });
    expect(config.slack).toEqual({ botToken: BOT, receive: { kind: 'http', signingSecret: SIGNING, port: 3000 } });
    expect(config.secrets).toEqual([BOT, SIGNING]);
  });

  test('Slack by halves, or both ways at once, is reported with all that is wrong', () => {
    expect(errorsOf({ dotEnv: `SLACK_BOT_TOKEN=${BOT}\nSLACK_SIGNING_SECRET=short\n` })).toEqual([
      '1 SLACK_BOT_TOKEN: SLACK_BOT_TOKEN is set, SLACK_PORT is not.',
      '2 SLACK_SIGNING_SECRET: This is not a signing secret.',
    ]);
    expect(errorsOf({ dotEnv: 'SLACK_PORT=70000\n' })).toEqual([
      '1 SLACK_PORT: "70000" is not a port.',
      '1 SLACK_PORT: SLACK_PORT is set, SLACK_BOT_TOKEN is not.',
      '1 SLACK_PORT: SLACK_PORT is set, SLACK_SIGNING_SECRET is not.',
    ]);
    const both = `SLACK_BOT_TOKEN=${BOT}\nSLACK_APP_TOKEN=${APP}\nSLACK_SIGNING_SECRET=${SIGNING}\nSLACK_PORT=3000\n`;
    expect(errorsOf({ dotEnv: both })).toEqual([
      '2 SLACK_APP_TOKEN: Both ways to receive from Slack are set: an app token (Socket Mode) and a signing secret or port (HTTP).',
    ]);
  });

  test('the environment has the last word', () => {
    const config = requireConfig({ dotEnv: 'LOCKSTEP_LOG_LEVEL=warn\n', env: { LOCKSTEP_LOG_LEVEL: 'debug' } });
    expect(config.logLevel).toBe('debug');
  });

  test('mistakes in .env and in clusters.yaml are reported together', () => {
    const dotEnv =
      '# tokens\nSLACK_BOT_TOKN=x\nLOCKSTEP_LOG_LEVEL=loud\nnonsense\nSLACK_APP_TOKEN=xapp\nLOCKSTEP_FOO=1\nPATH=/bin\n';
    expect(errorsOf({ dotEnv, yaml: goodYaml({ 15: '      required: 0' }) })).toEqual([
      '2 SLACK_BOT_TOKN: Unknown variable.',
      '3 LOCKSTEP_LOG_LEVEL: "loud" is not a log level.',
      '4 : This line is neither NAME=value nor a comment.',
      '5 SLACK_APP_TOKEN: This is not a token that begins with xapp-.',
      '5 SLACK_APP_TOKEN: SLACK_APP_TOKEN is set, SLACK_BOT_TOKEN is not.',
      '6 LOCKSTEP_FOO: Unknown variable.',
      '15 clusters.prod.approvals.required: This is 0, not a whole number from 1 to 10.',
    ]);
  });

  test('a bad token is never repeated in a problem', () => {
    const result = load({ dotEnv: 'SLACK_BOT_TOKEN=hunter2hunter2\nDISCORD_BOT_TOKEN=hunter2hunter2\n' });
    expect(result.ok).toBe(false);
    expect(JSON.stringify(result)).not.toContain('hunter2');
  });

  test('a variable that stands twice and a quote that stays open are reported', () => {
    expect(errorsOf({ dotEnv: 'A=1\nB="\nx\n"\nA=2\nC="open\nD=1\n' })).toEqual([
      '5 A: This stands on line 1 already.',
      '6 C: This quote is never closed.',
    ]);
  });

  test('a .env that others may read is a warning', () => {
    const files = { '/etc/lockstep/.env': { text: 'LOCKSTEP_LOG_LEVEL=info\n', mode: 0o644 } };
    expect(requireConfig({ files }).warnings.map((warning) => warning.next)).toEqual([
      'Run chmod 600 /etc/lockstep/.env',
    ]);
  });

  test('a .env that was named has to be there; the usual one may be missing', () => {
    expect(errorsOf({})).toEqual([]);
    expect(errorsOf({ options: { envFile: 'other.env' } })).toEqual(['- : There is no such file.']);
  });

  test('a channel without a token for its platform is a warning', () => {
    const config = requireConfig({ yaml: goodYaml({ 16: '    channels: {slack: C0123456789}' }) });
    expect(config.warnings.map((warning) => warning.where)).toEqual(['clusters.prod.channels']);
  });
});

describe('places', () => {
  test('clusters.yaml is named on the command line, else by LOCKSTEP_CONFIG, else in the folder', () => {
    const files = { '/a.yaml': { text: goodYaml() }, '/home/op/b.yaml': { text: goodYaml() } };
    const at = (env: Record<string, string>, clustersPath?: string) =>
      requireConfig({ yaml: goodYaml(), files, env, options: clustersPath === undefined ? {} : { clustersPath } })
        .clustersPath;
    expect(at({}, '../../a.yaml')).toBe('/a.yaml');
    expect(at({ LOCKSTEP_CONFIG: '/a.yaml' }, '/home/op/b.yaml')).toBe('/home/op/b.yaml');
    expect(at({ LOCKSTEP_CONFIG: '~/b.yaml' })).toBe('/home/op/b.yaml');
    expect(at({})).toBe('/etc/lockstep/clusters.yaml');
  });

  test('a clusters.yaml that is missing says what to copy', () => {
    const result = load({ options: { clusters: 'required', clustersPath: 'mine.yaml' } });
    expect(result.ok ? '' : formatConfigProblems(result.error)).toBe(
      'mine.yaml: error: There is no such file. Copy deploy/clusters.example.yaml there and fill it in, or name yours with --config or LOCKSTEP_CONFIG.\n',
    );
  });

  test('data is named on the command line, else by LOCKSTEP_DATA, else in the state directory', () => {
    const at = (env: Record<string, string>, dataDir?: string) =>
      requireConfig({ env, options: dataDir === undefined ? {} : { dataDir } }).dataDir;
    expect(at({ LOCKSTEP_DATA: '/x' }, 'data')).toBe('/etc/lockstep/data');
    expect(at({ LOCKSTEP_DATA: '~/data', XDG_STATE_HOME: '/state' })).toBe('/home/op/data');
    expect(at({ XDG_STATE_HOME: '/state' })).toBe('/state/lockstep');
    expect(at({ XDG_STATE_HOME: 'relative' })).toBe('/home/op/.local/state/lockstep');
    expect(errorsOf({ env: { LOCKSTEP_DATA: '~bob/x' } })).toHaveLength(1);
  });
});

test('the text for a terminal is sorted by file and line, one line each, without escape sequences', () => {
  const result = load({
    yaml: goodYaml({ 7: '      "us\\u001b[31mer": x', 12: '      operators: [al]' }),
    dotEnv: 'x\n',
  });
  const lines = result.ok ? [] : formatConfigProblems(result.error).trimEnd().split('\n');
  expect(lines.map((line) => line.split(': ')[0])).toEqual([
    '.env:1',
    'clusters.yaml:6',
    'clusters.yaml:7',
    'clusters.yaml:12',
  ]);
  expect(lines.join('')).not.toContain('\u001b');
});
