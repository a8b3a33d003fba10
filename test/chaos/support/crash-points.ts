import type { HttpVerdict } from '@boomerang/client';
import {
  type Fault,
  type FaultPlan,
  type ServiceHandle,
  script,
  second,
  secondOfPipeline,
  type TestStack,
  ticket,
  waitFor,
} from '@boomerang/testkit';

/** A place in the way of a task at which a process dies. */
export interface CrashPoint {
  readonly name: string;
  readonly service: 'scheduler' | 'worker';
  /** @param mark stands in the payload of every task of the run. */
  readonly fault: (mark: string) => FaultPlan;
  /** When the first task is due, ms from its registration. */
  readonly delayMs?: number;
  /** Time from one task's due time to the next one's, ms. */
  readonly spreadMs?: number;
  readonly onlyRecurring?: boolean;
  /** What the receiver answers. Default: it takes everything. */
  readonly verdict?: (during: Crash) => Promise<HttpVerdict> | HttpVerdict;
  /** Whether the receiver refuses everything. */
  readonly deadLetters?: boolean;
  /** Arms the fault; the default does so at once on all services of the name. */
  readonly arm?: (stack: TestStack, plan: FaultPlan, firstArrival: () => Promise<unknown>) => Promise<Fault>;
  /**
   * Whether an attempt that was acknowledged may come again under the next number: only where the process can die between
   * an acknowledgement and its record.
   */
  readonly repeats?: boolean;
}

/** How far a run is. */
export interface Crash {
  readonly armed: Promise<unknown>;
  readonly struck: Promise<unknown>;
}

const onceStruck = async ({ struck }: Crash): Promise<HttpVerdict> => void (await struck);
const onceArmed = async ({ armed }: Crash): Promise<HttpVerdict> => void (await armed);

/** Later than what is announced at short notice: it is the look ahead that finds it. */
const FOUND_BY_LOOKING_MS = 2_100;

export const CRASH_POINTS: readonly CrashPoint[] = [
  {
    name: 'between look-ahead and ticket',
    service: 'scheduler',
    fault: () => ({ command: ticket, when: 'before', strike: 'SIGKILL' }),
    delayMs: FOUND_BY_LOOKING_MS,
  },
  {
    name: 'with tickets half enqueued',
    service: 'scheduler',
    fault: () => ({ command: secondOfPipeline(ticket), when: 'before', strike: 'SIGKILL' }),
    delayMs: FOUND_BY_LOOKING_MS,
    spreadMs: 200,
  },
  {
    name: 'after the claim, before the request',
    service: 'worker',
    fault: (mark) => ({
      command: script('claim'),
      when: 'after',
      reply: (reply) => reply.includes(mark),
      strike: 'SIGKILL',
    }),
    repeats: true,
  },
  {
    name: 'while the next occurrence is armed, the reply lost',
    service: 'worker',
    fault: (mark) => ({
      command: script('claim'),
      when: 'after',
      reply: (reply) => reply.includes(mark),
      strike: 'cut',
    }),
    onlyRecurring: true,
  },
  {
    name: 'with a request under way',
    service: 'worker',
    fault: () => ({ command: script('renew'), when: 'before', strike: 'SIGKILL' }),
    verdict: onceStruck,
    repeats: true,
  },
  {
    name: "after the receiver's 2xx, before it is settled",
    service: 'worker',
    fault: () => ({ command: script('settle', 'delivered'), when: 'before', strike: 'SIGKILL' }),
    repeats: true,
  },
  {
    name: 'between two groups of settles',
    service: 'worker',
    fault: () => ({ command: second(script('settle')), when: 'before', strike: 'SIGKILL' }),
    repeats: true,
  },
  {
    name: 'after it was settled, the reply lost',
    service: 'worker',
    fault: () => ({ command: script('settle', 'delivered'), when: 'after', strike: 'SIGKILL' }),
    repeats: true,
  },
  {
    name: 'before a dead letter is written',
    service: 'worker',
    fault: () => ({ command: script('settle', 'dead_letter'), when: 'before', strike: 'SIGKILL' }),
    deadLetters: true,
  },
  {
    name: 'after a dead letter was written',
    service: 'worker',
    fault: () => ({ command: script('settle', 'dead_letter'), when: 'after', strike: 'SIGKILL' }),
    deadLetters: true,
  },
  {
    name: 'in a give-back',
    service: 'worker',
    fault: () => ({ command: script('settle', 'give_back'), when: 'before', strike: 'SIGKILL' }),
    spreadMs: 0,
    verdict: onceStruck,
    repeats: true,
  },
  {
    name: 'while draining on SIGTERM',
    service: 'worker',
    fault: () => ({ command: script('settle'), when: 'before', strike: 'SIGKILL' }),
    spreadMs: 0,
    verdict: onceArmed,
    arm: async (stack, plan, firstArrival) => {
      await firstArrival();
      const worker = await waitFor(() => busyWorker(stack), { message: 'a worker with something in flight' });
      const fault = stack.arm(worker, plan);
      const written = worker.logs().length;
      void worker.kill('SIGTERM');
      await waitFor(() => worker.logs().includes('"msg":"stopping"', written), { message: 'the drain' });
      return fault;
    },
    repeats: true,
  },
];

/** A worker that says of itself that it holds occurrences. */
async function busyWorker(stack: TestStack): Promise<ServiceHandle | undefined> {
  for (const worker of stack.processes.worker) {
    const metrics = await (await fetch(`http://127.0.0.1:${worker.httpPort}/metrics`)).text();
    if (/boomerang_worker_in_flight_occurrences [1-9]/.test(metrics)) return worker;
  }
  return undefined;
}
