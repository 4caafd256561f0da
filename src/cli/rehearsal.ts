/** `lockstep rehearsal`: a rehearsal cluster in a process of its own, until a signal, `stopRehearsal`, or nobody uses it. */
import { findScenario, SCENARIOS } from '../rehearsal/scenarios.ts';
import { complain } from './complain.ts';
import { unknownScenario } from './open.ts';
import { parseOptionsAlone } from './options.ts';
import { onSignals } from './signals.ts';

const USAGE = 'lockstep rehearsal --scenario NAME --dir DIR [--series 5.21] [--fresh]';

export async function rehearsalCommand(args: readonly string[]): Promise<number> {
  const parsed = parseOptionsAlone(
    args,
    { scenario: 'string', dir: 'string', fresh: 'boolean', series: 'string' } as const,
    USAGE,
  );
  if (!parsed.ok) return complain(parsed.error);
  const { scenario, dir, fresh, series = '5.21' } = parsed.value;
  if (scenario === undefined || dir === undefined) {
    return complain({ text: 'A rehearsal needs a scenario and a directory.', next: `Usage: ${USAGE}` });
  }
  if (findScenario(scenario) === undefined) {
    return unknownScenario(
      scenario,
      SCENARIOS.map(({ name }) => name),
    );
  }
  if (series !== '5.21' && series !== '5.0') {
    return complain({ text: `There is no series ${JSON.stringify(series)}.`, next: '--series 5.21 or --series 5.0' });
  }
  const stop = onSignals({ interrupts: true });
  const { runRehearsal } = await import('../rehearsal/run.ts');
  try {
    const rehearsal = await runRehearsal({ scenario, dir, fresh, series });
    process.stdout.write(
      `Rehearsal "${scenario}" runs, NOT production. Open it: lockstep console --config ${rehearsal.config}\n`,
    );
    stop.addEventListener('abort', () => void rehearsal.close(), { once: true });
    await rehearsal.ended;
    return 0;
  } catch (error) {
    const text = `The rehearsal can’t run: ${error instanceof Error ? error.message : String(error)}.`;
    return complain({ text, next: 'Name another directory with --dir, or end the one that runs there.' });
  }
}
