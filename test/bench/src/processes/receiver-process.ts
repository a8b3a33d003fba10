/** The process that is called back: counts arrivals and tells how late they are by Redis's clock. */
import { subscribe } from 'node:diagnostics_channel';
import {
  createGrpcReceiver,
  createHttpReceiver,
  createTcpReceiver,
  createUdpReceiver,
  type HttpVerdict,
  type ReceivedCallback,
} from '@boomerang/client';
import { decodeMarker, monotonicMs } from './marker.js';
import { RedisClock, wallMs } from './redis-clock.js';
import { serve } from './rpc.js';
import { Tally, type TallySummary } from './tally.js';

export type Misbehaviour = 'hang' | 'unavailable';

const tallies = new Map<number, Tally>();
const clock = new RedisClock();
/** How callbacks of a client are answered, if not as they should be. */
const misbehaviour = new Map<string, Misbehaviour>();
let connections = 0;
subscribe('net.server.socket', () => connections++);
const receiver = await createHttpReceiver({ onCallback: answer });

const methods = {
  url: () => receiver.url,
  /** Endpoints of further receivers. */
  async openWires() {
    const [grpc, tcp, udp] = await Promise.all([
      createGrpcReceiver({ onCallback: take }),
      createTcpReceiver({ onCallback: take }),
      createUdpReceiver({ onCallback: take }),
    ]);
    return { grpc: grpc.endpoint, tcp: tcp.endpoint, udp: udp.endpoint };
  },
  /** Connections that were made to this process so far. */
  connections: () => connections,
  misbehave({ clientId, how }: { clientId: string; how: Misbehaviour }) {
    misbehaviour.set(clientId, how);
  },
  /** Judges lateness by this Redis from now on. */
  followClock: (redisUrl: string) => clock.follow(redisUrl),
  received: (run: number) => tallyOf(run).received,
  /** Of the first `count` tasks of a run, ms; null = not arrived. */
  latenesses: ({ run, count }: { run: number; count: number }) => tallyOf(run).latenesses(count),
  summary: (run: number): TallySummary => tallyOf(run).summary(),
};
export type ReceiverMethods = typeof methods;
serve(methods);

function answer(callback: ReceivedCallback): HttpVerdict | Promise<HttpVerdict> {
  const how = misbehaviour.get(callback.clientId);
  if (how === 'unavailable') return { httpStatus: 503 };
  return how === 'hang' ? new Promise(() => undefined) : take(callback);
}

function take({ payload, occurrence, scheduledTimeMs, receivedAtMs }: ReceivedCallback): undefined {
  const { run, index, sentAt } = decodeMarker(payload);
  const { offset, error } = clock.best;
  const at = monotonicMs() - (wallMs() - receivedAtMs);
  const lateness = receivedAtMs + offset - scheduledTimeMs;
  // Each occurrence of a recurring task counts for itself.
  tallyOf(run).add({
    index: index + occurrence - 1,
    at,
    lateness,
    latenessError: error,
    sinceSent: at - sentAt,
  });
}

function tallyOf(run: number): Tally {
  const tally = tallies.get(run) ?? new Tally();
  tallies.set(run, tally);
  return tally;
}
