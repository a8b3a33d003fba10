/** The process that takes callbacks and answers none of them, until it recovers. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decodeEnvelope } from '@boomerang/protocol';
import { decodeMarker, monotonicMs } from './marker.js';
import { serve } from './rpc.js';

export interface Recovery {
  /** Tasks that have arrived since it recovered. */
  readonly arrived: number;
  /** From the recovery to the first arrival, to half of them, and to the last one so far, ms. */
  readonly firstMs: number;
  readonly halfMs: number;
  readonly lastMs: number;
  /** Most arrivals in one second. */
  readonly mostPerSecond: number;
  /** By how many places an arrival is away from where its due time would have it, on average. */
  readonly displacement: number;
}

let requests = 0;
let recoveredAt = Number.POSITIVE_INFINITY;
/** By task, ms since the recovery, in order of arrival. */
const arrivals = new Map<number, number>();

const server = createServer((request, response) => {
  requests++;
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    if (recoveredAt === Number.POSITIVE_INFINITY) return;
    const { callbackRequest } = decodeEnvelope(Buffer.concat(chunks));
    const { index } = decodeMarker(callbackRequest?.payload ?? Buffer.alloc(16));
    if (!arrivals.has(index)) arrivals.set(index, monotonicMs() - recoveredAt);
    response.end();
  });
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');

const methods = {
  url: () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
  requests: () => requests,
  recover() {
    recoveredAt = monotonicMs();
  },
  arrived: () => arrivals.size,
  recovery(): Recovery {
    const times = [...arrivals.values()];
    const perSecond = new Map<number, number>();
    for (const ms of times)
      perSecond.set(Math.floor(ms / 1_000), (perSecond.get(Math.floor(ms / 1_000)) ?? 0) + 1);
    const rank = new Map([...arrivals.keys()].sort((a, b) => a - b).map((index, place) => [index, place]));
    const displaced = [...arrivals.keys()].map((index, place) => Math.abs(place - (rank.get(index) ?? 0)));
    return {
      arrived: times.length,
      firstMs: times[0] ?? Number.NaN,
      halfMs: times[times.length >> 1] ?? Number.NaN,
      lastMs: times.at(-1) ?? Number.NaN,
      mostPerSecond: Math.max(...perSecond.values()),
      displacement: displaced.reduce((sum, places) => sum + places, 0) / displaced.length,
    };
  },
};
export type BadReceiverMethods = typeof methods;
serve(methods);
