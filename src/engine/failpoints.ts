/**
 * Named places at which a test may interrupt the engine: between what is committed and what is done. Inert unless armed, and armed
 * only on the object that was passed in; there is no global switch.
 */
export const FAILPOINTS = [
  'after-marker',
  'before-running',
  'before-intent',
  'after-intent',
  'after-exec',
  'after-outcome',
  'before-look',
  'before-verify',
  'before-end',
] as const;
export type Failpoint = (typeof FAILPOINTS)[number];

export interface Failpoints {
  /** Called by the engine at that place. */
  hit(name: Failpoint): Promise<void>;
  /** Run `action` each time the place is reached, until disarmed: throw to crash there, never resolve to hang. */
  arm(name: Failpoint, action: () => void | Promise<void>): void;
  disarm(name: Failpoint): void;
}

export function createFailpoints(): Failpoints {
  const armed = new Map<Failpoint, () => void | Promise<void>>();
  return {
    async hit(name) {
      await armed.get(name)?.();
    },
    arm(name, action) {
      armed.set(name, action);
    },
    disarm(name) {
      armed.delete(name);
    },
  };
}
