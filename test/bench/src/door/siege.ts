import { setMaxListeners } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a stranger does once connected. */
export type Hostility = 'huge' | 'slow' | 'silent';

export interface SiegeOptions {
  readonly port: number;
  readonly hostility: Hostility;
  /** Kept up at a time: one that the gateway has closed is replaced. */
  readonly connections: number;
  readonly forMs: number;
  /** From the end of a connection to its replacement, ms; they also come one after the other over this time. */
  readonly pauseMs: number;
}

export interface SiegeResult {
  readonly opened: number;
  /** By the gateway, in good order. */
  readonly closed: number;
  /** Resets, and connections that couldn't be made. */
  readonly errors: number;
}

const DRIP_EVERY_MS = 500;
const HUGE_BYTES = 1_073_741_824;

/** Besieges a port with connections of one kind, and leaves none behind. */
export async function besiege(options: SiegeOptions): Promise<SiegeResult> {
  const over = AbortSignal.timeout(options.forMs);
  setMaxListeners(0, over);
  const tally = { opened: 0, closed: 0, errors: 0 };
  const pause = (ms: number) => sleep(ms, undefined, { signal: over }).catch(() => undefined);
  async function keepUp(_: unknown, index: number): Promise<void> {
    await pause((index / options.connections) * options.pauseMs);
    while (!over.aborted) {
      tally.opened++;
      await oneConnection(options, over, tally);
      await pause(options.pauseMs);
    }
  }
  await Promise.all(Array.from({ length: options.connections }, keepUp));
  return tally;
}

function oneConnection(
  { port, hostility }: SiegeOptions,
  over: AbortSignal,
  tally: { closed: number; errors: number },
): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const give = BEHAVIOURS[hostility];
    let stop: (() => void) | undefined;
    const leave = () => socket.destroy();
    over.addEventListener('abort', leave);
    socket.on('connect', () => {
      stop = give(socket);
    });
    socket.on('error', () => tally.errors++);
    socket.on('end', () => tally.closed++);
    socket.resume();
    socket.on('close', () => {
      stop?.();
      over.removeEventListener('abort', leave);
      resolve();
    });
  });
}

const BEHAVIOURS: Readonly<Record<Hostility, (socket: Socket) => (() => void) | undefined>> = {
  huge(socket) {
    socket.write(Buffer.concat([announcement(HUGE_BYTES), Buffer.alloc(16_384)]));
    return undefined;
  },
  slow(socket) {
    socket.write(announcement(4_000));
    const drip = setInterval(() => socket.write(Buffer.alloc(1)), DRIP_EVERY_MS);
    return () => clearInterval(drip);
  },
  silent: () => undefined,
};

function announcement(bytes: number): Buffer {
  const header = Buffer.alloc(4);
  header.writeUInt32BE(bytes);
  return header;
}
