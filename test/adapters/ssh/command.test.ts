import { describe, expect, test } from 'vitest';
import { stdoutOf, useSshHarness } from '../../support/ssh/harness.ts';

const harness = useSshHarness();

describe('the command line', () => {
  test('is one quoted argument of sh -c, behind sudo -n where the cluster says so', async () => {
    const server = await harness.serve({ onExec: (exec) => exec.exit(0) });
    const transport = harness.transport();
    const request = { text: "echo 'it''s'", timeoutMs: 20_000 };
    await transport.exec(harness.world().target(server), request);
    await transport.exec(harness.world().target(server, { sudo: true }), request);
    expect(server.commands).toEqual([
      String.raw`sh -c 'echo '\''it'\'''\''s'\'''`,
      String.raw`sudo -n -- sh -c 'echo '\''it'\'''\''s'\'''`,
    ]);
  });

  test('carries a script of 20 kB with every metacharacter byte for byte', async () => {
    const server = await harness.serve();
    const noise = `$HOME \`id\` $(id) "q" 'q' \\ \\n ! * ? [a] {a,b} ~ # & | ; < > ( ) % = \t é € 😀 \r\u0001`;
    const body = Array.from({ length: 250 }, (_, index) => `${index} ${noise}`).join('\n');
    const text = `cat <<'END-OF-TEXT'\n${body}\nEND-OF-TEXT\n`;
    expect(Buffer.byteLength(text)).toBeGreaterThan(20_000);
    const outcome = await harness.transport().exec(harness.world().target(server), { text, timeoutMs: 20_000 });
    expect(outcome).toMatchObject({ kind: 'exited', code: 0 });
    expect(stdoutOf(outcome)).toBe(`${body}\n`);
  });
});
