import type { ServiceHandle } from '../service-handle.js';
import { waitFor } from '../wait-for.js';
import type { CommandMatch } from './commands.js';
import type { Interception } from './interception.js';
import type { RedisProxy } from './redis-proxy.js';

/** What is to happen once, to the first of some services that sends a command. */
export interface FaultPlan {
  readonly command: CommandMatch;
  readonly when: Interception['when'];
  readonly reply?: Interception['reply'];
  /** `cut`: the connection ends, and the process lives on. */
  readonly strike: 'SIGKILL' | 'SIGSTOP' | 'cut';
}

export interface Fault {
  /** The service that was struck, once it was. Rejects when nothing was within `timeoutMs` (default 15 s). */
  struck(timeoutMs?: number): Promise<ServiceHandle>;
  /** Lets a stopped service go on, and then what was held back of its connection. */
  release(): Promise<void>;
  /** Nothing is struck any more. */
  disarm(): void;
}

export interface FaultTarget {
  readonly service: ServiceHandle;
  readonly proxy: RedisProxy;
}

/** Arms a fault on all the `targets`; it strikes the first that sends the command. */
export function armFault(targets: readonly FaultTarget[], plan: FaultPlan): Fault {
  let hit: ServiceHandle | undefined;
  let done: ServiceHandle | undefined;
  let letGo: () => void = () => undefined;
  const released = new Promise<void>((resolve) => {
    letGo = resolve;
  });

  async function strike(service: ServiceHandle): Promise<'pass' | 'drop'> {
    if (hit) return 'pass';
    hit = service;
    if (plan.strike !== 'cut') await service.kill(plan.strike);
    done = service;
    if (plan.strike !== 'SIGSTOP') return 'drop';
    await released;
    return 'pass';
  }

  for (const { service, proxy } of targets) {
    proxy.intercept = (command) =>
      !hit && plan.command(command)
        ? { when: plan.when, reply: plan.reply, strike: () => strike(service) }
        : undefined;
  }
  return {
    struck: (timeoutMs = 15_000) =>
      waitFor(() => done, { timeoutMs, message: `a command to ${plan.strike} at` }),
    async release() {
      await done?.kill('SIGCONT');
      letGo();
    },
    disarm() {
      for (const { proxy } of targets) proxy.intercept = undefined;
      letGo();
    },
  };
}
