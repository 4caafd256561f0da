/** A lab of real LXD daemons as ground: one for all cases, brought into its scenario anew for each. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { impactOf, type Lives, livesOf } from '../lab/support/cluster.ts';
import { type Lab, startLab } from '../lab/lab.ts';
import { DATABASE, isRevision, REVISIONS } from '../lab/machines.ts';
import { isScenarioName } from '../lab/scenarios.ts';
import { healing, rows, serving } from '../lab/state.ts';
import { makeTemporaryDirectory } from '../support/temporary-directory.ts';
import type { MatrixCase } from './cases.ts';
import type { Ground, Heard, MemberSight, Sight } from './ground.ts';
import { reportOfError, type Done } from './report.ts';
import { runCase, type CaseReport } from './run-case.ts';

const COMMON = '/var/snap/lxd/common';
/** Run by the login shell of a member before each command: writes down the command line of that shell. */
const GREETING = `#!/bin/sh
printf '%s %s\\n' "$(date +%s%3N)" "$(base64 -w 0 < /proc/$PPID/cmdline)" >> /lab/state/heard
`;

export async function playOnLab(cases: readonly MatrixCase[], done: Done): Promise<void> {
  const lab = await startLab();
  try {
    for (const one of cases) {
      const begun = Date.now();
      const report = await playOne(one, lab).catch(reportOfError);
      done(one, report, Date.now() - begun);
    }
  } finally {
    await lab.down();
  }
}

async function playOne(one: MatrixCase, lab: Lab): Promise<CaseReport> {
  const home = makeTemporaryDirectory('lockstep-matrix-');
  try {
    return await runCase(one, await openLab(lab, one.situation.scenario, home.path));
  } finally {
    home.remove();
  }
}

async function openLab(lab: Lab, scenario: string, home: string): Promise<Ground> {
  if (!isScenarioName(scenario)) throw new Error(`the lab has no scenario ${scenario}`);
  await lab.scenario(scenario);
  await Promise.all(
    lab.members.map(({ name }) =>
      lab.exec(
        name,
        [
          'sh',
          '-c',
          'cat > /lab/state/greeting && chmod 755 /lab/state/greeting && : > /lab/state/heard && chmod 666 /lab/state/heard',
        ],
        GREETING,
      ),
    ),
  );
  const marks: Heard[] = [];
  let before: readonly Lives[] = [];
  let held: readonly string[] = [];
  return {
    cluster: 'lab',
    home,
    options: ['--config', lab.configPath],
    lower: '5.0.1',
    heard: async () => [...lab.members.flatMap(({ name }) => heardOn(lab, name)), ...marks].sort((a, b) => a.at - b.at),
    mark: (text) => void marks.push({ at: Date.now(), member: '*', text }),
    see: () => see(lab, before, held),
    async begin() {
      before = await livesOf(lab);
      await lab.clearImpact();
      held = (await membersOf(lab)).map((member) => `${member.name} ${String(member.held)}`);
    },
    close: () => Promise.resolve(),
  };
}

function heardOn(lab: Lab, member: string): readonly Heard[] {
  const lines = readFileSync(join(lab.place.dir, member, 'state', 'heard'), 'utf8').split('\n');
  return lines.flatMap((line) => {
    const [at = '', words = ''] = line.split(' ');
    // /bin/sh /lab/login -c TEXT
    const text = Buffer.from(words, 'base64').toString('utf8').split('\0').at(3);
    return text === undefined ? [] : [{ at: Number(at), member, text }];
  });
}

async function see(lab: Lab, before: readonly Lives[], held: readonly string[]): Promise<Sight> {
  const members = await membersOf(lab);
  const now = await livesOf(lab);
  const asked = members.find(({ serves }) => serves);
  const gone = before.flatMap(({ member, lxcfs, instances }) => {
    const later = now.find((one) => one.member === member);
    const ended = instances.filter((one) => later?.instances.includes(one) !== true);
    return [...(lxcfs === null || later?.lxcfs === lxcfs ? [] : ['LXCFS']), ...ended].map(
      (what) => `${what} on ${member} was ended`,
    );
  });
  return {
    members,
    rows: await wrongRows(lab, members),
    harm: [...gone, ...(await impactOf(lab)).filter((event) => /instances-stopped|lxcfs-died/.test(event))],
    holds: members.flatMap((member) =>
      held.includes(`${member.name} ${String(member.held)}`)
        ? []
        : [`the hold on ${member.name} is ${String(member.held)}`],
    ),
    healing: asked === undefined ? null : await healing(lab, asked.name),
    revisions: { higher: '502', lower: '501' },
  };
}

async function membersOf(lab: Lab): Promise<readonly MemberSight[]> {
  return Promise.all(lab.members.map(({ name }) => memberOf(lab, name)));
}

async function memberOf(lab: Lab, name: string): Promise<MemberSight> {
  const patch = `${DATABASE}/patch.global.sql`;
  const places = `${patch} ${DATABASE}/.lockstep* ${COMMON}/lockstep/hold ${COMMON}/lockstep/terminated ${COMMON}/lockstep/marker`;
  const text = `cat /lab/state/held; cat /lab/state/revision; pgrep -c -f '^/snap/lxd/current/bin/lx[d] '; ls -d ${places} 2>/dev/null`;
  const { stdout } = await lab.sh(name, text);
  const [held = '', revision = '', processes = '', ...left] = stdout.trim().split('\n');
  return {
    name,
    serves: await serving(lab, name),
    runs: processes !== '0',
    revision,
    held: held === 'yes',
    hasPatch: left.includes(patch),
    left,
  };
}

async function wrongRows(lab: Lab, members: readonly MemberSight[]): Promise<readonly string[]> {
  const asked = members.find(({ serves }) => serves);
  if (asked === undefined) return ['nobody reads the rows'];
  const found = await rows(lab, asked.name);
  return members.flatMap(({ name, revision }) => {
    const row = found.find((one) => one.name === name);
    const count = isRevision(revision) ? REVISIONS[revision].extensions : null;
    return row?.extensions === count ? [] : [`${name} has row ${String(row?.extensions)} and binary ${String(count)}`];
  });
}
