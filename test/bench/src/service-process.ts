import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { guardAgainstOrphan } from '@boomerang/redis-server';

const DOORS = ['tcp', 'grpc', 'http'];
const START_TIMEOUT_MS = 20_000;
const STOP_TIMEOUT_MS = 5_000;
const LINES_KEPT = 20;

export type ServiceName = 'gateway' | 'scheduler' | 'worker';

export interface ServiceProcess {
  readonly pid: number;
  /** Ports by door, as the service said when it was ready. */
  readonly ports: Record<string, number>;
  stop(): Promise<void>;
}

/** Starts a service in a process of its own and resolves when it says that it is ready. */
export async function startService(
  name: ServiceName,
  env: Record<string, string>,
  profile?: string,
): Promise<ServiceProcess> {
  const main = fileURLToPath(new URL(`../../../services/${name}/dist/main.js`, import.meta.url));
  const profiling = profile
    ? ['--cpu-prof', '--cpu-prof-dir', profile, '--cpu-prof-name', `${name}.cpuprofile`]
    : [];
  const child = spawn(process.execPath, [...profiling, main], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  guardAgainstOrphan(child, { signal: 'KILL' });
  const exited = once(child, 'exit');
  const lines: string[] = [];
  const ready = new Promise<Record<string, number>>((resolve) => {
    const read = (line: string) => {
      lines.push(line);
      if (lines.length > LINES_KEPT) lines.shift();
      const ports = readyPorts(line);
      if (ports) resolve(ports);
    };
    createInterface({ input: child.stdout }).on('line', read);
    createInterface({ input: child.stderr }).on('line', read);
  });
  const ports = await Promise.race([ready, exited, sleep(START_TIMEOUT_MS, undefined, { ref: false })]);
  if (!ports || Array.isArray(ports)) {
    child.kill('SIGKILL');
    throw new Error(`the ${name} did not start:\n${lines.join('\n')}`);
  }
  return {
    pid: child.pid ?? 0,
    ports,
    async stop() {
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
      await exited;
      clearTimeout(late);
    },
  };
}

function readyPorts(line: string): Record<string, number> | undefined {
  if (!line.includes('"ready"')) return undefined;
  const said = JSON.parse(line) as Record<string, number>;
  return Object.fromEntries(Object.entries(said).filter(([door]) => DOORS.includes(door)));
}
