import type { Registry } from 'prom-client';
import { type ApiOptions, ApiSide } from './api/api-side.js';
import type { Engines } from './engines/engine.js';
import type { DaemonLog } from './log.js';
import type { DaemonMetrics } from './metrics.js';
import { RunFolders } from './runs/run-folders.js';
import { Runs } from './runs/runs.js';
import { Slots } from './runs/slots.js';
import { createExecutionServer, type ExecutionServerOptions } from './server/execution-server.js';

export interface DaemonOptions extends ExecutionServerOptions {
  /** Folder for what outlives the daemon. It has to be this daemon's alone. */
  readonly state: string;
  readonly slots: number;
  readonly grpcToken: string | undefined;
  /** Undefined: the daemon serves this machine alone. */
  readonly api: Omit<ApiOptions, 'state' | 'slots' | 'types'> | undefined;
}

export interface DaemonDependencies {
  readonly engines: Engines;
  /** The guard's `main.js`. */
  readonly guardProgram: string;
  /** What engines inherit a part of. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly prometheus: Registry;
  readonly metrics: DaemonMetrics;
  readonly log: DaemonLog;
}

export interface Daemon {
  /** Finds what runs already, then serves engines; the port. */
  start(): Promise<number>;
  /** Why the daemon could take nothing now; undefined if it could. */
  trouble(): string | undefined;
  /** Takes nothing new, lets engines end for `patienceMs`, ends the others, and closes. Can be called twice. */
  close(patienceMs: number): Promise<void>;
}

/** Size at which a run's file of output is replaced by the next one, bytes; there are two. */
const OUTPUT_FILE_BYTES = 16 * 1_048_576;
/** From the request to end until nothing is left of an engine, with room for its end to be noted, ms. */
const END_MS = 12_000;

export function createDaemon(options: DaemonOptions, deps: DaemonDependencies): Daemon {
  let stopping = false;
  const folders = new RunFolders(options.state);
  const runs = new Runs({
    ...deps,
    folders,
    slots: new Slots(options.slots),
    outputFileBytes: OUTPUT_FILE_BYTES,
  });
  const { state, slots } = options;
  const types = [...deps.engines.types.keys()];
  const api = options.api && new ApiSide({ ...options.api, state, slots, types }, { ...deps, runs, folders });
  const trouble = () => {
    if (stopping) return 'the daemon stops';
    return api && !api.isUp ? 'there is no stream with the API' : undefined;
  };
  const server = createExecutionServer(options, { ...deps, token: options.grpcToken, runs, trouble });
  let closing: Promise<void> | undefined;

  async function close(patienceMs: number): Promise<void> {
    stopping = true;
    server.drain();
    api?.drain();
    runs.drain();
    await runs.idle(patienceMs);
    runs.endAll();
    await runs.idle(END_MS);
    await api?.close();
    runs.leave();
    await server.close();
  }

  return {
    async start() {
      await runs.recover();
      const port = await server.start();
      api?.start();
      return port;
    },
    trouble,
    close: (patienceMs) => {
      closing ??= close(patienceMs);
      return closing;
    },
  };
}
