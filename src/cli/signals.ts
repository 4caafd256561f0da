/** The process's signals as an abort signal: whoever works drains, then the process ends. */
import { setMaxListeners } from 'node:events';

/** Fires once at SIGINT (where `interrupts`), SIGTERM or SIGHUP. A second signal ends the process at once. */
export function onSignals({ interrupts }: { readonly interrupts: boolean }): AbortSignal {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  const signals = interrupts ? (['SIGINT', 'SIGTERM', 'SIGHUP'] as const) : (['SIGTERM', 'SIGHUP'] as const);
  for (const name of signals) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(130);
      controller.abort();
    });
  }
  return controller.signal;
}
