/**
 * Tells a refusal by `sudo -n` from an exit of the command itself: both end with a code other than 0, and only standard error
 * says which. Wording from sudo 1.8 and 1.9 (C locale), from sudo-rs, and from the shells dash, bash, BusyBox and zsh where there is
 * no sudo at all: nothing ran there either.
 */

const REFUSALS: readonly RegExp[] = [
  /^sudo: a password is required\s*$/m,
  /^sudo: interactive authentication is required\s*$/im,
  /^sudo: a terminal is required to (?:read|authenticate)/m,
  /^sudo: no tty present and no askpass program specified/m,
  /^sudo: sorry, you must have a tty to run sudo/m,
  /^Sorry, user .{1,256} (?:may not run sudo on|is not allowed to execute) /m,
  /^.{1,256} is not in the sudoers file\./m,
  /^sudo: I'm sorry .{1,256}\. I'm afraid I can't do that/m,
  /^sudo: account validation failure/m,
  /^sudo: PAM account management error/m,
  /^sudo: unable to initialize policy plugin/m,
  /^sudo: no valid sudoers sources found/m,
  /^[\w./-]{1,64}:[^\n]{0,64} sudo: (?:command )?not found\s*$/m,
  /^zsh:[^\n]{0,64}command not found: sudo\s*$/m,
];

/** True when standard error shows that sudo did not run the command. False says nothing about who failed. */
export function isSudoRefusal(stderr: string): boolean {
  return REFUSALS.some((pattern) => pattern.test(stderr));
}
