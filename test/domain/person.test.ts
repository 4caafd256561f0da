import { expect, test } from 'vitest';
import { describePerson, principalOf } from '../../src/domain/person.ts';
import { aPerson } from '../support/cluster.ts';

test('a person is named by platform and id in the configuration', () => {
  expect(principalOf(aPerson('slack:U0123'))).toBe('slack:U0123');
  expect(principalOf(aPerson('console:bob'))).toBe('console:bob');
});

test('in words, a person of a chat is the name that is shown there; one of the console only asserts it', () => {
  expect(describePerson({ ...aPerson('discord:42'), displayName: 'Bob' })).toBe('Bob');
  expect(describePerson(aPerson('console:bob'))).toBe('console:bob (OS user root)');
  expect(describePerson({ ...aPerson('console:bob'), osUser: null })).toBe('console:bob (OS user unknown)');
});
