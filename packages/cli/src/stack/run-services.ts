import { type ServiceName, serviceNames, spawnService } from '../service/spawn-service.js';
import { type Supervision, supervise } from '../service/supervise.js';
import { waitUntilReady } from '../service/wait-until-ready.js';
import type { Tell } from '../tell.js';
import { dialledHost } from './dialled-host.js';
import { type ServiceEnvironmentOptions, serviceEnvironment } from './service-environment.js';

export interface RunServicesOptions extends ServiceEnvironmentOptions {
  readonly drainMs: number;
  /** File descriptor that the services' logs go to. */
  readonly output: number;
  readonly tell: Tell;
  readonly signal: AbortSignal;
}

export interface RunningServices {
  stop(): Promise<void>;
}

/** Time for a service to end after its drain has run out of time, ms. */
const EXTRA_GRACE_MS = 2_000;

/**
 * Starts the three services and waits until all are ready; from then on one that ends is started again.
 *
 * @throws when one ends before that, or the signal is aborted; all have been stopped then.
 */
export async function runServices(options: RunServicesOptions): Promise<RunningServices> {
  const { drainMs, output, tell, ports, signal } = options;
  const graceMs = drainMs + EXTRA_GRACE_MS;
  const failed = new AbortController();
  let ready = false;

  const start = (name: ServiceName): Supervision =>
    supervise({
      graceMs,
      spawn: () =>
        spawnService(name, {
          env: serviceEnvironment(name, options),
          output,
          orphanEnd: { signal: 'TERM', graceMs },
        }),
      onEnd(how, delayMs) {
        // Whoever asked this process to end may have asked the service, too.
        if (signal.aborted) return false;
        if (ready) tell(`the ${name} ended (${how}): starting it again in ${delayMs} ms`);
        else failed.abort(new Error(`the ${name} ended at its start (${how})`));
        return ready;
      },
    });
  const running = serviceNames.map(start);
  const stop = async () => void (await Promise.all(running.map((service) => service.stop())));

  const host = dialledHost(options.host);
  const either = AbortSignal.any([signal, failed.signal]);
  try {
    const all = [ports.http, ports.scheduler, ports.worker];
    await Promise.all(all.map((port) => waitUntilReady(host, port, either)));
  } catch (error) {
    await stop();
    throw failed.signal.aborted ? failed.signal.reason : error;
  }
  ready = true;
  return { stop };
}
