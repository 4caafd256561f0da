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
