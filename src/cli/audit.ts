/** `lockstep audit verify`: reads the whole chain, also while another process works on the data directory. */
import { assertNever } from '../domain/assert-never.ts';
import { openAudit, type AuditReader } from '../adapters/sqlite/audit.ts';
import type { Problem } from '../domain/problem.ts';
import { complain, tell } from './complain.ts';
import { openWithoutClusters } from './open.ts';
import { parseOptions } from './options.ts';

const USAGE = 'lockstep audit verify [--data DIR] [--expect HASH]';

export function auditCommand(args: readonly string[]): Promise<number> {
  return Promise.resolve(verify(args));
}

function verify(args: readonly string[]): number {
  const parsed = parseOptions(args, { data: 'string', expect: 'string' } as const, USAGE);
  if (!parsed.ok) return complain(parsed.error);
  const { values, rest } = parsed.value;
  if (rest.length !== 1 || rest[0] !== 'verify') {
    return complain({ text: 'audit knows one thing to do: verify.', next: `Usage: ${USAGE}` });
  }
  if (values.expect !== undefined && !/^[0-9a-f]{64}$/.test(values.expect)) {
    return complain({
      text: '--expect takes a hash of 64 hexadecimal digits.',
      next: 'Copy it from an export or the log.',
    });
  }
  const opened = openWithoutClusters(values.data);
  if (!opened.ok) return opened.exitCode;
  const reader = openAudit(opened.target.dataDir);
  // A database that is no longer one is an answer to the question; a directory without one is not.
  if (!reader.ok) return reader.error.code === 'data-corrupt' ? tellProblem(reader.error) : complain(reader.error);
  try {
    return verifyWith(reader.value, values.expect);
  } finally {
    reader.value.close();
  }
}

function verifyWith(reader: AuditReader, expect: string | undefined): number {
  const verdict = reader.auditVerify(expect === undefined ? {} : { expect });
  process.stdout.write(`${describe(verdict)}\n`);
  const head = headOf(reader, verdict);
  if (!head.ok) tellProblem(head.problem);
  return verdict.ok && head.ok ? 0 : 1;
}

/** Also a head beside an unreadable table is told of, as far as the table can be read. */
function headOf(reader: AuditReader, verdict: AuditVerdict): ReturnType<AuditReader['checkHead']> {
  try {
    return reader.checkHead();
  } catch (error) {
    if (verdict.ok) throw error;
    return { ok: true };
  }
}

function tellProblem({ text, next }: Problem): number {
  tell(`lockstep: ${text}`);
  tell(`Next: ${next}`);
  return 1;
}

type AuditVerdict = ReturnType<AuditReader['auditVerify']>;

function describe(verdict: AuditVerdict): string {
  if (verdict.ok) {
    if (verdict.head === null) return 'The timeline is empty.';
    return `The chain is whole: ${verdict.head.sequence} entries, the last is ${verdict.head.hash}.`;
  }
  switch (verdict.reason) {
    case 'head':
      return 'The chain is whole but does not hold the expected hash: its end was cut off, or it is another one.';
    case 'gap':
      return `The chain is broken: entry ${verdict.sequence} is missing, or stands elsewhere.`;
    case 'unreadable':
      return `The chain is broken at entry ${verdict.sequence}: it can't be read, the database is damaged.`;
    case 'damaged':
      return 'The chain is whole, but the indexes of the timeline are damaged: a list of some of its entries may lack one.';
    case 'previous-hash':
    case 'hash':
      return `The chain is broken at entry ${verdict.sequence}: it, or the one before, was changed.`;
    default:
      return assertNever(verdict.reason);
  }
}
