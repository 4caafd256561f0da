/** What the benchmark and the Lockstep that it measures say to each other. Types alone. */
import type { LogLevel } from '../../../src/adapters/system/log.ts';
import type { HandleInbound } from '../../../src/app/inbound.ts';
import type { ClusterConfig } from '../../../src/domain/cluster.ts';
import type { Platform } from '../../../src/domain/person.ts';

export interface Setup {
  readonly clusters: readonly ClusterConfig[];
  readonly dataDir: string;
  readonly slack: { readonly botToken: string; readonly appToken: string; readonly apiUrl: string };
  readonly discord: { readonly token: string; readonly guildId: string; readonly apiUrl: string };
  readonly level: LogLevel;
}

/** `settle`: answers once no run is under way and every card is out. */
export type ToLockstep =
  | { readonly kind: 'start'; readonly setup: Setup }
  | { readonly kind: 'settle' }
  | { readonly kind: 'stop' };

export interface Handled {
  readonly kind: 'handled';
  readonly platform: Platform;
  readonly outcome: Awaited<ReturnType<HandleInbound>>['kind'];
}

export type FromLockstep =
  | Handled
  | { readonly kind: 'said'; readonly line: string }
  | { readonly kind: 'ready'; readonly commands: readonly string[] }
  | { readonly kind: 'settled' };
