/**
 * The commands that the texts for a member call, with the package that each comes from on Debian and Ubuntu. The probe asks which of
 * them are missing; a test reads them out of the texts. `snap`, `lxd` and `lxc` are not here: the snap itself is looked at elsewhere.
 */
export interface MemberCommand {
  readonly name: string;
  readonly package: string;
  /** What goes on without it, poorer; null for what is needed. */
  readonly without: string | null;
}

const needed = (from: string, names: string): readonly MemberCommand[] =>
  names.split(' ').map((name) => ({ name, package: from, without: null }));

export const MEMBER_COMMANDS: readonly MemberCommand[] = [
  ...needed(
    'coreutils',
    'base64 cat chmod cp cut date du env head ln ls mkdir mktemp mv od readlink rm sha256sum sleep stat sync tail timeout tr uname wc',
  ),
  ...needed('dash', 'sh'),
  ...needed('grep', 'grep'),
  ...needed('systemd', 'journalctl systemctl'),
  ...needed('tar', 'tar'),
  ...needed('util-linux', 'flock'),
  { name: 'curl', package: 'curl', without: 'LXD is asked through its command line, which is slower' },
  { name: 'sqlite3', package: 'sqlite3', without: 'the tables of a member whose LXD does not answer can’t be read' },
];
