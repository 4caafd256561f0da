/** The built console against a rehearsal cluster: pipes, JSON lines, exit codes, two people in two processes, a kill in between. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stopRehearsal } from '../../src/rehearsal/ensure.ts';
import { only, dataOf } from '../app/world.ts';
import { makeTemporaryDirectory, type TemporaryDirectory } from '../support/temporary-directory.ts';
import { ensureBuilt, kindsOf, launch, linesOf, run } from './cli.ts';

const linux = process.platform === 'linux';

beforeAll(ensureBuilt, 120_000);

interface Scene {
  readonly home: TemporaryDirectory;
  /** Arguments of a console in that directory, as that person. */
  readonly as: (person: string, ...more: readonly string[]) => readonly string[];
}

/** Each test has a data directory and a rehearsal of its own, so they run side by side: most of their time is waiting. */
const scene = test.extend<Scene>({
  // oxlint-disable-next-line no-empty-pattern -- the first argument must be a pattern, and this fixture needs no other
  home: async ({}, use) => {
    const home = makeTemporaryDirectory();
    await use(home);
    await stopRehearsal(join(home.path, 'rehearsal'));
    home.remove();
  },
  as: async ({ home }, use) => {
    await use((person, ...more) => ['console', '--json', '--data', home.path, '--as', person, ...more]);
  },
});

describe.skipIf(!linux).concurrent('the console with a rehearsal cluster', () => {
  scene(
    'one person asks, another approves in a process of their own, and the cluster is in step',
    async ({ home, as }) => {
      const first = await run(as('alice'), 'status', 'recover rehearsal --reason "after the downgrade"', 'approve');
      expect(first.code, first.stderr).toBe(0);
      expect(first.stderr).toContain('NOT production');
      const asked = linesOf(first);
      expect(kindsOf(asked)).toEqual(['status', 'explanation', 'plan', 'refusal']);
      expect(only(asked, 'status').findings[0]).toMatchObject({ kind: 'stale-counter', members: ['m1', 'm2', 'm3'] });
      expect(only(asked, 'refusal').reasons[0]?.code).toBe('own-approval');
      const card = asked.find((line) => line.data?.kind === 'plan');

      const second = await run(as('bob'), 'approve', 'status', 'timeline rehearsal');
      expect(second.code, second.stderr).toBe(0);
      const done = linesOf(second);
      const runs = done.filter((line) => line.data?.kind === 'run');
      expect(runs.every((line) => line.kind === 'edit' && line.id === card?.id)).toBe(true);
      expect(runs.at(-1)?.data).toMatchObject({ state: 'succeeded' });
      const states = dataOf(runs).map((data) => (data.kind === 'run' ? data.state : null));
      expect(states).toEqual([...states].sort((a, b) => ORDER.indexOf(a ?? '') - ORDER.indexOf(b ?? '')));
      for (const member of only(done, 'status').members) {
        expect(member).toMatchObject({ extensions: 387, row: { schema: 73, apiExtensions: 387 }, daemon: 'serving' });
      }
      expect(only(done, 'timeline').entries.map((entry) => entry.kind)).toEqual(
        expect.arrayContaining([
          'plan-drafted',
          'approval-refused',
          'approval-given',
          'run-started',
          'verified',
          'run-ended',
          'incident-opened',
          'incident-mitigated',
        ]),
      );
      // The incident's card is a root; the run's card hangs in its thread.
      expect(card?.thread).toBe(asked.find((line) => line.message.summary.startsWith('Incident i'))?.id);
      const audit = await run(['audit', 'verify', '--data', home.path]);
      expect(audit).toMatchObject({ code: 0, stdout: expect.stringContaining('The chain is whole') });
    },
    120_000,
  );

  scene(
    'killed in the middle of a run, the next process looks, finishes and exits with empty input',
    async ({ as }) => {
      await run(as('alice'), 'recover rehearsal');
      const killed = launch(as('bob'), 'approve\n');
      await killed.printed(/"state":"started"/);
      killed.child.kill('SIGKILL');
      await killed.ended;
      const after = await run(as('bob'));
      const last = dataOf(linesOf(after)).findLast((data) => data.kind === 'run');
      expect(last).toMatchObject({ kind: 'run', state: 'succeeded' });
      expect(after.code).toBe(0);
      const runs = await run(as('eve'), 'runs');
      expect(only(linesOf(runs), 'runs').runs[0]?.state).toBe('succeeded');
    },
    240_000,
  );

  scene(
    'an approval that does not wait can be followed by an abort',
    async ({ as }) => {
      const ended = await run(as('alice'), 'recover rehearsal', '/as bob', 'approve &', '/as alice', 'abort', 'runs');
      expect(ended.code, ended.stderr).toBe(0);
      expect(only(linesOf(ended), 'runs').runs[0]?.state).toBe('aborted');
    },
    120_000,
  );

  scene(
    'an abort while a step is under way stops after it, and what is done stays done',
    async ({ as }) => {
      const console = launch(as('alice'), null);
      console.child.stdin?.write('recover rehearsal\n/as bob\napprove &\n');
      await console.printed(/"state":"started"/);
      console.child.stdin?.end('/as alice\nabort\n');
      const ended = await console.ended;
      const last = dataOf(linesOf(ended)).findLast((data) => data.kind === 'run');
      expect(last).toMatchObject({ state: 'aborted' });
      const states = last?.kind === 'run' ? last.steps.map((step) => step.state) : [];
      expect(states).toContain('done');
      expect(states).toContain('pending');
      expect(ended.code).toBe(0);
    },
    120_000,
  );

  scene(
    'asked to end, it does not wait for the other end of the pipe',
    async ({ as }) => {
      const console = launch(as('alice'), null);
      console.child.stdin?.write('help\n');
      await console.printed(/"kind":"help"/);
      console.child.kill('SIGTERM');
      const ended = await console.ended;
      expect(ended.code).toBe(130);
      expect(ended.stderr).toContain('asked to end');
    },
    60_000,
  );

  scene(
    'the guided tour ends with a cluster in step, and exports',
    async ({ home }) => {
      const ended = await run(['demo', '--data', home.path]);
      expect(ended.code, ended.stdout.slice(-2000) + ended.stderr).toBe(0);
      expect(ended.stdout).toContain('The cluster is in step again');
      const [path = ''] = /\S+timeline-rehearsal\.json/.exec(ended.stdout) ?? [];
      const report: unknown = JSON.parse(readFileSync(path, 'utf8'));
      expect(report).toMatchObject({
        about: { kind: 'cluster', name: 'rehearsal' },
        head: { hash: expect.any(String) },
      });
      expect(readFileSync(path.replace(/json$/, 'png')).subarray(1, 4).toString()).toBe('PNG');
      expect(readFileSync(path.replace(/json$/, 'md'), 'utf8')).toContain('# Report of cluster rehearsal');
    },
    120_000,
  );

  scene(
    'whoever ends the guided tour does not leave its cluster behind',
    async ({ home }) => {
      const tour = launch(['demo', '--data', home.path], null);
      await tour.printed(/alice> status/);
      tour.child.kill('SIGINT');
      expect((await tour.ended).code).toBe(130);
      const [stamp = ''] = readdirSync(join(home.path, 'demo'));
      expect(await stopRehearsal(join(home.path, 'demo', stamp, 'rehearsal'))).toBe(false);
    },
    60_000,
  );

  scene(
    'a second process on the same directory is told who holds it',
    async ({ as }) => {
      const holder = launch(as('alice'), null);
      holder.child.stdin?.write('help\n');
      await holder.printed(/"kind":"help"/);
      const second = await run(as('bob'));
      expect(second.code).toBe(2);
      expect(second.stdout).toBe('');
      expect(second.stderr).toContain(String(holder.child.pid));
      holder.child.stdin?.end();
      expect((await holder.ended).code).toBe(0);
    },
    60_000,
  );

  scene(
    'hostile lines are answered one by one and end nothing',
    async ({ as }) => {
      const hostile = [
        'status rehearsal; touch /tmp/x',
        '$(reboot)',
        `status ${'x'.repeat(10_000)}`,
        'status \u001b[2J',
        'status re\u200bhearsal',
        '\u0000',
        '--',
        '9',
        '/as ../../etc',
        'reject "never closed',
        'recover rehearsal --strategy rm',
      ];
      const ended = await run(as('alice'), ...hostile, '', '   ', 'help');
      expect(ended.code, ended.stderr).toBe(0);
      expect(kindsOf(linesOf(ended))).toEqual([...hostile.map(() => 'problem'), 'help']);
    },
    60_000,
  );

  scene(
    'a member that shows another host key is named, and doctor says what to do',
    async ({ as }) => {
      const ended = await run(as('alice', '--scenario', 'host-key-changed'), 'status', 'doctor', 'recover rehearsal');
      expect(ended.code, ended.stderr).toBe(0);
      const lines = linesOf(ended);
      const finding = only(lines, 'status').findings.find(({ kind }) => kind === 'host-key-changed');
      const name = finding?.members[0] ?? '';
      expect(only(lines, 'status').members.find((member) => member.name === name)).toMatchObject({
        reachable: false,
        version: null,
        daemon: 'unknown',
      });
      expect(only(lines, 'doctor').checks).toContainEqual(
        expect.objectContaining({ id: 'host-key', target: `rehearsal/${name}`, state: 'fail' }),
      );
      expect(only(lines, 'refusal').reasons.length).toBeGreaterThan(0);
    },
    60_000,
  );
});

