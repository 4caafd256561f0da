/**
 * `lockstep trust <cluster>`: shows the host keys that the members present, and writes them down only after a person said so.
 * Owns the order (the bastion first, as nothing behind it can be asked before it is trusted), the words and the question.
 * Scanning, asking and printing come in as functions.
 */
import { readFile } from 'node:fs/promises';
import { assertNever } from '../../domain/assert-never.ts';
import type { ClusterConfig, SshSettings } from '../../domain/cluster.ts';
import { type NewKnownHost, appendKnownHosts } from './append-known-hosts.ts';
import type { PresentedHostKey, ScanResult, ScanTarget } from './host-keys.ts';
import { parseJump } from './jump.ts';
import {
  type HostKeyVerdict,
  type KnownHosts,
  entriesFor,
  judgeHostKey,
  knownHostsName,
  parseKnownHosts,
} from './known-hosts.ts';
import { messageOf, propertyOf } from './remote-text.ts';

export interface TrustOptions {
  readonly cluster: ClusterConfig;
  readonly scan: (target: ScanTarget) => Promise<ScanResult>;
  /** True only for an explicit yes. */
  readonly ask: (question: string) => Promise<boolean>;
  readonly print: (line: string) => void;
}

export interface TrustSummary {
  /** Keys written. */
  readonly added: number;
  /** Keys that were known already. */
  readonly alreadyKnown: number;
  /** Hosts whose keys contradict the file, or that could not be asked, or whose keys could not be written. */
  readonly problems: number;
  /** True when there was something to write and the answer was not yes. */
  readonly declined: boolean;
}

const NOTHING: TrustSummary = { added: 0, alreadyKnown: 0, problems: 0, declined: false };

export async function trustCluster(options: TrustOptions): Promise<TrustSummary> {
  const { cluster, print } = options;
  const { ssh } = cluster;
  const members = cluster.members.map(({ name, host, port }): ScanTarget => ({ label: name, host, port, ssh }));
  if (ssh.jump === null) return await trustHosts(members, options);
  const jump = jumpTarget(ssh);
  if (typeof jump === 'string') {
    print(jump);
    return { ...NOTHING, problems: 1 };
  }
  const first = await trustHosts([jump], options);
  if (first.declined || first.problems > 0) {
    print(`The members behind ${jump.host} can't be asked before it is trusted.`);
    return first;
  }
  const rest = await trustHosts(members, options);
  return {
    added: first.added + rest.added,
    alreadyKnown: first.alreadyKnown + rest.alreadyKnown,
    problems: rest.problems,
    declined: rest.declined,
  };
}

function jumpTarget(ssh: SshSettings): ScanTarget | string {
  const jump = parseJump(ssh.jump ?? '', ssh.user);
  if (!jump.ok) return jump.error;
  return { label: 'jump host', host: jump.value.host, port: jump.value.port, ssh: { ...ssh, jump: null } };
}

async function trustHosts(targets: readonly ScanTarget[], options: TrustOptions): Promise<TrustSummary> {
  const { print, ask, scan } = options;
  const path = options.cluster.ssh.knownHostsPath;
  const known = await readKnownHosts(path);
  if (typeof known === 'string') {
    print(known);
    return { ...NOTHING, problems: 1 };
  }
  const scans = await Promise.all(targets.map(async (target) => ({ target, result: await scan(target) })));
  const hosts = scans.map(({ target, result }) => describeHost(target, result, known, options));
  const fresh = hosts.flatMap((host) => host.fresh);
  const problems = hosts.filter((host) => host.problem).length;
  const alreadyKnown = hosts.reduce((sum, host) => sum + host.alreadyKnown, 0);
  if (fresh.length === 0) {
    if (problems === 0) print(`Nothing to add: ${path} has every key that was shown. Next: lockstep doctor`);
    return { added: 0, alreadyKnown, problems, declined: false };
  }
  print('Compare each fingerprint with what the host itself says: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub');
  if (!(await ask(`Add ${fresh.length} new ${fresh.length === 1 ? 'key' : 'keys'} to ${path}? (yes or no)`))) {
    print('Nothing was written.');
    return { added: 0, alreadyKnown, problems, declined: true };
  }
  const written = await appendKnownHosts(path, fresh);
  if (!written.ok) {
    print(`Nothing was written: ${written.error.text}`);
    return { added: 0, alreadyKnown, problems: problems + 1, declined: false };
  }
  print(`Wrote ${written.value.added} ${written.value.added === 1 ? 'key' : 'keys'} to ${path}. Next: lockstep doctor`);
  return { added: written.value.added, alreadyKnown, problems, declined: false };
}

async function readKnownHosts(path: string): Promise<KnownHosts | string> {
  try {
    return parseKnownHosts(await readFile(path, 'utf8'));
  } catch (error) {
    if (propertyOf(error, 'code') === 'ENOENT') return { entries: [], malformed: 0 };
    return `${path} can't be read (${messageOf(error)}).`;
  }
}

interface HostReport {
  readonly fresh: readonly NewKnownHost[];
  readonly alreadyKnown: number;
  readonly problem: boolean;
}

function describeHost(target: ScanTarget, result: ScanResult, known: KnownHosts, options: TrustOptions): HostReport {
  const { host, port } = target;
  options.print(`${target.label} (${host}:${port})`);
  if (result.kind === 'failed') {
    const { failure } = result;
    options.print(`  not asked: ${failure.kind === 'unreachable' ? failure.reason : failure.text}`);
    return { fresh: [], alreadyKnown: 0, problem: true };
  }
  const judged = result.keys.map((key) => ({ key, verdict: judgeHostKey(entriesFor(known, host, port), key.key) }));
  for (const { key, verdict } of judged) options.print(`  ${describeKey(key, verdict)}`);
  const contradiction = judged.some(({ verdict }) => verdict.kind === 'changed' || verdict.kind === 'revoked');
  if (contradiction) {
    const removal = `ssh-keygen -R '${knownHostsName(host, port)}' -f '${options.cluster.ssh.knownHostsPath}'`;
    options.print(`  Not added. If the host was really reinstalled, run ${removal} and try again.`);
  }
  return {
    // A host that contradicts the file gets none of its keys added: the others come from whoever presented the wrong one.
    fresh: contradiction
      ? []
      : judged.filter(({ verdict }) => verdict.kind === 'unknown').map(({ key }) => ({ host, port, key: key.key })),
    alreadyKnown: judged.filter(({ verdict }) => verdict.kind === 'known').length,
    problem: contradiction,
  };
}

function describeKey(key: PresentedHostKey, verdict: HostKeyVerdict): string {
  const line = `${key.keyType} ${key.fingerprint}`;
  switch (verdict.kind) {
    case 'known':
      return `${line} (known already)`;
    case 'unknown':
      return `${line} (new)`;
    case 'changed':
      return `${line} (CHANGED: line ${verdict.line} of the file has another key)`;
    case 'revoked':
      return `${line} (REVOKED at line ${verdict.line} of the file)`;
    default:
      return assertNever(verdict);
  }
}
