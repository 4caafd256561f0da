/** Two Locksteps with data directories of their own and one rehearsal cluster: one repairs, the other is told who and until when. */
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stopRehearsal } from '../../src/rehearsal/ensure.ts';
import { only } from '../app/world.ts';
import { makeTemporaryDirectory, type TemporaryDirectory } from '../support/temporary-directory.ts';
import { ensureBuilt, launch, linesOf, run, type Ended } from './cli.ts';

const MEMBERS = ['m1', 'm2', 'm3'];

let home: TemporaryDirectory;

beforeAll(ensureBuilt, 120_000);

beforeEach(() => {
  home = makeTemporaryDirectory();
});

afterEach(async () => {
  await stopRehearsal(join(home.path, 'rehearsal'));
  home.remove();
});

function here(person: string): readonly string[] {
  return ['console', '--json', '--data', home.path, '--as', person];
}

/** The same cluster, through another data directory. */
function there(person: string, command = 'console'): readonly string[] {
  const config = join(home.path, 'rehearsal', 'clusters.yaml');
  const who = command === 'console' ? ['--json', '--as', person] : [];
  return [command, ...who, '--config', config, '--data', join(home.path, 'other')];
}

function markerOn(member: string): string {
  return join(home.path, 'rehearsal', 'members', member, 'var/snap/lxd/common/lockstep/marker');
}

function place(member: string, untilS: number): void {
  mkdirSync(join(markerOn(member), '..'), { recursive: true, mode: 0o700 });
  writeFileSync(markerOn(member), `lockstep-marker 1 elsewhere-1 r999999 ${untilS} 1000 slack:U01CAROL\n`, {
    mode: 0o600,
  });
}

const nowS = (): number => Math.floor(Date.now() / 1000);

function refusalOf(ended: Ended): { readonly code: string; readonly text: string } {
  const refusal = only(linesOf(ended), 'refusal');
  return refusal.reasons[0] ?? { code: 'none', text: '' };
}

describe.skipIf(process.platform !== 'linux')('two installations and one cluster', () => {
  test('while one repairs, the other sees it and is refused; afterwards nothing is left', {
    timeout: 180_000,
  }, async () => {
    const drafted = await run(here('alice'), 'recover rehearsal');
    const id = only(linesOf(drafted), 'plan').run ?? '';
    const first = launch(here('bob'), 'approve\n');
    await first.printed(/"state":"started"/);
    const second = await run(there('alice'), 'status', 'recover rehearsal', 'doctor');
    const done = await first.ended;
    expect(done.code, done.stderr).toBe(0);
    const lines = linesOf(second);
    expect(only(lines, 'status').findings.map(({ kind }) => kind)).toContain('held-elsewhere');
    const { code, text } = refusalOf(second);
    expect(code).toBe('held-elsewhere');
    expect(text).toContain(`for its run ${id} (asked for by console:alice) until 2`);
    expect(only(lines, 'doctor').checks.find((check) => check.id === 'marker')).toMatchObject({ state: 'warn' });
    for (const member of MEMBERS) expect(existsSync(markerOn(member))).toBe(false);
    const listed = only(linesOf(await run(here('alice'), `runs ${id}`)), 'run');
    expect(listed.backups?.map(({ member, restorable }) => [member, restorable])).toEqual(
      MEMBERS.map((member) => [member, false]),
    );
    expect(listed.backups?.every(({ sha256, bytes }) => /^[0-9a-f]{64}$/.test(sha256) && bytes > 0)).toBe(true);
  });

  test('before its deadline a marker keeps others out, and after it they take over', { timeout: 180_000 }, async () => {
    await run(here('alice'), 'status');
    for (const member of MEMBERS) place(member, nowS() + 3600);
    const refused = await run(there('alice'), 'recover rehearsal');
    expect(refusalOf(refused)).toMatchObject({
      code: 'held-elsewhere',
      text: expect.stringContaining('elsewhere-1 for its run r999999 (asked for by slack:U01CAROL)'),
    });
    expect(only(linesOf(refused), 'refusal').next).toContain('it may be taken over');
    for (const member of MEMBERS) place(member, nowS() - 1);
    const taken = await run(there('alice'), 'recover rehearsal', '/as bob', 'approve', 'timeline rehearsal');
    expect(taken.code, taken.stderr).toBe(0);
    expect(only(linesOf(taken), 'timeline').entries.map(({ text }) => text)).toContainEqual(
      expect.stringContaining('Took over from another Lockstep whose deadline had passed: m1, m2, m3'),
    );
    for (const member of MEMBERS) expect(existsSync(markerOn(member))).toBe(false);
  });

  test('placed on two members and refused on the third, it is taken away again', { timeout: 180_000 }, async () => {
    await run(here('alice'), 'recover rehearsal');
    place('m3', nowS() + 3600);
    const theirs = readFileSync(markerOn('m3'), 'utf8');
    const stale = await run(here('bob'), 'approve');
    expect(stale.code).toBe(1);
    expect(stale.stdout).toContain('m3 is held by the Lockstep installation elsewhere-1 for its run r999999');
    expect(existsSync(markerOn('m1')) || existsSync(markerOn('m2'))).toBe(false);
    expect(readFileSync(markerOn('m3'), 'utf8')).toBe(theirs);
  });

  test('of a Lockstep that was killed it is its own again', { timeout: 180_000 }, async () => {
    await run(here('alice'), 'recover rehearsal');
    const killed = launch(here('bob'), 'approve\n');
    await killed.printed(/"state":"started"/);
    killed.child.kill('SIGKILL');
    await killed.ended;
    for (const member of MEMBERS) expect(existsSync(markerOn(member))).toBe(true);
    const next = await run(here('bob'));
    expect(next.code, next.stderr).toBe(0);
    for (const member of MEMBERS) expect(existsSync(markerOn(member))).toBe(false);
    rmSync(join(home.path, 'other'), { recursive: true, force: true });
  });
});
