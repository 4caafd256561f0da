/**
 * `lockstep demo`: the guided tour, unattended. A cluster whose members were all downgraded is explained, a recovery is planned,
 * approved by a second person, run and verified. Everything in it is the real program but the members, which are simulated.
 * Ends with 0 only if the cluster is really in step at the end.
 */
import { join } from 'node:path';
import { createConsoleChat } from '../adapters/console/chat.ts';
import { createOutput, type TerminalOutput } from '../adapters/console/output.ts';
import { createSession } from '../adapters/console/session.ts';
import { COLOURED, PLAIN, type Style } from '../adapters/console/style.ts';
import { createClock } from '../adapters/system/clock.ts';
import { osUser } from '../adapters/system/os-user.ts';
import { wrap } from '../adapters/console/columns.ts';
import type { Data } from '../domain/data.ts';
import { describeDuration } from '../chat/words.ts';
import type { Lockstep } from '../main.ts';
import type { ChatPort, Rendered } from '../ports/chat.ts';
import { complain, tell } from './complain.ts';
import { openLockstep, terminalWidth } from './console.ts';
import { CHAPTERS, INTRODUCTION, type Chapter } from './demo-script.ts';
import { makeDirectory } from './directory.ts';
import { exportTimeline } from './export.ts';
import { openConfigured, openWithoutClusters, type Target } from './open.ts';
import { parseOptionsAlone } from './options.ts';
import { onSignals } from './signals.ts';

const USAGE = 'lockstep demo [--data DIR]';
const SCENARIO = 'downgraded-all';

export async function demoCommand(args: readonly string[]): Promise<number> {
  const parsed = parseOptionsAlone(args, { data: 'string' } as const, USAGE);
  if (!parsed.ok) return complain(parsed.error);
  const base = openWithoutClusters(parsed.value.data);
  if (!base.ok) return base.exitCode;
  const stamp = new Date().toISOString().slice(0, 19).replace(/[:T]/g, '-');
  const dir = join(base.target.dataDir, 'demo', stamp);
  const { ensureRehearsal, stopRehearsal } = await import('../rehearsal/ensure.ts');
  const made = makeDirectory(dir);
  if (!made.ok) return complain(made.error);
  // Whoever ends the tour doesn't leave its cluster behind.
  const stop = onSignals({ interrupts: true });
  try {
    const { config } = await ensureRehearsal({ dir: join(dir, 'rehearsal'), scenario: SCENARIO });
    const opened = openConfigured({ config, data: join(dir, 'data') });
    if (!opened.ok) return opened.exitCode;
    return await tour({ ...opened.target, rehearsal: { scenario: SCENARIO, dir } }, stop);
  } catch (error) {
    const text = `The demo stopped: ${error instanceof Error ? error.message : String(error)}.`;
    complain({ text, next: 'A rehearsal needs Linux. With your own cluster: lockstep console --config clusters.yaml' });
    return 1;
  } finally {
    await stopRehearsal(join(dir, 'rehearsal'));
  }
}

interface Stage {
  readonly output: TerminalOutput;
  readonly style: Style;
  readonly width: number;
}

async function tour(target: Target, stop: AbortSignal): Promise<number> {
  const clock = createClock();
  const began = clock.monotonicMs();
  const terminal = process.stdout.isTTY;
  const style = terminal && process.stdout.hasColors() ? COLOURED : PLAIN;
  const width = Math.min(terminalWidth(), 120);
  const stage: Stage = { output: createOutput(process.stdout, terminal), style, width };
  const chat = createConsoleChat({
    output: stage.output,
    clock,
    json: false,
    filesDirectory: join(target.dataDir, 'exports'),
    layout: () => ({ width, style }),
  });
  const seen: Data[] = [];
  const started = await openLockstep(target, { ...chat, ...listening(chat, seen) });
  if (!started.ok) return complain(started.error);
  const lockstep = started.value;
  const session = createSession({
    backend: lockstep,
    chat,
    ids: lockstep.deps.ids,
    name: 'alice',
    osUser: osUser(),
    waitsForRuns: true,
  });
  try {
    narrate(stage, INTRODUCTION);
    await lockstep.reconcile();
    for (const [index, chapter] of CHAPTERS.entries()) {
      open(stage, chapter, index);
      for (const { person, line } of chapter.lines) {
        stage.output.print(`\n${style.strong(`${person}> ${line}`)}`);
        await session.line(`/as ${person}`, stop);
        await session.line(line, stop);
        if (stop.aborted) return ended();
      }
    }
    const healed = isHealed(seen);
    await close(stage, lockstep, target, { healed, tookMs: clock.monotonicMs() - began });
    return healed ? 0 : 1;
  } finally {
    await lockstep.stop();
  }
}

function ended(): number {
  tell('lockstep: the tour was ended before its end, and its cluster with it.');
  return 130;
}

/** The chat, with an ear on what it says. */
function listening(chat: ChatPort, seen: Data[]): Pick<ChatPort, 'post' | 'edit'> {
  const hear = (rendered: Rendered): void => {
    if (rendered.data !== null) seen.push(rendered.data);
  };
  return {
    post(address, rendered, nonce) {
      hear(rendered);
      return chat.post(address, rendered, nonce);
    },
    edit(address, id, rendered) {
      hear(rendered);
      return chat.edit(address, id, rendered);
    },
  };
}

/** The run succeeded, and the last look saw every member serve what the cluster has on record. */
export function isHealed(seen: readonly Data[]): boolean {
  const run = seen.findLast((data) => data.kind === 'run');
  const status = seen.findLast((data) => data.kind === 'status');
  if (run?.kind !== 'run' || status?.kind !== 'status' || run.state !== 'succeeded') return false;
  const counts = new Set(status.members.map((member) => member.extensions));
  return (
    counts.size === 1 &&
    status.members.every(
      ({ daemon, row, extensions, schema }) =>
        daemon === 'serving' && extensions !== null && row?.apiExtensions === extensions && row.schema === schema,
    ) &&
    status.findings.every((finding) => finding.severity !== 'critical')
  );
}

function open({ output, style }: Stage, chapter: Chapter, index: number): void {
  output.print(`\n${style.strong(`── ${index + 1} of ${CHAPTERS.length}: ${chapter.title} `.padEnd(72, '─'))}`);
  narrate({ output, style, width: 100 }, chapter.words);
}

function narrate({ output, style, width }: Stage, words: readonly string[]): void {
  for (const paragraph of words) output.print(wrap(paragraph, Math.min(width, 100)).map(style.faint).join('\n'));
}

interface End {
  readonly healed: boolean;
  readonly tookMs: number;
}

async function close(stage: Stage, lockstep: Lockstep, target: Target, { healed, tookMs }: End): Promise<void> {
  const cluster = target.config.clusters[0]?.name ?? '';
  const files = await exportTimeline(lockstep, cluster, join(target.dataDir, 'exports'));
  const said = healed
    ? [`The cluster is in step again. The tour took ${describeDuration(tookMs)}.`]
    : ['The cluster is NOT in step: this should not happen. The cards above say where it stopped.'];
  stage.output.print('');
  narrate(stage, [...said, 'The timeline, for people and for programs:']);
  stage.output.print(files.join('\n'));
  narrate(stage, [
    'Next: "npm run console" gives you such a rehearsal to try yourself; with --config clusters.yaml it opens your own clusters.',
  ]);
}
