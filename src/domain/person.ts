/** Who acts. A principal is `platform:id`; groups are what the platform says of that person at this moment. */
export type Platform = 'console' | 'slack' | 'discord';

export interface Person {
  readonly platform: Platform;
  /** Slack `U…`, Discord snowflake, console name. */
  readonly id: string;
  readonly displayName: string;
  /** `slack:group:S…`, `discord:role:ID`. */
  readonly groups: readonly string[];
  /** OS user behind an asserted console identity; null elsewhere. */
  readonly osUser: string | null;
}

export function principalOf(person: Person): string {
  return `${person.platform}:${person.id}`;
}

/** How a person is shown and recorded: a console identity is asserted, not proven, and says so. */
export function describePerson(person: Person): string {
  if (person.platform !== 'console') return person.displayName;
  return `console:${person.id} (OS user ${person.osUser ?? 'unknown'})`;
}
