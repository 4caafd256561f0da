import { createHash } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { logPatterns, releaseTable } from '../../src/lxd/data/index.ts';
import { parseFrame } from '../../src/lxd/parse/frame.ts';
import { parseMember } from '../../src/lxd/parse/member.ts';
import { compileProbe } from '../../src/lxd/probe-script.ts';
import type { MemberFacts } from '../../src/domain/observation.ts';
import { COMMON, DATABASE, servingMember, type MemberRoot } from '../support/member-root.ts';

const roots: MemberRoot[] = [];

function member(): MemberRoot {
  const root = servingMember({ current: new TextEncoder().encode('lxd'), kept: new Uint8Array() });
  roots.push(root);
  return root;
}

afterEach(() => {
  for (const root of roots.splice(0)) root.dispose();
});

function look(root: MemberRoot): MemberFacts {
  const frame = parseFrame(root.run(compileProbe({ nonce: 'nonce' })).stdout, 'nonce');
  if (!frame.ok) throw new Error(frame.error.text);
  const context = { knownBinaries: new Map(), releases: releaseTable, patterns: logPatterns };
  return parseMember(frame.value, { sentAt: 0, receivedAt: 1000, ...context }).facts;
}

function pem(bytes: Uint8Array, width = 64): string {
  const body =
    Buffer.from(bytes)
      .toString('base64')
      .match(new RegExp(`.{1,${width}}`, 'g')) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...body, '-----END CERTIFICATE-----', ''].join('\n');
}

describe('the certificate of the cluster', () => {
  const bytes = Buffer.from('a certificate is a row of bytes'.repeat(20));
  const hash = createHash('sha256').update(bytes).digest('hex');

  test('is known by its hash, however its text is broken into lines and whatever follows it', () => {
    const root = member();
    root.put(`${COMMON}/lxd/cluster.crt`, pem(bytes));
    expect(look(root).clusterCertificate).toBe(hash);
    root.put(`${COMMON}/lxd/cluster.crt`, `${pem(bytes, 70)}${pem(Buffer.from('an intermediate'))}`);
    expect(look(root).clusterCertificate).toBe(hash);
  });

  test('that is not there, or empty, is unknown; the key is never opened', () => {
    const root = member();
    root.put(`${COMMON}/lxd/cluster.key`, 'SECRET', 0o600);
    expect(look(root).clusterCertificate).toBeNull();
    root.put(`${COMMON}/lxd/cluster.crt`, '');
    expect(look(root).clusterCertificate).toBeNull();
    expect(compileProbe({ nonce: 'nonce' })).not.toContain('cluster.key');
  });
});

describe('a dump that is being written anew', () => {
  const ROWS = 'id,name,address,schema,api_extensions,heartbeat,state\r\n1,m1,10.0.0.1:8443,73,402,,0\r\n';
  /** As sqlite3 on a copy: rows only of what is not empty. */
  const SQLITE = `#!/bin/sh
for file; do :; done
while read -r word to; do [ "$word" = .output ] && { case $to in */disk-nodes) [ -s "$file" ] && cat "$LOCKSTEP_ROOT/rows" >"$to" ;; esac; }; done
exit 0
`;

  function crashing(): MemberRoot {
    const root = member();
    root.answer('systemctl.show', 'ActiveState=activating\nSubState=auto-restart\nNRestarts=3\n');
    root.standIn('sqlite3', SQLITE);
    root.put('rows', ROWS);
    return root;
  }

  /** The n-th short sleep of the probe ends after LXD has written its dump. */
  function writtenAt(root: MemberRoot, nth: number): void {
    root.standIn(
      'sleep',
      `#!/bin/sh
[ "$1" = 0.3 ] || exec /bin/sleep "$1"
echo slept >>"$LOCKSTEP_ROOT/sleeps"
[ "$(wc -l <"$LOCKSTEP_ROOT/sleeps")" = ${nth} ] && echo full >"$LOCKSTEP_ROOT/${DATABASE}/global/db.bin"
exit 0
`,
    );
  }

  test('is looked at again until it is there', () => {
    const root = crashing();
    writtenAt(root, 2);
    expect(look(root).nodes).toMatchObject({ source: 'disk', rows: [{ id: 1, apiExtensions: 402 }] });
    expect(root.read('sleeps').trim().split('\n')).toHaveLength(2);
  });

  test('for a second at most: then the rows are unknown', () => {
    const root = crashing();
    writtenAt(root, 99);
    expect(look(root).nodes).toBeNull();
    expect(root.read('sleeps').trim().split('\n')).toHaveLength(3);
  });

  test('a member that never wrote one costs no waiting', () => {
    const root = crashing();
    writtenAt(root, 99);
    root.remove(`${DATABASE}/global/db.bin`);
    expect(look(root).nodes).toBeNull();
    expect(root.has('sleeps')).toBe(false);
  });
});
