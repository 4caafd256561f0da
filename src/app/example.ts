/**
 * Examples of commands with a cluster that is really there, so that what is offered can be typed as it stands. The definitions
 * call theirs `prod`. Pure.
 */
const WRITTEN = /\bprod\b/g;

export function exampleFor(example: string, cluster: string | null): string {
  return cluster === null ? example : example.replace(WRITTEN, () => cluster);
}
