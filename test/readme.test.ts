import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { inviteUrl, NEEDED } from '../src/adapters/discord/permissions.ts';
import { GENERATED_PARTS, partNames, withGeneratedParts } from './support/readme.ts';

const README = readFileSync(fileURLToPath(new URL('../README.md', import.meta.url)), 'utf8');
const PACKAGE = JSON.parse(readFileSync(fileURLToPath(new URL('../package.json', import.meta.url)), 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
};

describe('the README', () => {
  test('has every generated part, as the code says now (npm run readme renews them)', () => {
    expect(partNames(README)).toEqual(Object.keys(GENERATED_PARTS));
    expect(withGeneratedParts(README)).toBe(README);
  });

  test('gives the two commands for a fresh machine, each on a line of its own', () => {
    expect(README).toContain('\nnpm ci && npm run demo\n');
    expect(README).toContain('\nnpm ci && npm test\n');
  });

  test('invites the Discord bot with exactly the permissions that it needs', () => {
    const link = /https:\/\/discord\.com\/oauth2\/authorize\?[^`\s]+/.exec(README)?.[0];
    expect(link).toBe(inviteUrl('APPLICATION_ID'));
    for (const { name } of NEEDED) expect(README.replace(/\s+/g, ' ')).toContain(name);
  });

  test('names only scripts that exist', () => {
    const named = [...README.matchAll(/npm run (?:--silent )?([a-z:]+)/g)].map((match) => match[1] ?? '');
    expect(named.length).toBeGreaterThan(3);
    expect(named.filter((name) => !(name in PACKAGE.scripts))).toEqual([]);
  });
});
