/** A port as a process has it that can be killed: after its end nothing that it asks for happens, and nothing answers it. */
export const NEVER = new Promise<never>(() => undefined);

export function mortal<T extends object>(port: T, life: { readonly isOver: boolean }): T {
  return new Proxy(port, {
    get(target, name, receiver) {
      const value: unknown = Reflect.get(target, name, receiver);
      if (typeof value !== 'function') return value;
      return (...args: readonly unknown[]): unknown => (life.isOver ? NEVER : Reflect.apply(value, target, args));
    },
  });
}
