/** `lockstep audit verify`: reads the whole chain, also while another process works on the data directory. */
import { assertNever } from '../domain/assert-never.ts';
import { openAudit } from '../adapters/sqlite/audit.ts';
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
  if (!reader.ok) return complain(reader.error);
  try {
    const head = reader.value.checkHead();
    if (!head.ok) {
      tell(`lockstep: ${head.problem.text}`);
      tell(`Next: ${head.problem.next}`);
      return 1;
    }
    const verdict = reader.value.auditVerify(values.expect === undefined ? {} : { expect: values.expect });
    process.stdout.write(`${describe(verdict)}\n`);
    return verdict.ok ? 0 : 1;
  } finally {
    reader.value.close();
  }
}

type Reader = Extract<ReturnType<typeof openAudit>, { ok: true }>['value'];

function describe(verdict: ReturnType<Reader['auditVerify']>): string {
  if (verdict.ok) {
    if (verdict.head === null) return 'The timeline is empty.';
    return `The chain is whole: ${verdict.head.sequence} entries, the last is ${verdict.head.hash}.`;
  }
  switch (verdict.reason) {
    case 'head':
      return 'The chain is whole but does not hold the expected hash: its end was cut off, or it is another one.';
    case 'gap':
      return `The chain is broken: entry ${verdict.sequence} is missing.`;
    case 'previous-hash':
    case 'hash':
      return `The chain is broken at entry ${verdict.sequence}: it, or the one before, was changed.`;
    default:
      return assertNever(verdict.reason);
  }
}
