/** The lines at the end of the help: which clusters there are, and that a rehearsal is one. */
import type { Target } from './open.ts';

export function helpNotes({ rehearsal, config }: Pick<Target, 'rehearsal' | 'config'>): readonly string[] {
  if (rehearsal === null) return [`Clusters: ${config.clusters.map((cluster) => cluster.name).join(', ')}.`];
  return [
    `This is the rehearsal "${rehearsal.scenario}", not production. Others: start again with --scenario NAME; "lockstep help" lists them.`,
  ];
}
