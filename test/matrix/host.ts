/**
 * A rehearsal in a process of its own, so that nothing else on this machine's loop makes its members late. Writes down every text that
 * reaches a member, gives the cluster's state when asked, and ends with whoever started it.
 *
 * `host.ts SCENARIO DIR SEED FILE [MEMBER]`: refreshes are not held on MEMBER.
 */
import { appendFileSync } from 'node:fs';
import { runRehearsal } from '../../src/rehearsal/run.ts';

const [scenario = '', dir = '', seed = '', file = '', unheld] = process.argv.slice(2);
const rehearsal = await runRehearsal({
  scenario,
  dir,
  fresh: true,
  seed: Number(seed),
  idleMs: 0,
  onText: (member, text) => appendFileSync(file, `${JSON.stringify({ at: Date.now(), member, text })}\n`),
});
const { state } = rehearsal.world;
for (const member of state.members) if (member.name === unheld) member.held = false;
process.on('message', () => process.send?.(state));
process.on('disconnect', () => void rehearsal.close().then(() => process.exit(0)));
process.send?.(state);
