/** What the texts for a member call, read out of the texts: the list that the doctor checks is complete, and nothing more. */
import { expect, test } from 'vitest';
import type { StepCall } from '../../src/domain/plan.ts';
import { dropMarkerText, takeMarkerText } from '../../src/lxd/catalogue/marker.ts';
import { pruneBackupsText } from '../../src/lxd/catalogue/prune.ts';
import { compileLook, compileStep } from '../../src/lxd/compile.ts';
import { MEMBER_COMMANDS } from '../../src/lxd/member-commands.ts';
import { compileProbe } from '../../src/lxd/probe-script.ts';
import { BACK_UP, PATCH, RUN } from '../support/step-members.ts';

/** One of each kind; the compiler asks for a new one. */
const CALLS: { readonly [K in StepCall['kind']]: Extract<StepCall, { kind: K }> } = {
  'hold-refreshes': { kind: 'hold-refreshes' },
  'release-hold': { kind: 'release-hold' },
  'back-up': BACK_UP,
  'stop-serving': { kind: 'stop-serving', waitS: 60 },
  'stop-not-ready': { kind: 'stop-not-ready' },
  'stop-plain': { kind: 'stop-plain', waitS: 600 },
  'write-patch': { kind: 'write-patch', run: RUN, patch: PATCH },
  'await-patch-consumed': { kind: 'await-patch-consumed', waitS: 30 },
  'remove-patch': { kind: 'remove-patch', run: RUN },
  'run-sql': { kind: 'run-sql', run: RUN, statements: [PATCH] },
  refresh: { kind: 'refresh', revision: '33110', waitS: 600 },
  'check-refreshed': { kind: 'check-refreshed', revision: '33110' },
  start: { kind: 'start' },
  'await-ready': { kind: 'await-ready', waitS: 120 },
  'healing-off': { kind: 'healing-off', thresholdS: 60 },
  'healing-back': { kind: 'healing-back', thresholdS: 60 },
};
const OWNER = { installation: 'ops', run: RUN };
/** Everything that is ever sent to a member. */
const TEXTS: readonly string[] = [
  compileProbe({ nonce: 'n'.repeat(16) }),
  takeMarkerText({ ...OWNER, by: 'ada', lifeS: 600, replaces: null }),
  dropMarkerText(OWNER),
  pruneBackupsText([RUN]),
  ...Object.values(CALLS).flatMap((call) => [compileStep({ call, timeoutMs: 60_000 }), compileLook({ call })]),
];

/** In the place of a command, but of the shell itself. `until` is not among them: a text that uses it has to be read anew. */
const OF_THE_SHELL =
  /^(?:\[|:|case|esac|if|then|elif|else|fi|for|do|done|while|break|continue|return|exit|echo|printf|read|set|shift|trap|umask|export|wait|command|cd|exec|in|true|false|kill|test)$/;
const COMMAND =
  /(?:^|[\n;&|(){]|\b(?:then|do|else|if|elif|while)\s)\s*(?:!\s+|[A-Za-z_]+=(?:"[^"$]*"|[^\s"$();]*)\s+)*((?:(?:run \S+ \S+|timeout (?:-k \S+ )?\S+|env) )*)(?!(?:then|do|else|if|elif|while)\b)([a-z][a-z0-9_-]*)(?=[\s;)"&|]|$)/g;

function functionsOf(text: string): readonly string[] {
  return [...text.matchAll(/^\s*([a-z_]+)\(\) /gm)].map(([, name = '']) => name);
}

/** Without here-documents, quoted words, sums and the patterns of `case`: what is left are commands and their arguments. */
function bareOf(text: string): string {
  return text
    .replace(/<<(?!'LOCKSTEP')'?([A-Z]+)'?( &)?\n[\s\S]*?\n\1\n/g, '\n')
    .replace(/'[^']*'/g, 'Q')
    .replace(/"([^"\n]*)"/g, (_, inner: string) => (inner.includes('$(') ? inner : 'Q'))
    .replace(/\$\(\((?:[^()]|\([^()]*\))*\)\)/g, 'N')
    .replace(/\$\{[^}]*\}/g, 'V')
    .replace(/(\bin|;;)(\s+)[^\s()]+(?: [^\s()]+)*\)/g, '$1$2');
}

function commandsOf(text: string): readonly string[] {
  return [...bareOf(text).matchAll(COMMAND)].flatMap(([, before = '', word = '']) => [
    ...(before.match(/\b(?:timeout|env)\b/g) ?? []),
    word,
  ]);
}

test('the list of commands is what the texts for a member call, all of it and nothing else', () => {
  const functions = new Set(TEXTS.flatMap(functionsOf));
  const called = new Set(TEXTS.flatMap(commandsOf).filter((word) => !functions.has(word) && !OF_THE_SHELL.test(word)));
  const known = MEMBER_COMMANDS.map(({ name }) => name);
  expect([...called].sort()).toEqual([...known, 'lxc', 'lxd', 'snap'].sort());
});

test.each([
  ['plain', 'perl -e 1\n'],
  ['behind a pipe', 'cat x | perl\n'],
  ['in a substitution', 'x="$(perl -e "$y")"\n'],
  ['bounded', 'timeout -k 1 5 perl x\n'],
  ['in a branch', 'if [ -n "$R" ]; then perl "$1"; fi\n'],
  ['as a part of the probe', 'run files 4 perl x &\n'],
])('a new command is seen: %s', (_, text) => {
  expect(commandsOf(text)).toContain('perl');
});
