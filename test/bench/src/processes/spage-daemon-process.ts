/** A daemon whose engines need no time: what it is assigned it accepts and completes at once. */
import { serve } from './rpc.js';
import { type EventStream, monotonicMs, type SpageAddress, SpageWire } from './spage-wire.js';

export interface DaemonRequest extends SpageAddress {
  readonly id: string;
  readonly slots: number;
}

/** When each task was assigned, by its name and the monotonic clock. */
let assigned: [name: string, atMs: number][] = [];
const streams: EventStream[] = [];

const methods = {
  async connect({ id, slots, ...address }: DaemonRequest): Promise<void> {
    const stream = new SpageWire(address).stream();
    streams.push(stream);
    const say = (type: string, data: Record<string, string>) => void stream.write({ type, data });
    const ready = new Promise<void>((resolve, reject) => {
      stream.on('error', reject);
      stream.on('data', ({ type, data = {} }: { type: string; data?: Record<string, string> }) => {
        const { token = '', task_id = '', at_ms = '' } = data;
        if (type === 'pong') resolve();
        if (type === 'ping') say('pong', { at_ms });
        if (type !== 'task.assigned') return;
        assigned.push([task_id, monotonicMs()]);
        say('task.accepted', { token });
        say('task.completed', { token, exit_code: '0' });
      });
    });
    say('daemon.hello', { daemon_id: id, instance_id: id, version: '1.1', types: '*', slots: String(slots) });
    say('ping', { at_ms: '0' });
    await ready;
  },

  /** How many were assigned since the latest `take`. */
  count: () => assigned.length,

  take(): [string, number][] {
    const taken = assigned;
    assigned = [];
    return taken;
  },
};
export type DaemonMethods = typeof methods;
serve(methods);
