/** The manifests in deploy/ are what the definition says, in both modes. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { COMMANDS } from '../../../commands/index.ts';
import { manifestOf, SCOPES } from '../../../src/adapters/slack/registration.ts';

test.each([
  ['socket', 'slack-manifest.yaml'],
  ['http', 'slack-manifest-http.yaml'],
] as const)('the manifest for %s is the definition', (mode, file) => {
  const text = readFileSync(new URL(`../../../deploy/${file}`, import.meta.url), 'utf8');
  expect(parse(text)).toEqual(manifestOf(COMMANDS, mode));
});

test('no scope reads what people write', () => {
  expect(SCOPES.map(({ name }) => name).filter((name) => name.includes('history'))).toEqual([]);
});

test('the README names every scope, and no other', () => {
  const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
  const section = /^## Slack\n([\s\S]*?)^## /m.exec(readme)?.[1] ?? '';
  const named = [...section.matchAll(/`([a-z_]+:[a-z]+|commands)`/g)].map(([, name]) => name);
  const ours = new Set([...SCOPES.map(({ name }) => name), 'connections:write']);
  expect(new Set(named)).toEqual(ours);
});
