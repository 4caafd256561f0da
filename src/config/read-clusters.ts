/**
 * `clusters.yaml` as cluster configurations. Owns the order of the sections and which problems count when the YAML itself is
 * broken; the sections are in the files beside it.
 */
import { dirname } from 'node:path';
import type { ClusterConfig } from '../domain/cluster.ts';
import { NAME_PATTERN, requireClusterName } from '../domain/ids.ts';
import { checked } from './checked.ts';
import type { ConfigProblem } from './problem.ts';
import { readMembers } from './read-members.ts';
import { readPeople } from './read-people.ts';
import { readApprovals, readBackups, readChangeWindow, readRoles, readWatch } from './read-policy.ts';
import { readSsh, type Surroundings } from './read-ssh.ts';
import { parseDiscordChannel, parseSlackChannel } from './values.ts';
import { readYaml, report, type Reading } from './yaml-document.ts';
import { type Field, readAnyFields, readFields, readText } from './yaml-fields.ts';

export interface ReadClusters {
  /** Only what could be read whole; complete when no problem is an error. */
  readonly clusters: readonly ClusterConfig[];
  readonly problems: readonly ConfigProblem[];
}

export interface ClustersFile {
  /** As it is shown in problems. */
  readonly file: string;
  /** Absolute. */
  readonly path: string;
  readonly text: string;
}

const SHAPE = {
  required: ['members', 'ssh'],
  optional: ['description', 'channels', 'roles', 'approvals', 'changeWindow', 'backups', 'watch'],
};

export function readClusters(source: ClustersFile, machine: Omit<Surroundings, 'base'>): ReadClusters {
  const { reading, root, brokenFrom } = readYaml(source.file, source.text);
  if (root === null) return { clusters: [], problems: reading.problems };
  const meaning: Reading = { ...reading, problems: [], absences: [] };
  const around: Surroundings = { ...machine, base: dirname(source.path) };
  const clusters = readTop(meaning, { where: '', line: 1, node: root }, around);
  if (brokenFrom === null)
    return { clusters, problems: [...reading.problems, ...meaning.problems, ...meaning.absences] };
  // What follows a syntax error may have been misread: of that part only the syntax is reported.
  const before = meaning.problems.filter((problem) => problem.line === null || problem.line < brokenFrom);
  return { clusters, problems: [...reading.problems, ...before] };
}

function readTop(reading: Reading, top: Field, around: Surroundings): readonly ClusterConfig[] {
  const sections = readFields(reading, top, { required: ['clusters'], optional: ['people'] });
  const people = readPeople(reading, sections?.get('people'));
  const field = sections?.get('clusters');
  const entries = field === undefined ? null : readAnyFields(reading, field);
  if (field === undefined || entries === null) return [];
  if (entries.size === 0) {
    report(reading, field.line, field.where, 'There is no cluster.', 'Add one, as in deploy/clusters.example.yaml.');
  }
  return [...entries]
    .map(([name, entry]) => readCluster(reading, name, entry, around))
    .filter((one) => one !== null)
    .map((one) => (people.length === 0 ? one : { ...one, people }));
}

function readCluster(reading: Reading, name: string, field: Field, around: Surroundings): ClusterConfig | null {
  const isName = NAME_PATTERN.test(name);
  if (!isName) {
    const text = `${JSON.stringify(name)} is not a name for a cluster.`;
    report(reading, field.line, field.where, text, 'Use letters, digits, dots and dashes, 63 characters at most.');
  }
  const fields = readFields(reading, field, SHAPE);
  if (fields === null) return null;
  const membersField = fields.get('members');
  const sshField = fields.get('ssh');
  const descriptionField = fields.get('description');
  const members = membersField === undefined ? [] : readMembers(reading, membersField);
  const ssh = sshField === undefined ? null : readSsh(reading, sshField, around);
  const roles = readRoles(reading, fields.get('roles'));
  const rest = {
    description: descriptionField === undefined ? null : readText(reading, descriptionField),
    channels: readChannels(reading, fields.get('channels')),
    approvals: readApprovals(reading, fields.get('approvals'), roles),
    changeWindow: readChangeWindow(reading, fields.get('changeWindow')),
    backups: readBackups(reading, fields.get('backups')),
    watchEveryMs: readWatch(reading, fields.get('watch')),
  };
  return isName && ssh !== null ? { name: requireClusterName(name), members, ssh, roles, ...rest } : null;
}

function readChannels(reading: Reading, field: Field | undefined): ClusterConfig['channels'] {
  const shape = { required: [], optional: ['slack', 'discord'] };
  const fields = field === undefined ? null : readFields(reading, field, shape);
  return {
    slack: checked(reading, fields?.get('slack'), parseSlackChannel),
    discord: checked(reading, fields?.get('discord'), parseDiscordChannel),
  };
}
