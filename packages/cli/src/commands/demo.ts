import { createResources, type Environment } from '@boomerang/runtime';
import { openLog, startDemoStack } from '../demo/demo-stack.js';
import { Reporter } from '../demo/reporter.js';
import { showKinds } from '../demo/show-kinds.js';
import { showSpage } from '../demo/spage/show-spage.js';
import { showWires } from '../demo/wires/show-wires.js';
import { createPaint } from '../paint.js';
import { readyLine } from '../stack/ready-line.js';
import { aborted } from '../stop-signal.js';
import { tell } from '../tell.js';

export interface DemoOptions {
  /** Whether to leave everything running until the signal is aborted. */
  readonly keep: boolean;
  /** Whether to show protocols, verdicts and forwarded dead letters instead of the kinds of tasks. */
  readonly wires: boolean;
  /** Whether to show tasks that engines run under daemons instead. */
  readonly spage: boolean;
}

/** Registers tasks of every kind, over every protocol, or for engines. Returns whether exactly what was expected happened. */
export async function demo(
  env: Environment,
  signal: AbortSignal,
  { keep, wires, spage }: DemoOptions,
): Promise<boolean> {
  const coloured = process.stdout.isTTY && !env.NO_COLOR;
  const reporter = new Reporter(createPaint(coloured), (line) => void process.stdout.write(`${line}\n`));
  const log = openLog();
  const resources = createResources();
  let good = false;
  try {
    reporter.note('starting Redis, gateway, scheduler and worker');
    const stack = await startDemoStack(env, signal, log.descriptor, resources);
    if (spage) good = await showSpage(stack, signal, reporter, resources, log.descriptor, env);
    else good = await (wires ? showWires : showKinds)(stack, signal, reporter, resources);
    if (keep) {
      process.stdout.write(readyLine(stack, stack.redisUrl));
      await aborted(signal);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    tell('stopped before the end');
  } finally {
    await resources.closeAll();
    if (good || signal.aborted) log.remove();
    else tell(`the logs of the services are in ${log.file}`);
  }
  return good;
}
