import type { NamedOutcome, TaskStore } from '@boomerang/domain';
import { connectRedis } from '../src/connection/connection.js';
import { loadScripts, type RunScript, type ScriptName } from '../src/engine/scripts.js';
import type { NamedSettings } from '../src/names/named-registrar.js';
import { loadPartitionMap } from '../src/partitions/partition-map.js';
import { createTaskStore } from '../src/tasks/task-store.js';
import { SETTINGS } from './test-engine.js';

/** What a gateway registers tasks with, on a connection of its own. */
export interface TestGateway {
  readonly tasks: TaskStore;
  /** What became of registrations with a key, in order. */
  readonly outcomes: readonly NamedOutcome[];
  /** The next run of the script fails `before` Redis gets it, or its reply is lost `after`. */
  failNext(script: ScriptName, when: 'before' | 'after'): void;
  /** Each run of the script waits for this. */
  holdUp(script: ScriptName, until: Promise<unknown>): void;
  close(): void;
}

export async function openGateway(
  { url }: { readonly url: string },
  settings: Partial<NamedSettings> = {},
  partitions = 1,
): Promise<TestGateway> {
  const redis = await connectRedis({ url, name: 'gateway' });
  const run = loadScripts(redis);
  const failures = new Map<ScriptName, 'before' | 'after'>();
  const waits = new Map<ScriptName, Promise<unknown>>();
  const outcomes: NamedOutcome[] = [];

  const runWithFaults: RunScript = async (name, keys, args) => {
    await waits.get(name);
    const failure = failures.get(name);
    failures.delete(name);
    const lost = new Error('Connection is closed.');
    if (failure === 'before') throw lost;
    const reply = await run(name, keys, args);
    if (failure === 'after') throw lost;
    return reply;
  };
  const map = await loadPartitionMap(redis, partitions);
  const onNamed = (outcome: NamedOutcome) => void outcomes.push(outcome);
  return {
    tasks: createTaskStore(runWithFaults, map, { ...SETTINGS, onNamed, ...settings }),
    outcomes,
    failNext: (script, when) => void failures.set(script, when),
    holdUp: (script, until) => void waits.set(script, until),
    close: () => redis.disconnect(),
  };
}
