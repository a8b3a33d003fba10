import type { Redis } from 'ioredis';
import { createDeadLetterStore } from '../../src/dead-letters/dead-letter-store.js';
import { type Engine, openEngine } from '../../src/engine/engine.js';
import {
  type RunScript,
  readScript,
  type ScriptArgument,
  type ScriptName,
} from '../../src/engine/scripts.js';
import { createOccurrenceStore } from '../../src/occurrences/occurrence-store.js';
import { createSliceStore } from '../../src/occurrences/slice-store.js';
import { scriptKeys } from '../../src/partitions/keys.js';
import { createTaskStore } from '../../src/tasks/task-store.js';
import { allReadable, LEASE_MS, SETTINGS, startTestEngine } from '../test-engine.js';

/** What is written instead of a part of a script. */
export interface ScriptChange {
  readonly script: ScriptName;
  /** Must be there exactly once. */
  readonly instead: string;
  readonly write: string;
}

/** Where scripts read Redis's clock, those that do. */
const CLOCK_KEY = 'test:clock';

/** The stores of two workers over one Redis, whose clock stands still but for the steps that a test makes it take. */
export type SteppedEngine = Awaited<ReturnType<Awaited<ReturnType<typeof startSteppedEngine>>['open']>>;

export async function startSteppedEngine() {
  const base = await startTestEngine();
  const { server, redis, keys, map } = base;
  const second = await openEngine({
    url: server.url,
    name: 'second',
    partitions: 1,
    onError: () => undefined,
  });
  return {
    /** Empties Redis and opens new stores, whose scripts are changed so. */
    async open(changes: readonly ScriptChange[] = []) {
      await base.reset();
      const engines = [base.engine, second].map((engine) => withChangedScripts(engine, changes));
      const [{ engine }] = engines as [ReturnType<typeof withChangedScripts>];
      const lookSettings = { sliceMs: SETTINGS.sliceMs, horizonMs: 5_000, schedulerLeaseMs: 1_000 };
      return {
        redis,
        keys,
        tasks: createTaskStore(engine.run, map, SETTINGS),
        deadLetters: createDeadLetterStore(engine.run, map, SETTINGS),
        slices: createSliceStore(engine, lookSettings),
        workers: engines.map(({ engine, loseNextReply }) => {
          return {
            ...createOccurrenceStore(engine, { ...SETTINGS, leaseMs: LEASE_MS }, allReadable),
            loseNextReply,
          };
        }),
        async setClock(ms: number): Promise<void> {
          const seconds = Math.floor(ms / 1_000);
          const microseconds = Math.round((ms - seconds * 1_000) * 1_000);
          await redis.hset(CLOCK_KEY, { seconds, microseconds });
        },
      };
    },

    async stop(): Promise<void> {
      second.close();
      await base.stop();
    },
  };
}

function withChangedScripts(engine: Engine, changes: readonly ScriptChange[]) {
  const run = runChanged(engine.connection as Redis, changes);
  let losing = false;
  const runOrLose: RunScript = async (...call) => {
    const reply = await run(...call);
    if (!losing) return reply;
    losing = false;
    throw new Error('Connection is closed.');
  };
  const loseNextReply = () => {
    losing = true;
  };
  return { engine: { ...engine, run: runOrLose }, loseNextReply };
}

/** What its types leave out. */
interface Evaluating {
  evalBuffer(...scriptAndArguments: ScriptArgument[]): Promise<unknown>;
}

function runChanged(redis: Redis, changes: readonly ScriptChange[]): RunScript {
  const texts = new Map<ScriptName, string>();
  const textOf = (name: ScriptName): string => {
    const text = texts.get(name) ?? changedText(name, changes);
    texts.set(name, text);
    return text;
  };
  for (const { script } of changes) textOf(script);
  return (name, keys, args) => {
    const keysOfScript = scriptKeys(keys);
    return (redis as unknown as Evaluating).evalBuffer(
      textOf(name),
      keysOfScript.length,
      ...keysOfScript,
      ...args,
    );
  };
}

function changedText(name: ScriptName, changes: readonly ScriptChange[]): string {
  const clock = `redis.call('HMGET', '${CLOCK_KEY}', 'seconds', 'microseconds')`;
  const own = changes.filter(({ script }) => script === name);
  return own.reduce(
    (text, { instead, write }) => {
      const [before, after, ...more] = text.split(instead);
      if (after === undefined || more.length > 0) {
        throw new Error(`the script ${name} should hold exactly once: ${instead}`);
      }
      return before + write + after;
    },
    readScript(name).replaceAll("redis.call('TIME')", clock),
  );
}
