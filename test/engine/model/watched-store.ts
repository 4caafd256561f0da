/** A store that writes every change of a run down as an event, with what the same commit put on the timeline. */
import type { RunId } from '../../../src/domain/ids.ts';
import type { Run, RunState } from '../../../src/domain/run.ts';
import type { TimelineEntry } from '../../../src/domain/timeline.ts';
import type { Store } from '../../../src/ports/store.ts';
import type { Event } from './events.ts';

/** `states` outlives the process, as the store does. */
export function watchStore(store: Store, events: Event[], states: Map<RunId, RunState>): Store {
  /** Both stores do their work before they return, so that the reads right after see this commit and no other. */
  async function watched<T>(
    about: RunId | null,
    work: () => Promise<T>,
    runsOf: (value: T) => readonly Run[] | Promise<readonly Run[]>,
  ): Promise<T> {
    const from = about === null ? null : (states.get(about) ?? null);
    const before = store.timelineHead();
    const working = work();
    const after = store.listTimeline({});
    const value = await working;
    const sequence = (await before)?.sequence ?? 0;
    note(
      from,
      await runsOf(value),
      (await after).filter((entry) => entry.sequence > sequence),
    );
    return value;
  }

  function note(from: RunState | null, runs: readonly Run[], entries: readonly TimelineEntry[]): void {
    for (const run of runs) {
      const was = states.get(run.id) ?? from;
      const again =
        run.state === 'running' && entries.some(({ kind }) => kind === 'run-resumed' || kind === 'run-started');
      if (was === run.state && !again) continue;
      states.set(run.id, run.state);
      const own = entries.filter((entry) => entry.run === run.id);
      events.push({ kind: 'state', run: run.id, from: was, to: run.state, after: run, entries: own });
    }
  }

  return {
    ...store,
    draftRun: (draft) =>
      watched(
        null,
        () => store.draftRun(draft),
        (drafted) => (drafted.ok ? [drafted.value] : []),
      ),
    decide: (input) =>
      watched(
        input.run,
        () => store.decide(input),
        ({ run }) => [run],
      ),
    expireRuns: (now) =>
      watched(
        null,
        () => store.expireRuns(now),
        (runs) => runs,
      ),
    changeState(change) {
      let undone: Promise<Run | null> = Promise.resolve(null);
      return watched(
        change.run,
        () => {
          const changed = store.changeState(change);
          if (change.undoes !== undefined) undone = store.findRun(change.undoes.run);
          return changed;
        },
        // The undone one first: it is while the other still runs that it may be marked.
        async (changed) => [await undone, changed.ok ? changed.value : null].filter((run) => run !== null),
      );
    },
    async recordIntent(change) {
      const intended = await store.recordIntent(change);
      if (!intended.ok) return intended;
      events.push({ kind: 'intent', run: change.run, step: `${change.step.replace(/^\d+-/, '')}@${change.member}` });
      return intended;
    },
    async requestAbort(input) {
      const run = await store.requestAbort(input);
      events.push({ kind: 'abort-asked', run: input.run });
      return run;
    },
  };
}
