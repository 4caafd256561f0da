/**
 * `npm run lab COMMAND`: a real LXD cluster by hand. Owns the words of the command line and what they print; everything else
 * is in lab.ts and scenarios.ts.
 */
import { attachLab, Lab } from './lab.ts';
import { isRevision, REVISIONS } from './machines.ts';
import { isScenarioName, SCENARIO_NAMES } from './scenarios.ts';
import { defaultPlace } from './shell.ts';

const HELP = `A real LXD cluster on this machine, for trying Lockstep (needs root, Linux, Debian's lxd 5.0.2).

  npm run lab up [N]                 N members (3), clustered, on revision 502
  npm run lab scenario NAME          from a healthy cluster into a named state (without NAME: list them)
  npm run lab reset                  every member back to where it was after "up"
  npm run lab show                   what each member says
  npm run lab sh MEMBER TEXT         run a shell text on a member as root
  npm run lab rev MEMBER|all REV     put members on a revision by snap refresh: ${Object.keys(REVISIONS).join(', ')}
  npm run lab power-cycle MEMBER     cut its power and give it back
  npm run lab partition|heal MEMBER  pull its network cable, put it back
  npm run lab impact                 what happened to instances and LXCFS
  npm run lab ssh-config             a configuration for ssh -F
  npm run lab clusters-yaml          the configuration for Lockstep
  npm run lab down                   take it all away

Place: LOCKSTEP_LAB_DIR, LOCKSTEP_LAB_NET (as 10.77.0), LOCKSTEP_LAB_TAG; two labs must differ in all three.
`;

class UsageError extends Error {}

type Command = (words: readonly string[]) => Promise<string>;

const COMMANDS: Readonly<Record<string, Command>> = {
  help: async () => HELP,
  up,
  down: async () => {
    await new Lab(defaultPlace(), 1).down();
    return 'the lab is gone';
  },
  reset: async () => {
    await attach().reset();
    return 'all members are ONLINE on 502';
  },
  scenario,
  show,
  sh: shell,
  rev: revision,
  'power-cycle': (words) => onMember(words, (lab, member) => lab.powerCycle(member), 'was switched off and on'),
  partition: (words) => onMember(words, (lab, member) => lab.partition(member), 'is cut off'),
  heal: (words) => onMember(words, (lab, member) => lab.heal(member), 'is connected again'),
  impact,
  'ssh-config': async () => sshConfig(attach()),
  'clusters-yaml': async () => attach().clustersYaml.trimEnd(),
};

function attach(): Lab {
  return attachLab(defaultPlace());
}

function requireMember(lab: Lab, word: string | undefined): string {
  const names = lab.members.map((member) => member.name);
  if (word === undefined || !names.includes(word)) {
    throw new UsageError(`which member? ${names.join(', ')}`);
  }
  return word;
}

async function onMember(
  words: readonly string[],
  act: (lab: Lab, member: string) => Promise<void>,
  done: string,
): Promise<string> {
  const lab = attach();
  const member = requireMember(lab, words[0]);
  await act(lab, member);
  return `${member} ${done}`;
}

async function up([count = '3']: readonly string[]): Promise<string> {
  if (!/^[1-7]$/.test(count)) {
    throw new UsageError(`the number of members is 1 to 7, not ${count}`);
  }
  const started = Date.now();
  const lab = new Lab(defaultPlace(), Number(count));
  await lab.up();
  const hosts = lab.members.map((member) => `${member.name} ${member.host}`).join(', ');
  return `up in ${((Date.now() - started) / 1000).toFixed(1)} s: ${hosts}

  configuration for Lockstep: ${lab.configPath}
  npm run lab scenario downgraded-all
  npm run console -- --config ${lab.configPath} --data ${lab.place.dir}/data --as alice
  npm run lab down`;
}

async function scenario([name]: readonly string[]): Promise<string> {
  if (name === undefined) {
    return SCENARIO_NAMES.join('\n');
  }
  if (!isScenarioName(name)) {
    throw new UsageError(`no scenario ${name}; there are: ${SCENARIO_NAMES.join(', ')}`);
  }
  return `${name}: ${await attach().scenario(name)}`;
}

async function show(): Promise<string> {
  const lab = attach();
  const questions = [
    'snap list lxd | tail -1',
    "systemctl show -p ActiveState,SubState,NRestarts snap.lxd.daemon.service | tr '\\n' ' '",
    'timeout 3 lxd sql global "SELECT name, schema, api_extensions FROM nodes" 2>&1',
    'timeout 3 lxc cluster list -f csv 2>&1 | cut -c1-160',
    'snap changes 2>/dev/null | grep Doing',
  ];
  const answers = lab.members.map(async (member) => {
    const { stdout, stderr } = await lab.sh(member.name, questions.join('; '));
    return `== ${member.name}\n${stdout}${stderr.startsWith('lab:') ? stderr : ''}`;
  });
  return (await Promise.all(answers)).join('\n').trimEnd();
}

async function shell([name, ...text]: readonly string[]): Promise<string> {
  const lab = attach();
  const member = requireMember(lab, name);
  if (text.length === 0) {
    throw new UsageError(`for an open shell: ssh -F <(npm run --silent lab ssh-config) ${member}`);
  }
  const result = await lab.sh(member, text.join(' '));
  process.stderr.write(result.stderr);
  process.exitCode = result.code;
  return result.stdout.trimEnd();
}

async function revision([who, wanted]: readonly string[]): Promise<string> {
  const lab = attach();
  const members = who === 'all' ? lab.members.map((member) => member.name) : [requireMember(lab, who)];
  if (wanted === undefined || !isRevision(wanted)) {
    throw new UsageError(`which revision? ${Object.keys(REVISIONS).join(', ')}`);
  }
  await lab.refresh(members, wanted);
  return `${members.join(', ')}: refreshing to ${wanted}; see: npm run lab show`;
}

async function impact(): Promise<string> {
  const lab = attach();
  const events = await Promise.all(
    lab.members.map(async ({ name }) => (await lab.impact(name)).map((event) => `${name} ${event}`)),
  );
  return events.flat().join('\n') || 'nothing happened to instances or LXCFS';
}

function sshConfig(lab: Lab): string {
  const hosts = lab.members.map(({ name, host, port }) => `Host ${name}\n  HostName ${host}\n  Port ${port}\n`);
  return `${hosts.join('')}Host *
  User ops
  IdentityFile ${lab.key}
  IdentitiesOnly yes
  UserKnownHostsFile ${lab.knownHosts}
  StrictHostKeyChecking yes`;
}

async function main(argv: readonly string[]): Promise<void> {
  const [word = 'help', ...words] = argv;
  const command = COMMANDS[word];
  if (command === undefined) {
    throw new UsageError(`no command ${word}; npm run lab help`);
  }
  console.log(await command(words));
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = error instanceof UsageError ? 2 : 1;
});
