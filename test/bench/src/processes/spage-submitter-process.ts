/** Submits tasks, and tells when. */
import { setTimeout as sleep } from 'node:timers/promises';
import { serve } from './rpc.js';
import { monotonicMs, type SpageAddress, SpageWire } from './spage-wire.js';

export interface SubmitBurst {
  readonly prefix: string;
  readonly count: number;
  readonly inFlight: number;
  /** When all are due, Unix epoch ms. */
  readonly atMs: number;
}

export interface SubmitLoop {
  readonly prefix: string;
  readonly perSecond: number;
  readonly seconds: number;
}

let wire: SpageWire;
const payload = { playbook: 'main.yml', inventory: 'hosts.yml' };

const methods = {
  connect(address: SpageAddress): void {
    wire = new SpageWire(address);
  },

  /** Each at its time, whether or not those before it were answered. By name, when each was submitted. */
  async openLoop({ prefix, perSecond, seconds }: SubmitLoop): Promise<[string, number][]> {
    const submitted: [string, number][] = [];
    const answers: Promise<void>[] = [];
    const startedAt = monotonicMs();
    for (let i = 0; i < perSecond * seconds; i++) {
      await sleep(Math.max(0, startedAt + (i * 1_000) / perSecond - monotonicMs()));
      const taskId = `${prefix}-${i}`;
      submitted.push([taskId, monotonicMs()]);
      answers.push(wire.submit({ taskId, type: 'bench', payload }));
    }
    await Promise.all(answers);
    return submitted;
  },

  async burst({ prefix, count, inFlight, atMs }: SubmitBurst): Promise<void> {
    let next = 0;
    const one = async () => {
      while (next < count) {
        const taskId = `${prefix}-${next++}`;
        await wire.submit({ taskId, type: 'bench', payload, metadata: { at_ms: String(atMs) } });
      }
    };
    await Promise.all(Array.from({ length: inFlight }, one));
  },
};
export type SubmitterMethods = typeof methods;
serve(methods);
