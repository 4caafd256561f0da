/**
 * Schema trouble, which no change of counts can repair: the global schema above a binary (`schema-newer`), schema and count that
 * disagree in direction (`schema-inconsistent`), and a local database above its binary (`local-schema-newer`).
 */
import type { Evidence, Finding } from '../finding.ts';
import { currentFatal, type ReachedView, type Situation } from './situation.ts';
import { comparedRows, known, type KnownView } from './skew.ts';
import { askCommand } from './target.ts';
import { binaryEvidence, listNames, logEvidence, namesOf, rowEvidence, verb } from './text.ts';

export function schemaRules(situation: Situation): readonly Finding[] {
  return [...schemaNewer(situation), ...inconsistent(situation), ...localNewer(situation)];
}

function schemaNewer(situation: Situation): readonly Finding[] {
  const top = Math.max(unknownSchema(situation), ...situation.reached.map(loggedSchema));
  const older = situation.reached.filter((view) => isBelow(view, top) || failedWith(view, 'schema_too_new') !== null);
  if (older.length === 0) return [];
  const allBelow = older.every((view) => isBelow(view, top));
  const held = allBelow ? `schema ${top}` : 'a newer schema';
  const database = situation.rows?.databaseSchema ?? null;
  return [
    {
      kind: 'schema-newer',
      severity: 'critical',
      members: namesOf(older),
      title: `The database has ${held}, which the LXD on ${listNames(older)} does not know`,
      cause:
        `A newer LXD has written this schema into the database, and that can't be undone. ` +
        `An LXD that does not know the schema refuses to start: ${listNames(older)} ${verb(older.length, 'fails', 'fail')} at ${verb(older.length, 'its', 'their')} next restart, or ${verb(older.length, 'fails', 'fail')} already. ` +
        `Changing numbers in the database would not help and could damage it. ` +
        `The only way is forward: the LXD that made this schema, or a newer one, on every member.`,
      evidence: [
        ...rowEvidence(situation),
        ...databaseEvidence(situation, database),
        ...older.map(binaryEvidence),
        ...older.flatMap((view) => failureEvidence(view, 'schema_too_new')),
      ],
      extensionsMissing: [],
      next: `Find a version that knows the schema: ${askCommand(situation, top)}`,
    },
  ];
}

function isBelow(view: ReachedView, schema: number): boolean {
  const own = view.installed?.schema ?? null;
  return own !== null && own < schema;
}

/** The number in the newest fatal line, when that is about the schema: `schema version '73' is more recent than expected '60'`. */
function loggedSchema(view: ReachedView): number {
  const line = currentFatal(view);
  const number = line?.pattern === 'schema_too_new' ? (line.captures[0] ?? '') : '';
  return /^\d{1,4}$/.test(number) ? Number(number) : 0;
}

/**
 * The highest schema that the database has or a row claims. A row that only says what its own member has installed is an upgrade
 * under way: the database itself is converted when the last member has come along.
 */
function unknownSchema(situation: Situation): number {
  const rows = situation.rows;
  if (rows === null) return 0;
  const owners = new Map<string, number>(known(situation).map((view) => [view.member, view.installed.schema ?? 0]));
  const claimed = rows.rows.filter((row) => (owners.get(row.name) ?? 0) < row.schema).map((row) => row.schema);
  return Math.max(rows.databaseSchema ?? 0, ...claimed);
}

function databaseEvidence(situation: Situation, schema: number | null): readonly Evidence[] {
  const rows = situation.rows;
  if (rows === null || schema === null) return [];
  return [{ member: rows.member, source: 'row', at: rows.at, text: `database schema ${schema}` }];
}

/** One has the higher schema, another the higher count: fatal before and after the fix. */
function inconsistent(situation: Situation): readonly Finding[] {
  const rows = comparedRows(situation);
  const crossed = known(situation).filter((view) => rows.some((row) => row.name !== view.member && crosses(view, row)));
  const said = situation.reached.filter((view) => failedWith(view, 'inconsistent') !== null);
  const named = situation.reached.filter(
    (view) => said.includes(view) || crossed.some((one) => one.member === view.member),
  );
  if (named.length === 0) return [];
  return [
    {
      kind: 'schema-inconsistent',
      severity: 'critical',
      members: namesOf(named),
      title: `Schema and number of API extensions contradict each other on ${listNames(named)}: tracks were mixed`,
      cause:
        `One member has the newer database schema and another one more API extensions, which happens when members come from different tracks, such as 5.0 and 5.4. ` +
        `LXD can't tell who is ahead and refuses to start, in every release. ` +
        `On a restart ${listNames(named)} ${verb(named.length, 'fails', 'fail')}. No change of a number in the database can repair this: all members must move forward to one version of one track.`,
      evidence: [
        ...rowEvidence(situation),
        ...named.map(binaryEvidence),
        ...named.flatMap((view) => failureEvidence(view, 'inconsistent')),
      ],
      extensionsMissing: [],
      next: `See which member comes from which track: explain ${situation.cluster}`,
    },
  ];
}

function crosses(view: KnownView, row: { readonly schema: number; readonly apiExtensions: number }): boolean {
  const { schema, extensions } = view.installed;
  if (schema === null) return false;
  return (schema - row.schema) * (extensions - row.apiExtensions) < 0;
}

function localNewer(situation: Situation): readonly Finding[] {
  const named = situation.reached.filter((view) => failedWith(view, 'schema_too_new_local') !== null);
  if (named.length === 0) return [];
  return [
    {
      kind: 'local-schema-newer',
      severity: 'critical',
      members: namesOf(named),
      title: `The local database of ${listNames(named)} is newer than its LXD`,
      cause:
        `Each member keeps a small database of its own beside the cluster's, and a newer LXD has converted the one on ${listNames(named)}. ` +
        `The installed LXD refuses to open it, at every restart. ` +
        `The cluster's table has nothing to do with it, so a change there does not help. The member needs the newer LXD again.`,
      evidence: named.flatMap((view) => [binaryEvidence(view), ...failureEvidence(view, 'schema_too_new_local')]),
      extensionsMissing: [],
      next: `Find a newer version that fits: ${askCommand(situation)}`,
    },
  ];
}

/** The newest failed start of a member that does not serve, when it has this cause. */
function failedWith(view: ReachedView, pattern: string): Evidence | null {
  const line = currentFatal(view);
  return line?.pattern === pattern ? logEvidence(view.member, line) : null;
}

function failureEvidence(view: ReachedView, pattern: string): readonly Evidence[] {
  const evidence = failedWith(view, pattern);
  return evidence === null ? [] : [evidence];
}
