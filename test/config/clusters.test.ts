import { describe, expect, test } from 'vitest';
import { errorsOf, goodYaml, load, PRIVATE_KEY, requireConfig } from './support.ts';

/** Errors after replacing lines of the good file. */
function broken(lines: Readonly<Record<number, string>>): readonly string[] {
  return errorsOf({ yaml: goodYaml(lines) });
}

describe('clusters.yaml', () => {
  test('the good file loads, with the defaults of what is left out', () => {
    const [cluster] = requireConfig({ yaml: goodYaml({ 10: '', 14: '', 15: '', 16: '' }) }).clusters;
    expect(cluster).toMatchObject({
      description: null,
      channels: { slack: null, discord: null },
      roles: { viewers: ['*'], operators: ['console:alice'], approvers: ['console:bob'] },
      approvals: { required: 1, allowRequester: false, expiresMs: 900_000, console: true, breakGlass: [] },
      changeWindow: null,
      backups: { keep: 5, olderThanMs: 2_592_000_000 },
      watchEveryMs: null,
    });
    expect(cluster?.ssh).toMatchObject({ sudo: false, jump: null, timeoutMs: 10_000, agent: false });
  });

  test('without roles everybody may view and nobody may change', () => {
    const [cluster] = requireConfig({ yaml: goodYaml({ 11: '', 12: '', 13: '' }) }).clusters;
    expect(cluster?.roles).toEqual({ viewers: ['*'], operators: [], approvers: [] });
  });

  test('five mistakes in five places are all reported, each at its line', () => {
    const errors = broken({
      4: '      - {name: m1, host: 10.0.0.1, prot: 22}',
      7: '      user: [ubuntu]',
      10: '      timeout: 10',
      12: '      operators: [alice]',
      15: '      required: 0',
    });
    expect(errors).toEqual([
      '4 clusters.prod.members[0].prot: Unknown key "prot".',
      '7 clusters.prod.ssh.user: This is a list, not a text.',
      '10 clusters.prod.ssh.timeout: "10" is not a duration.',
      '12 clusters.prod.roles.operators[0]: "alice" names nobody.',
      '15 clusters.prod.approvals.required: This is 0, not a whole number from 1 to 10.',
    ]);
  });

  test('an unknown key names the one that was meant', () => {
    const result = load({ yaml: goodYaml({ 9: '      knownhost: ~/.ssh/known_hosts' }) });
    expect(result.ok ? [] : result.error.map(({ line, next }) => [line, next])).toEqual([
      [6, 'Add knownHosts: here, as in deploy/clusters.example.yaml.'],
      [9, 'Did you mean knownHosts?'],
    ]);
  });

  test.each<[string, Record<number, string>, string]>([
    ['a section that is missing', { 3: '', 4: '', 5: '' }, '2 clusters.prod: The key members is missing.'],
    ['an empty value', { 7: '      user:' }, '6 clusters.prod.ssh: The key user is missing.'],
    ['a map that is a text', { 16: '    watch: 60s' }, '16 clusters.prod.watch: This is "60s", not a map.'],
    [
      'a list that is a text',
      { 12: '      operators: console:alice' },
      '12 clusters.prod.roles.operators: This is "console:alice", not a list.',
    ],
    ['an empty item', { 5: '      -' }, '3 clusters.prod.members[1]: This item of the list is empty.'],
    ['a key that stands twice', { 8: '      user: root' }, '8 clusters.prod.ssh.user: This stands on line 7 already.'],
    [
      'a unit that is missing',
      { 16: '    watch: {every: 60}' },
      '16 clusters.prod.watch.every: "60" is not a duration.',
    ],
    [
      'a duration that is too short',
      { 16: '    watch: {every: 1s}' },
      '16 clusters.prod.watch.every: 1s is not between 10s and 1d.',
    ],
    [
      'a flag that is a word',
      { 10: '      sudo: yes' },
      '10 clusters.prod.ssh.sudo: This is "yes", neither true nor false.',
    ],
    [
      'a port out of range',
      { 4: '      - {name: m1, host: a, port: 65536}' },
      '4 clusters.prod.members[0].port: This is 65536, not a whole number from 1 to 65535.',
    ],
    [
      'a port in the host',
      { 4: '      - {name: m1, host: "10.0.0.1:22"}' },
      '4 clusters.prod.members[0].host: "10.0.0.1:22" is not a host.',
    ],
    [
      'a user in the host',
      { 4: '      - {name: m1, host: root@a}' },
      '4 clusters.prod.members[0].host: "root@a" is not a host.',
    ],
    [
      'a host that is an option',
      { 4: '      - {name: m1, host: -oProxyCommand=x}' },
      '4 clusters.prod.members[0].host: "-oProxyCommand=x" is not a host.',
    ],
    [
      'a member name with a space',
      { 4: '      - {name: m 1, host: a}' },
      '4 clusters.prod.members[0].name: "m 1" is not the name of a member.',
    ],
    [
      'a member twice',
      { 5: '      - {name: m1, host: 10.0.0.2}' },
      '5 clusters.prod.members[1]: The name m1 stands on line 4 already.',
    ],
    [
      'an address twice',
      { 5: '      - {name: m2, host: 10.0.0.1}' },
      '5 clusters.prod.members[1]: The host 10.0.0.1, port 22 stands on line 4 already.',
    ],
    ['no login', { 8: '' }, '6 clusters.prod.ssh: Neither key nor agent is given.'],
    [
      'an agent that is not there',
      { 8: '      agent: true' },
      '8 clusters.prod.ssh.agent: No ssh-agent can be reached: SSH_AUTH_SOCK is not set.',
    ],
    [
      'a home of somebody else',
      { 8: '      key: ~bob/key' },
      '8 clusters.prod.ssh.key: The path "~bob/key" names the home of another user.',
    ],
    ['a bad jump host', { 10: '      jump: "a b"' }, '10 clusters.prod.ssh.jump: "a b" is not a jump host.'],
    [
      'more approvals than approvers',
      { 15: '      required: 2' },
      '15 clusters.prod.approvals.required: 2 approvals are required, but only 1 approver is named.',
    ],
    [
      'a bad break-glass principal',
      { 15: '      breakGlass: [bob]' },
      '15 clusters.prod.approvals.breakGlass[0]: "bob" names nobody.',
    ],
    [
      'a bad day',
      { 16: '    changeWindow: {days: [monday], from: "01:00", to: "02:00"}' },
      '16 clusters.prod.changeWindow.days[0]: "monday" is not a day.',
    ],
    [
      'a bad time of day',
      { 16: '    changeWindow: {from: "25:00", to: "02:00"}' },
      '16 clusters.prod.changeWindow.from: "25:00" is not a time of day.',
    ],
    [
      'a bad time zone',
      { 16: '    changeWindow: {from: "01:00", to: "02:00", timezone: Mars/Base}' },
      '16 clusters.prod.changeWindow.timezone: "Mars/Base" is not a time zone.',
    ],
    [
      'no back-up that stays',
      { 16: '    backups: {keep: 0}' },
      '16 clusters.prod.backups.keep: This is 0, not a whole number from 1 to 1000.',
    ],
    [
      'back-ups that go at once',
      { 16: '    backups: {keep: 5, olderThan: 10s}' },
      '16 clusters.prod.backups.olderThan: 10s is not between 1d and 3650d.',
    ],
    [
      'a misspelt back-up policy',
      { 16: '    backups: {olderThen: 30d}' },
      '16 clusters.prod.backups.olderThen: Unknown key "olderThen".',
    ],
    [
      'a channel by its name',
      { 16: '    channels: {slack: "#ops"}' },
      '16 clusters.prod.channels.slack: "#ops" is not the id of a Slack channel.',
    ],
    ['a cluster name with a slash', { 2: '  a/b:' }, '2 clusters.a/b: "a/b" is not a name for a cluster.'],
    ['a second top-level key', { 1: 'cluster: {}\nclusters:' }, '1 cluster: Unknown key "cluster".'],
    [
      'control characters',
      { 7: '      user: "a\\u001bb"' },
      '7 clusters.prod.ssh.user: This text is empty or holds control characters.',
    ],
  ])('%s is reported at its line', (_what, lines, expected) => {
    expect(broken(lines)).toContain(expected);
  });

  test('a cluster that stands twice is reported with both lines', () => {
    expect(errorsOf({ yaml: `${goodYaml()}  prod: {}\n` })).toEqual([
      '17 clusters.prod: This stands on line 2 already.',
    ]);
  });

  test('hosts may be a number, a name, an IPv4 or an IPv6 address', () => {
    const hosts = ['10', '10.5', 'node-1.example.net', '10.0.0.1', '"::1"', '"[fd00::2]"', 'fe80::1%eth0'];
    const expected = ['10', '10.5', 'node-1.example.net', '10.0.0.1', '::1', 'fd00::2', 'fe80::1%eth0'];
    const items = hosts.map((host, index) => `      - {name: n${index}, host: ${host}}`).join('\n');
    const [cluster] = requireConfig({ yaml: goodYaml({ 4: items, 5: '' }) }).clusters;
    expect(cluster?.members.map((member) => member.host)).toEqual(expected);
  });

  test('an id that looks like a number keeps every digit', () => {
    const yaml = goodYaml({ 16: '    channels: {discord: 112233445566778899}' });
    expect(requireConfig({ yaml }).clusters[0]?.channels.discord).toBe('112233445566778899');
  });

  test('relative paths belong to the folder of the file', () => {
    const files = { '/etc/lockstep/keys/k': { text: PRIVATE_KEY }, '/etc/known': { text: '' } };
    const yaml = goodYaml({ 8: '      key: keys/k', 9: '      knownHosts: ../known' });
    const ssh = requireConfig({ yaml, files }).clusters[0]?.ssh;
    expect(ssh).toMatchObject({ keyPath: '/etc/lockstep/keys/k', knownHostsPath: '/etc/known' });
  });

  test('an agent that can be reached stands in for a key', () => {
    const config = requireConfig({ yaml: goodYaml({ 8: '      agent: true' }), env: { SSH_AUTH_SOCK: '/run/agent' } });
    expect(config.clusters[0]?.ssh).toMatchObject({ agent: true, keyPath: null });
    expect(config.agentSocket).toBe('/run/agent');
  });

  test('everybody as an operator is a warning, not an error', () => {
    const config = requireConfig({ yaml: goodYaml({ 12: '      operators: ["*"]' }) });
    expect(config.warnings.map(({ line, where }) => [line, where])).toEqual([[12, 'clusters.prod.roles.operators']]);
  });

  test('people link the identities that are one human', () => {
    const yaml = `people:\n  alice: [slack:U01ALICE, discord:77, console:alice]\n${goodYaml()}`;
    expect(requireConfig({ yaml }).clusters[0]?.people).toEqual([['slack:U01ALICE', 'discord:77', 'console:alice']]);
  });

  test('a group is not one human, and one identity is not two', () => {
    const yaml = `people:\n  alice: [slack:U01ALICE, discord:role:42]\n  bob: [slack:U01ALICE]\n${goodYaml()}`;
    expect(errorsOf({ yaml })).toEqual([
      '2 people.alice[1]: "discord:role:42" is not one person.',
      '3 people.bob: slack:U01ALICE belongs to "alice" already.',
    ]);
  });

  test('two approvals are fine where a group is named', () => {
    const yaml = goodYaml({ 13: '      approvers: [slack:group:S01ONCALL]', 15: '      required: 2' });
    expect(requireConfig({ yaml }).clusters[0]?.approvals.required).toBe(2);
  });
});
