/** Follows the events of all tasks on one stream, and counts them. */
import { serve } from './rpc.js';
import { type EventStream, type SpageAddress, SpageWire } from './spage-wire.js';

let count = 0;
let stream: EventStream;

const methods = {
  async follow(address: SpageAddress): Promise<void> {
    stream = new SpageWire(address).stream();
    await new Promise<void>((resolve, reject) => {
      stream.on('error', reject);
      stream.on('data', ({ type, data = {} }: { type: string; data?: Record<string, string> }) => {
        if (type === 'pong') resolve();
        if (type === 'ping') stream.write({ type: 'pong', data });
        if (type.startsWith('task.')) count += 1;
      });
      stream.write({ type: 'subscribe', data: {} });
      stream.write({ type: 'ping', data: { at_ms: '0' } });
    });
  },

  /** Since the latest `take`. */
  count: () => count,

  take(): number {
    const taken = count;
    count = 0;
    return taken;
  },
};
export type FollowerMethods = typeof methods;
serve(methods);
