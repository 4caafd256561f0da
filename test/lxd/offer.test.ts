/** What a member says that the store has for it: the text under real shells, and every form of answer that snap has for it. */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { compileOffer } from '../../src/lxd/offer-script.ts';
import { parseFrame } from '../../src/lxd/parse/frame.ts';
import { parseOffer } from '../../src/lxd/parse/offer.ts';
import type { Parsed } from '../../src/lxd/parse/part.ts';
import type { Offer } from '../../src/domain/offer.ts';
import { MemberRoot } from '../support/member-root.ts';

const roots: MemberRoot[] = [];

function memberThat(says: string, code = 0): MemberRoot {
  const root = new MemberRoot();
  roots.push(root);
  root.answer('snap.refresh.sh', says);
  root.answer('snap.refresh.code', String(code));
  return root;
}

afterEach(() => {
  for (const root of roots.splice(0)) root.dispose();
});

function ask(root: MemberRoot, shell = 'sh'): Parsed<Offer> {
  const ran = root.run(compileOffer('nonce'), shell);
  expect({ code: ran.code, stderr: ran.stderr }).toEqual({ code: 0, stderr: '' });
  const frame = parseFrame(ran.stdout, 'nonce');
  if (!frame.ok) throw new Error(frame.error.text);
  return parseOffer(frame.value.parts);
}

const print = (text: string): string => `cat <<'EOT'\n${text}\nEOT\n`;
const HEADER = 'Name  Version         Rev    Size   Publisher   Notes';

describe.each(['dash', 'bash'])('the text under %s', (shell) => {
  test('asks snapd once, for nothing but the list, and leaves nothing behind', () => {
    const root = memberThat(print(`${HEADER}\nlxd   5.21.4-aee7e08  38767  116MB  canonical✓  -`));
    expect(ask(root, shell)).toEqual({
      ok: true,
      value: { kind: 'offered', version: '5.21.4-aee7e08', revision: '38767' },
    });
    expect(root.calls()).toEqual(['snap refresh --list']);
    expect(readdirSync(root.path).filter((name) => !['bin', 'answers', 'calls'].includes(name))).toEqual([]);
  });

  test('is accepted as it stands', () => {
    expect(spawnSync(shell, ['-n'], { input: compileOffer('nonce') }).stderr.toString()).toBe('');
  });
});

describe('what snap says', () => {
  test('the sentence on standard error is a channel without news', () => {
    expect(ask(memberThat('echo "All snaps up to date." >&2\n'))).toEqual({ ok: true, value: { kind: 'up-to-date' } });
  });

  test('a table without lxd is a channel without news for lxd, also when another snap has lxd in its name', () => {
    const table = `${HEADER}\ncore22  20260801  2100  70MB  canonical**  base\nlxd_two  5.21.4-aee7e08  38767  116MB  canonical**  -`;
    expect(ask(memberThat(print(table)))).toEqual({ ok: true, value: { kind: 'up-to-date' } });
  });

  test('the row is found among others, with a publisher that is not UTF-8', () => {
    const table = `${HEADER}\naa   1  2  3MB  x  -\nlxd  git-1a2b3c4  x12  116MB  canonical\\377  classic`;
    expect(ask(memberThat(`printf '${table.replaceAll('\n', '\\n')}\\n'\n`))).toEqual({
      ok: true,
      value: { kind: 'offered', version: 'git-1a2b3c4', revision: 'x12' },
    });
  });

  test.each([
    ['a store that can’t be reached', 'echo "error: cannot list updates: persistent network error" >&2', 1, 'failed'],
    ['an old snap without the option', 'echo "error: unknown flag" >&2', 64, 'failed'],
    ['its own time limit', ':', 124, 'timed-out'],
    ['no snap at all', ':', 127, 'command-missing'],
    ['silence', ':', 0, 'unparsable'],
    ['something else', 'echo "Everything is fine."', 0, 'unparsable'],
    ['a version that is none', print(`${HEADER}\nlxd  $(reboot)  38767  116MB  x  -`), 0, 'unparsable'],
    ['a revision that is none', print(`${HEADER}\nlxd  5.21.4  --revision=1  116MB  x  -`), 0, 'unparsable'],
    ['a row that is cut', print(`${HEADER}\nlxd  5.21.4`), 0, 'unparsable'],
  ])('%s is not a channel without news', (_, says, code, reason) => {
    expect(ask(memberThat(`${says}\n`, code))).toMatchObject({ ok: false, error: { part: 'offer', reason } });
  });
});

test('a nonce that could break out of its quotes is refused', () => {
  expect(() => compileOffer("x'; reboot; '")).toThrow('nonce');
});
