import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { guardAgainstOrphan } from '@boomerang/redis-server';
import { waitFor } from '../wait-for.js';

/** A broker of a test, on a loopback port of its own. It ends with the process at the latest. */
export interface BrokerProcess {
  readonly port: number;
  /** SIGKILL, as a crash would be; its data stay. */
  kill(): Promise<void>;
  /** Starts it again after a kill, on the same port and data. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export interface BrokerCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly port: number;
  /** Once it takes connections, whether it serves. Default: it does. */
  readonly serves?: () => Promise<boolean>;
  /** Runs when it is stopped for good. */
  readonly cleanUp?: () => Promise<void>;
}

const START_MS = 60_000;

export async function startBroker(broker: BrokerCommand): Promise<BrokerProcess> {
  let output = '';
  let child = run();

  function run(): ChildProcess {
    const { command, args, env } = broker;
    const spawned = spawn(command, args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [spawned.stdout, spawned.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        output = (output + text).slice(-8_192);
      });
    }
    spawned.once('error', (error) => {
      output += error.message;
    });
    guardAgainstOrphan(spawned, { signal: 'KILL' });
    return spawned;
  }

  async function serving(): Promise<void> {
    const { command, port, serves = async () => true } = broker;
    const ended = () => child.exitCode !== null || child.signalCode !== null;
    try {
      await waitFor(async () => ended() || ((await takesConnections(port)) && (await serves())), {
        timeoutMs: START_MS,
        message: `${command} to serve`,
      });
      if (ended()) throw new Error(`${command} ended at its start`);
    } catch (error) {
      await kill();
      throw new Error(`${(error as Error).message}; it wrote:\n${output}`, { cause: error });
    }
  }

  async function kill(): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
  }

  await serving();
  return {
    port: broker.port,
    kill,
    async restart() {
      await kill();
      child = run();
      await serving();
    },
    async stop() {
      await kill();
      await broker.cleanUp?.();
    },
  };
}

function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
