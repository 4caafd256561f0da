/**
 * A cable between Lockstep and one member's SSH port, which can be cut, pulled or pinched: TCP on loopback, byte for byte. Owns the
 * sockets of both sides; knows nothing of SSH.
 */
import { createServer, connect, type AddressInfo, type Socket } from 'node:net';

export interface Cable {
  /** Port on 127.0.0.1. */
  readonly port: number;
  /** Ends every connection in good order. */
  fin(): void;
  /** Resets every connection. */
  rst(): void;
  /** Nothing comes through any more, also on new connections; nobody is told. */
  hole(): void;
  /** Every piece comes so many ms late, at most 1 KiB at a time. */
  pinch(delayMs: number): void;
  /** As new. What was swallowed stays lost, so those connections are reset. */
  mend(): void;
  close(): Promise<void>;
}

type State =
  | { readonly kind: 'through' }
  | { readonly kind: 'hole' }
  | { readonly kind: 'pinched'; readonly delayMs: number };

const PIECE_BYTES = 1024;

export async function layCable(host: string, port: number): Promise<Cable> {
  let state: State = { kind: 'through' };
  const near = new Set<Socket>();
  const far = new Set<Socket>();

  const carry = (from: Socket, to: Socket): void => {
    const pieces: Buffer[] = [];
    let timer: NodeJS.Timeout | null = null;
    const drain = (): void => {
      timer = null;
      const piece = pieces.shift();
      if (piece !== undefined && !to.destroyed) to.write(piece);
      if (pieces.length > 0) timer = setTimeout(drain, state.kind === 'pinched' ? state.delayMs : 0);
    };
    from.on('data', (chunk: Buffer) => {
      if (state.kind === 'hole') return;
      if (state.kind === 'through' && pieces.length === 0) {
        to.write(chunk);
        return;
      }
      for (let at = 0; at < chunk.length; at += PIECE_BYTES) pieces.push(chunk.subarray(at, at + PIECE_BYTES));
      timer ??= setTimeout(drain, state.kind === 'pinched' ? state.delayMs : 0);
    });
    from.on('end', () => {
      if (state.kind !== 'hole') to.end();
    });
    from.on('close', () => {
      if (timer !== null) clearTimeout(timer);
      if (state.kind !== 'hole') to.destroy();
    });
    from.on('error', () => undefined);
  };

  const server = createServer({ allowHalfOpen: true }, (one) => {
    const other = connect({ host, port, allowHalfOpen: true });
    near.add(one);
    far.add(other);
    one.once('close', () => near.delete(one));
    other.once('close', () => far.delete(other));
    carry(one, other);
    carry(other, one);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address() as AddressInfo;
  const reset = (): void => {
    for (const socket of [...near, ...far]) socket.resetAndDestroy();
  };
  return {
    port: address.port,
    fin: () => {
      for (const socket of [...near, ...far]) socket.end();
    },
    rst: reset,
    hole: () => {
      state = { kind: 'hole' };
    },
    pinch: (delayMs) => {
      state = { kind: 'pinched', delayMs };
    },
    mend: () => {
      const wasHole = state.kind === 'hole';
      state = { kind: 'through' };
      if (wasHole) reset();
    },
    async close() {
      reset();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
