import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseEnvFile } from '../../src/config/env-file.ts';
import { VARIABLES } from '../../src/config/variables.ts';
import { requireConfig } from './support.ts';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

test('the example of clusters.yaml is a valid configuration with every section', () => {
  const config = requireConfig({ yaml: read('deploy/clusters.example.yaml') });
  expect(config.clusters).toEqual([
    {
      name: 'prod',
      people: [['slack:U01ALICE', 'console:alice']],
      description: 'Rack A',
      members: [
        { name: 'm1', host: '10.0.0.1', port: 22 },
        { name: 'm2', host: '10.0.0.2', port: 22 },
        { name: 'm3', host: 'fd00::3', port: 22 },
      ],
      ssh: {
        user: 'ubuntu',
        keyPath: '/home/op/.ssh/lockstep',
        agent: false,
        knownHostsPath: '/home/op/.ssh/known_hosts',
        sudo: true,
        jump: 'bastion.example.net',
        timeoutMs: 10_000,
      },
      channels: { slack: 'C0123456789', discord: '112233445566778899' },
      roles: {
        viewers: ['*'],
        operators: ['console:alice', 'slack:U01ALICE'],
        approvers: ['console:bob', 'slack:group:S01ONCALL', 'discord:role:42'],
      },
      approvals: { required: 1, allowRequester: false, expiresMs: 900_000, console: true, breakGlass: [] },
      changeWindow: { days: ['mon', 'tue', 'wed', 'thu'], from: '01:00', to: '05:00', timezone: 'UTC' },
      backups: { keep: 5, olderThanMs: 2_592_000_000 },
      watchEveryMs: 60_000,
    },
  ]);
});

test('the example of .env names every variable, and none that is unknown', () => {
  const text = read('.env.example');
  expect([...parseEnvFile('.env', text).lines.keys()].toSorted()).toEqual([...VARIABLES].toSorted());
  const config = requireConfig({ dotEnv: text });
  expect(config).toMatchObject({ slack: null, discord: null, secrets: [], logLevel: 'info', warnings: [] });
  expect(config.dataDir).toBe('/home/op/.local/state/lockstep');
});
