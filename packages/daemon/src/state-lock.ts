import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '@boomerang/runtime';

/**
 * Takes the state folder for this process: two daemons would report each other's runs. A daemon that was killed leaves its
 * mark behind, which counts no more once its process is gone.
 *
 * @returns what gives it back.
 * @throws ConfigError while another daemon has it.
 */
export function lockState(state: string): () => void {
  mkdirSync(state, { recursive: true, mode: 0o700 });
  const file = join(state, 'daemon.pid');
  for (let tries = 0; tries < 3; tries += 1) {
    try {
      writeFileSync(file, `${process.pid} ${startOf(process.pid)}`, { flag: 'wx', mode: 0o600 });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const [pid = '', start = ''] = read(file).split(' ');
    if (pid !== '' && startOf(Number(pid)) === start && start !== '') {
      throw new ConfigError([
        `BOOMERANG_DAEMON_STATE is ${JSON.stringify(state)}: daemon ${pid} uses it already`,
      ]);
    }
    rmSync(file, { force: true });
  }
  throw new ConfigError([
    `BOOMERANG_DAEMON_STATE is ${JSON.stringify(state)}: other daemons are about to use it`,
  ]);
}

/** What tells a process from another that has its number later; '' if there is none. */
function startOf(pid: number): string {
  const stat = read(`/proc/${pid}/stat`);
  if (stat !== '') return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  try {
    process.kill(pid, 0);
    return process.platform === 'linux' ? '' : 'alive';
  } catch {
    return '';
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}
