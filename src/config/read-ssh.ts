/**
 * How a cluster's members are reached. Owns the section `ssh` and the look at the files it names; a known_hosts file that isn't
 * there yet is a warning only, since `lockstep trust` makes it.
 */
import type { SshSettings } from '../domain/cluster.ts';
import { err, ok } from '../domain/result.ts';
import { checked } from './checked.ts';
import type { ConfigFiles } from './files.ts';
import { findKeyProblem } from './key-file.ts';
import { expandPath } from './paths.ts';
import { parseDuration, parseJump } from './values.ts';
import { report, reportAbsence, warn, type Reading } from './yaml-document.ts';
import { type Field, type Fields, readBoolean, readFields, readText } from './yaml-fields.ts';

/** What the sections of a cluster need to know of the machine. */
export interface Surroundings {
  readonly files: ConfigFiles;
  readonly home: string;
  /** Folder of clusters.yaml. */
  readonly base: string;
  /** SSH_AUTH_SOCK, or null. */
  readonly agentSocket: string | null;
}

const SHAPE = { required: ['user', 'knownHosts'], optional: ['key', 'agent', 'sudo', 'jump', 'timeout'] };

export function readSsh(reading: Reading, field: Field, around: Surroundings): SshSettings | null {
  const fields = readFields(reading, field, SHAPE);
  if (fields === null) return null;
  const user = checked(reading, fields.get('user'), parseUser);
  const knownHostsPath = readKnownHosts(reading, fields.get('knownHosts'), around);
  const login = readLogin(reading, field, fields, around);
  const sudo = readFlag(reading, fields.get('sudo'));
  const jump = checked(reading, fields.get('jump'), parseJump);
  const timeoutMs = fields.has('timeout') ? checked(reading, fields.get('timeout'), parseTimeout) : 10_000;
  if (user === null || knownHostsPath === null || timeoutMs === null) return null;
  return { user, ...login, knownHostsPath, sudo, jump, timeoutMs };
}

function parseTimeout(text: string) {
  return parseDuration(text, { least: '1s', most: '5m' });
}

function parseUser(text: string) {
  if (/^[A-Za-z_][A-Za-z0-9_.@\\-]{0,63}\$?$/.test(text)) return ok(text);
  return err({ text: `${JSON.stringify(text)} is not a user name.`, next: 'Write the login name on the members.' });
}

function readFlag(reading: Reading, field: Field | undefined): boolean {
  return field === undefined ? false : (readBoolean(reading, field) ?? false);
}

function readLogin(
  reading: Reading,
  section: Field,
  fields: Fields,
  around: Surroundings,
): Pick<SshSettings, 'keyPath' | 'agent'> {
  const keyField = fields.get('key');
  const agentField = fields.get('agent');
  const agent = readFlag(reading, agentField);
  if (keyField === undefined && !agent) {
    const text = 'Neither key nor agent is given.';
    reportAbsence(
      reading,
      section.line,
      section.where,
      text,
      'Add key: with the path of a private key, or agent: true.',
    );
  }
  if (agentField !== undefined && agent && around.agentSocket === null) {
    const text = 'No ssh-agent can be reached: SSH_AUTH_SOCK is not set.';
    report(reading, agentField.line, agentField.where, text, 'Start ssh-agent and add the key, or write key: instead.');
  }
  return { keyPath: readKey(reading, keyField, around), agent };
}

function readKey(reading: Reading, field: Field | undefined, around: Surroundings): string | null {
  const path = readPath(reading, field, around);
  if (field === undefined || path === null) return null;
  const problem = findKeyProblem(around.files, path);
  if (problem !== undefined) report(reading, field.line, field.where, problem.text, problem.next);
  return path;
}

function readKnownHosts(reading: Reading, field: Field | undefined, around: Surroundings): string | null {
  const path = readPath(reading, field, around);
  if (field === undefined || path === null) return null;
  const facts = around.files.look(path);
  if (facts.kind === 'missing') {
    const text = `There is no ${path} yet: every member's host key will be refused.`;
    warn(reading, field.line, field.where, text, 'Run lockstep trust with the name of the cluster.');
  } else if (facts.kind === 'other' || !facts.readable) {
    const reason = facts.kind === 'other' ? facts.reason : 'this user may not read it';
    const next = 'Name a file in the format of known_hosts that this user may read.';
    report(reading, field.line, field.where, `${path} can't be read (${reason}).`, next);
  }
  return path;
}

function readPath(reading: Reading, field: Field | undefined, around: Surroundings): string | null {
  const text = field === undefined ? null : readText(reading, field);
  if (field === undefined || text === null) return null;
  const path = expandPath(text, around.base, around.home);
  if (path.ok) return path.value;
  report(
    reading,
    field.line,
    field.where,
    `The path ${JSON.stringify(text)} ${path.error}.`,
    'Write an absolute path.',
  );
  return null;
}
