/** At most so many pieces of work at a time; the others wait their turn. */
export interface Slots {
  use<T>(work: () => Promise<T>): Promise<T>;
}

export function createSlots(most: number): Slots {
  let used = 0;
  const waiting: (() => void)[] = [];
  return {
    async use(work) {
      if (used >= most) await new Promise<void>((resolve) => waiting.push(resolve));
      else used += 1;
      try {
        return await work();
      } finally {
        // A slot that somebody waits for is handed on, so that nobody comes in between.
        const next = waiting.shift();
        if (next === undefined) used -= 1;
        else next();
      }
    },
  };
}
