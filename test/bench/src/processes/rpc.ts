import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

/** What a child process answers to: methods of one argument that survives JSON. */
// biome-ignore lint/suspicious/noExplicitAny: each method has an argument of its own.
export type Methods = Record<string, (argument: any) => unknown>;

/** A child process of the bench, called by messages. */
export interface Peer<M extends Methods> {
  readonly pid: number;
  call<K extends keyof M & string>(
    method: K,
    argument: Parameters<M[K]>[0],
  ): Promise<Awaited<ReturnType<M[K]>>>;
  stop(): Promise<void>;
}

interface Call {
  readonly id: number;
  readonly method: string;
  readonly argument: unknown;
}

interface Reply {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
}

/** Answers the parent's calls until it lets go of this process. */
export function serve(methods: Methods): void {
  process.on('message', async ({ id, method, argument }: Call) => {
    try {
      process.send?.({ id, result: await methods[method]?.(argument) });
    } catch (error) {
      process.send?.({ id, error: error instanceof Error ? error.stack : String(error) });
    }
  });
  process.on('disconnect', () => process.exit(0));
  // Such as of a leak of listeners: it ends the process, so that the bench fails.
  process.on('warning', (warning) => {
    throw warning;
  });
}

/** Starts `<name>-process.js` of this folder. */
export function startPeer<M extends Methods>(name: string): Peer<M> {
  const child = fork(new URL(`./${name}-process.js`, import.meta.url), { stdio: 'inherit' });
  const waiting = new Map<number, (reply: Reply) => void>();
  let lastId = 0;
  child.on('message', (reply: Reply) => {
    waiting.get(reply.id)?.(reply);
    waiting.delete(reply.id);
  });
  child.on('exit', (code, signal) => {
    for (const [id, reply] of waiting) reply({ id, error: `${name} ended: ${signal ?? code}` });
  });
  return {
    pid: child.pid ?? 0,
    call: (method, argument) =>
      new Promise((resolve, reject) => {
        const id = ++lastId;
        waiting.set(id, ({ error, result }) => {
          if (error === undefined) resolve(result as never);
          else reject(new Error(error));
        });
        child.send({ id, method, argument } satisfies Call);
      }),
    stop: () => stop(child),
  };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}
