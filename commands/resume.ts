/** A person's verdict on a paused run. */
import { resume as resumeRun } from '../src/app/control.ts';
import { argument, defineCommand, requiredArgument } from '../src/app/registry.ts';
import { chooseRun } from '../src/app/run-choice.ts';

export const resume = defineCommand({
  name: 'resume',
  summary: 'Goes on with a paused run: sends a step again, or takes it as done.',
  params: {
    run: argument({ kind: 'run' }, 'Which run; without it the only paused one.'),
    step: argument(
      { kind: 'text', placeholder: 'step' },
      'Which step, as step or step@member; without it every open one.',
    ),
    verdict: requiredArgument(
      { kind: 'enum', values: ['retry', 'done'] },
      'retry sends it again; done says that you looked and it is done.',
    ),
  },
  role: 'operate',
  examples: ['resume retry', 'resume r4k2x9a 2-write-patch@m2 done'],
  handle: async (call, { run, step, verdict }) => {
    const chosen = await chooseRun(call, { id: run, fits: ['paused'], command: 'resume' });
    if (!chosen.ok) {
      await call.tell(chosen.error);
      return;
    }
    const [id = null, member = null] = step?.split('@', 2) ?? [];
    await resumeRun(call, chosen.value, { verdict, step: id, member, wait: true });
  },
});
