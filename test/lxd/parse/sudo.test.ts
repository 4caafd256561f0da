import { describe, expect, test } from 'vitest';
import { isSudoRefusal } from '../../../src/lxd/parse/sudo.ts';

describe('isSudoRefusal', () => {
  test.each([
    'sudo: a password is required\n',
    'motd noise\nsudo: a password is required\r\n',
    'sudo: interactive authentication is required',
    'sudo: a terminal is required to read the password; either use the -S option to read from standard input or configure an askpass helper',
    'sudo: no tty present and no askpass program specified',
    'sudo: sorry, you must have a tty to run sudo',
    "Sorry, user ubuntu is not allowed to execute '/bin/sh -c x' as root on m1.",
    'Sorry, user ubuntu may not run sudo on m1.',
    'ubuntu is not in the sudoers file.  This incident will be reported.',
    "sudo: I'm sorry ubuntu. I'm afraid I can't do that",
    'sh: 1: sudo: not found\n',
    'sh: 1: exec: sudo: not found\n',
    'bash: line 1: sudo: command not found\n',
    'sh: sudo: not found\n',
    'zsh:1: command not found: sudo\n',
  ])('is true for %j', (stderr) => {
    expect(isSudoRefusal(stderr)).toBe(true);
  });

  test.each([
    '',
    'error: a password is required',
    'Error: sudo: a password is required by the policy of this text',
    'sudo: unable to resolve host m1: Name or service not known',
    'sh: 1: snap: not found',
    'sudo: sh: command not found',
    'sh: 1: pseudo: not found',
  ])('is false for %j', (stderr) => {
    expect(isSudoRefusal(stderr)).toBe(false);
  });
});
