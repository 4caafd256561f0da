/** The probe on a member that has the listed commands alone, or not all of them. */
import { afterEach, describe, expect, test } from 'vitest';
import { logPatterns, releaseTable } from '../../src/lxd/data/index.ts';
import { MEMBER_COMMANDS } from '../../src/lxd/member-commands.ts';
import { parseFrame } from '../../src/lxd/parse/frame.ts';
import { parseMember, type ParsedMember } from '../../src/lxd/parse/member.ts';
import { compileProbe } from '../../src/lxd/probe-script.ts';
import { buildLxdBinary } from '../../src/rehearsal/binary.ts';
import { servingMember, type MemberRoot } from '../support/member-root.ts';

const NAMES = releaseTable.extensionNames('5.21.2');
const BINARY = buildLxdBinary({ names: NAMES, globalSchema: 73, localSchema: 43, version: '5.21.2' });
const roots: MemberRoot[] = [];

afterEach(() => {
  for (const root of roots.splice(0)) root.dispose();
});

function member(): MemberRoot {
  const root = servingMember({ current: BINARY, kept: BINARY });
  roots.push(root);
  return root;
}

function look(root: MemberRoot): ParsedMember['facts'] {
  const { stdout } = root.run(compileProbe({ nonce: 'nonce' }));
  const frame = parseFrame(stdout, 'nonce');
  if (!frame.ok) throw new Error(frame.error.text);
  const how = { sentAt: 0, receivedAt: 1000, knownBinaries: new Map(), releases: releaseTable, patterns: logPatterns };
  return parseMember(frame.value, how).facts;
}

describe('the commands of a member', () => {
  const NEEDED = MEMBER_COMMANDS.filter(({ without }) => without === null).map(({ name }) => name);

  test('those of the list are all that the probe needs', () => {
    const root = member();
    root.keepOnly(NEEDED);
    const facts = look(root);
    expect(facts.failedParts).toEqual([]);
    expect(facts).toMatchObject({ install: 'snap', ready: 'ready', lacks: ['sqlite3'] });
  });

  test('what is missing is named', () => {
    const root = member();
    root.keepOnly([...NEEDED, 'sqlite3'].filter((name) => name !== 'flock' && name !== 'tar'));
    expect(look(root).lacks).toEqual(['tar', 'flock']);
  });
});
