/** What is on record. */
import { argument, defineCommand, option } from '../src/app/registry.ts';
import { showTimeline } from '../src/app/timeline.ts';

export const timeline = defineCommand({
  name: 'timeline',
  summary: 'What is on record: what was found, who asked for what, who approved, what was done.',
  params: {
    about: argument(
      { kind: 'text', placeholder: 'about' },
      'A cluster, a run or an incident; without it the incident of this thread, or everything.',
    ),
    format: option({ kind: 'enum', values: ['md', 'json', 'csv', 'html', 'svg', 'png'] }, 'The whole of it as a file.'),
  },
  role: 'view',
  examples: ['timeline prod', 'timeline r4k2x9a', 'timeline i4k2x9a', 'timeline i4k2x9a --format md'],
  handle: (call, { about, format }) => showTimeline(call, about, format),
});
