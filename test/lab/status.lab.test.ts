/** Every scenario through the console: what `status` finds, what `explain` proves, and whether a recovery is offered or refused. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { requireCluster } from '../contract/cluster.ts';
import { EXPECTED, OFFERS } from '../contract/cluster-expected.ts';
import { offersOf } from '../contract/offers.ts';
import { type Lab, startLab } from './lab.ts';
import { SCENARIO_NAMES, type ScenarioName } from './scenarios.ts';
import { impactOf, livesOf, newDirectory, removeDirectories, writtenOn } from './support/cluster.ts';
import { type ConsoleEnd, dataOf, type DataOf, describeEnd, lastOf, runConsole } from './support/console.ts';
import { MEMBERS } from './support/expected.ts';
import { namespacesOf, tracesOf } from './support/traces.ts';

let lab: Lab;

beforeAll(async () => {
  lab = await startLab();
}, 120_000);

afterAll(async () => {
  await lab.down();
  removeDirectories();
}, 60_000);

function ask(...commands: readonly string[]): Promise<ConsoleEnd> {
  return runConsole({ config: lab.configPath, data: newDirectory(), as: 'alice', commands });
}

function seen(finding: DataOf<'status'>['findings'][number]): readonly string[] {
  return [finding.kind, ...finding.members];
}

function stages(plan: DataOf<'plan'>): readonly string[] {
  const ids = [...new Set(plan.steps.map(({ id }) => id))];
  return ids.map((id) => [id, ...plan.steps.filter((step) => step.id === id).map(({ member }) => member)].join(' '));
}

/** What only some scenarios have to show beyond findings, members and plan. */
const MORE: Partial<Record<ScenarioName, (end: ConsoleEnd) => void | Promise<void>>> = {
  'downgraded-all': explainsDowngrade,
  'downgraded-minority-patched': seesThroughGreen,
  healthy: () => offers('healthy'),
  'newer-in-channel': () => offers('newer-in-channel'),
};

async function offers(name: ScenarioName): Promise<void> {
  const { members } = requireCluster(lab.configPath);
  expect(await offersOf(requireCluster(lab.configPath))).toEqual(members.map(() => OFFERS[name]));
}

interface Refused {
  readonly code: string;
  readonly next: RegExp;
}

/** Where neither strategy may run, also when somebody names it: why, and what to do instead. */
const REFUSED: Partial<Record<ScenarioName, Refused>> = {
  'downgraded-one': { code: 'mixed-binaries', next: /Roll m3 forward to 5\.0\.2.*--revision=502/ },
  'downgraded-minority-patched': { code: 'latent-skew', next: /api_extensions=318 .*id IN \(1,2\)/ },
  'quorum-lost': { code: 'quorum-lost', next: /Start LXD on m2 and m3/ },
  'schema-newer': { code: 'schema-newer', next: /forward.*never patch/ },
};

async function refusesNamed({ code, next }: Refused): Promise<void> {
  const end = await ask(
    'recover lab --strategy patch-in-place',
    'recover lab --strategy stop-patch-start --instances keep',
    'runs',
  );
  const refusals = dataOf(end, 'refusal');
  expect(refusals.map(({ reasons }) => reasons[0]?.code)).toEqual([code, code]);
  for (const refusal of refusals) expect(refusal.next).toMatch(next);
  expect(lastOf(end, 'runs').runs).toEqual([]);
  expect(end.code).toBe(0);
}

describe('every scenario, asked through the console', () => {
  test.each(SCENARIO_NAMES)('%s', async (name) => {
    await lab.scenario(name);
    const [lives, written] = [await livesOf(lab), await writtenOn(lab)];
    const end = await ask('status lab', 'recover lab --dry-run');
    const expected = EXPECTED[name];
    const status = lastOf(end, 'status');
    expect(status.findings.map(seen), describeEnd(end)).toEqual(expected?.findings);
    expect(status.members).toEqual(MEMBERS[name]);
    // The thread of the card explains the same findings; in step there is nothing to explain.
    const explained = dataOf(end, 'explanation').map(({ findings }) => findings.map(seen));
    expect(explained).toEqual(status.findings[0]?.kind === 'in-step' ? [] : [expected?.findings]);
    const plan = dataOf(end, 'plan').at(-1);
    const planned =
      plan === undefined
        ? lastOf(end, 'refusal').reasons.map(({ code }) => code)
        : { strategy: plan.strategy, stages: stages(plan) };
    expect(planned).toEqual(expected?.plan);
    await MORE[name]?.(end);
    if (REFUSED[name] !== undefined) await refusesNamed(REFUSED[name]);
    expect(end.code).toBe(0);
    expect({ lives: await livesOf(lab), written: await writtenOn(lab), impact: await impactOf(lab) }).toEqual({
      lives,
      written,
      impact: [],
    });
  });
});

/** Counts, names, and the log line of each member that says so. */
async function explainsDowngrade(end: ConsoleEnd): Promise<void> {
  const status = lastOf(end, 'status');
  expect(status.findings[0]?.severity).toBe('critical');
  const [finding] = lastOf(await ask('explain lab'), 'explanation').findings;
  if (finding === undefined) throw new Error('nothing was explained');
  expect([...finding.extensionsMissing].sort()).toEqual([
    'cluster_join_token_expiry',
    'cpu_hotplug',
    'init_preseed',
    'projects_networks_restricted_access',
    'remote_token_expiry',
  ]);
  expect(finding.title).toMatch(/\b313\b.*\b318\b/);
  const lines = finding.evidence.filter(({ source, text }) => source === 'log' && text.includes('version is behind'));
  expect(new Set(lines.map(({ member }) => member))).toEqual(new Set(['m1', 'm2', 'm3']));
  expect(lines.every(({ at }) => at !== null)).toBe(true);
  const said = (source: string) => finding.evidence.filter((one) => one.source === source).map(({ text }) => text);
  expect(said('row').join('\n')).toContain('318');
  expect(said('binary').join('\n')).toContain('313');
}

/** LXD itself shows every member ONLINE and equal rows. */
function seesThroughGreen(end: ConsoleEnd): void {
  const status = lastOf(end, 'status');
  expect(status.members.map(({ daemon }) => daemon)).toEqual(['serving', 'serving', 'serving']);
  expect(new Set(status.members.map(({ row }) => row?.apiExtensions))).toEqual(new Set([313]));
  expect(status.findings[0]).toMatchObject({ kind: 'latent-skew', severity: 'critical', members: ['m1', 'm2'] });
}

test('nothing of the lab is left on this machine', async () => {
  const namespaces = namespacesOf(lab.place);
  expect(namespaces.size).toBeGreaterThan(0);
  await lab.down();
  await expect.poll(() => tracesOf(lab.place, namespaces), { timeout: 15_000 }).toEqual([]);
});
