import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** One run of a task's engine, by Unix epoch ms. */
export interface Execution {
  readonly task: string;
  readonly beginMs: number;
  /** Undefined: it was ended from outside. */
  readonly endMs: number | undefined;
}

/**
 * The playbook of executions that note themselves. Each holds a lock of its task for as long as any process of it lives: so the
 * kernel tells whether two are there at one time, however they end.
 */
const PLAYBOOK = `exec 9>>"$DIR/locks/$TASK"
flock -n 9 || echo "$TASK $$" >> "$DIR/overlaps"
echo "$TASK $$ begin $(date +%s%3N)" >> "$DIR/log"
sleep "$WORK"
echo "$TASK $$ end $(date +%s%3N)" >> "$DIR/log"
`;

/** What executions note in a folder. */
export class ExecutionLog {
  /** For the daemon's file of engines: the shell runs it. */
  readonly engine: object;

  constructor(private readonly folder: string) {
    mkdirSync(join(folder, 'locks'));
    writeFileSync(join(folder, 'work.sh'), PLAYBOOK);
    this.engine = {
      command: ['sh', '{playbook}'],
      env: { DIR: folder, TASK: '{payload.task}', WORK: '{payload.work}' },
      folders: [folder],
      verdict: 'exit_code',
    };
  }

  /** The payload of a task that is executed for so long. */
  payload(task: string, seconds: number): Record<string, string> {
    return { playbook: 'work.sh', task, work: seconds.toFixed(2) };
  }

  /** Those that met another one of their task. */
  overlaps(): string[] {
    return lines(join(this.folder, 'overlaps'));
  }

  /** In the order of their beginning. */
  executions(): Execution[] {
    const noted = lines(join(this.folder, 'log')).map((line) => line.split(' '));
    const ends = new Map(
      noted.filter(([, , what]) => what === 'end').map(([task, pid, , ms]) => [`${task} ${pid}`, Number(ms)]),
    );
    return noted
      .filter(([, , what]) => what === 'begin')
      .map(([task = '', pid, , ms]) => ({ task, beginMs: Number(ms), endMs: ends.get(`${task} ${pid}`) }));
  }
}

function lines(file: string): string[] {
  return existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
    : [];
}
