/**
 * Rehearsals in a process of their own, one after the other, so that nothing else on this machine's loop makes the members late.
 * Writes down every text that reaches a member, gives the cluster's state when asked, and ends with whoever started it.
 */
import { appendFileSync } from 'node:fs';
import { runRehearsal, type Rehearsal } from '../../src/rehearsal/run.ts';
import type { ClusterState } from '../../src/rehearsal/model/types.ts';

export type HostOrder =
  | {
      readonly kind: 'open';
      readonly scenario: string;
      readonly dir: string;
      readonly seed: number;
      /** Takes a line of JSON for each text. */
      readonly file: string;
      /** A member on which refreshes are not held. */
      readonly unheld: string | null;
    }
  | { readonly kind: 'state' }
  | { readonly kind: 'close' };

export type HostAnswer =
  | { readonly kind: 'state'; readonly state: ClusterState }
  | { readonly kind: 'error'; readonly text: string };

let rehearsal: Rehearsal | null = null;

async function obey(order: HostOrder): Promise<ClusterState> {
  if (order.kind === 'open') rehearsal = await open(order);
  if (rehearsal === null) throw new Error('no rehearsal is open');
  const { state } = rehearsal.world;
  if (order.kind === 'close') {
    await rehearsal.close();
    rehearsal = null;
  }
  return state;
}

async function open({ scenario, dir, seed, file, unheld }: Extract<HostOrder, { kind: 'open' }>): Promise<Rehearsal> {
  const opened = await runRehearsal({
    scenario,
    dir,
    fresh: true,
    seed,
    idleMs: 0,
    onText: (member, text) => appendFileSync(file, `${JSON.stringify({ at: Date.now(), member, text })}\n`),
  });
  for (const member of opened.world.state.members) if (member.name === unheld) member.held = false;
  return opened;
}

function tell(answer: HostAnswer): void {
  process.send?.(answer);
}

process.on('message', (order) => {
  obey(order as HostOrder).then(
    (state) => tell({ kind: 'state', state }),
    (error: unknown) => tell({ kind: 'error', text: error instanceof Error ? (error.stack ?? '') : String(error) }),
  );
});
process.on('disconnect', () => void Promise.resolve(rehearsal?.close()).then(() => process.exit(0)));