const ORDER = ['approved', 'running', 'succeeded'];

describe('the command line', () => {
  const home = makeTemporaryDirectory();
  afterAll(() => home.remove());

  test.each([
    [['frobnicate'], 'no command'],
    [['consle'], 'Did you mean console?'],
    [['console', '--jsno'], 'Did you mean --json?'],
    [['console', '--as', 'a b'], '--as takes a name'],
    [['console', 'extra'], 'no argument'],
    [['console', '--data'], 'argument missing'],
    [['console', '--config', 'absent.yaml'], 'There is no such file'],
    [['console', '--scenario', 'downgrded-all'], 'Did you mean downgraded-all?'],
    [['console', '--data', '/proc/nowhere'], 'can’t be made'],
    [['start', '--config', 'absent.yaml'], 'There is no such file'],
    [['trust'], 'the name of one cluster'],
    [['audit', 'verify', '--data', join(home.path, 'absent')], 'no database'],
    [['rehearsal'], 'a scenario and a directory'],
  ])('%j ends with 2, one sentence and a next step', async (args, words) => {
    const ended = await run(args);
    expect(ended.code).toBe(2);
    expect(ended.stdout).toBe('');
    expect(ended.stderr).toContain(words);
  });

  test('help names every command and every rehearsal scenario', async () => {
    const { code, stdout } = await run(['help']);
    expect(code).toBe(0);
    for (const word of ['console', 'demo', 'doctor', 'trust', 'audit verify', 'downgraded-all', 'host-key-changed']) {
      expect(stdout).toContain(word);
    }
  });

  test('--version is the one of package.json', async () => {
    expect((await run(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
