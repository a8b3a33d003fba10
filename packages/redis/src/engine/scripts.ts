import type { RedisConnection } from '../connection/connection.js';
import { type PartitionKeys, partitionKeys, scriptKeys } from '../partitions/keys.js';
import { scriptText } from './script-text.js';

/** The scripts by folder. Their names are unique over all folders. */
const ROOMS = {
  tasks: [
    'register',
    'cancel',
    'reschedule',
    'pause',
    'resume',
    'fire',
    'list-page',
    'read-tasks',
    'add-times',
    'lacking-times',
    'forecast',
  ],
  occurrences: [
    'claim',
    'claim-by-turns',
    'reclaim',
    'settle',
    'renew',
    'recover-lost',
    'look',
    'workload',
    'first-due',
  ],
  executions: [
    'submit',
    'peek',
    'offer',
    'accept',
    'hand-back',
    'renew-execution',
    'append-output',
    'read-output',
    'report',
    'held',
    'cancel-execution',
    'read-executions',
    'list-executions',
    'count-executions',
  ],
  dependencies: [
    'link-dependants',
    'settle-dependencies',
    'take-ended',
    'drop-dependants',
    'waiting-to-check',
    'note-checked',
  ],
  daemons: ['enter-daemon', 'keep-daemon', 'leave-daemon', 'list-daemons', 'count-held'],
  'dead-letters': [
    'find-dead-letters',
    'read-dead-letters',
    'replay-dead-letters',
    'purge-dead-letters',
    'count-dead-letters',
    'sort-forwards',
    'waiting-forwards',
    'take-forwards',
    'settle-forwards',
    'remove-forwarded',
  ],
  limits: ['spend'],
  names: ['find-named', 'reserve-names', 'register-named', 'names-to-check', 'check-named', 'settle-names'],
} as const;

export type ScriptName = (typeof ROOMS)[keyof typeof ROOMS][number];
export type ScriptArgument = string | number | Buffer;

/** Runs a script on one partition. Strings in the reply arrive as Buffers, integers as numbers. */
export type RunScript = (
  name: ScriptName,
  keys: PartitionKeys,
  args: readonly ScriptArgument[],
) => Promise<unknown>;

type Command = (...keysAndArgs: ScriptArgument[]) => Promise<unknown>;

/** Is told how long a script took, from its sending to its reply or failure, s. */
export type ScriptObserver = (script: ScriptName, seconds: number) => void;

/** Defines all scripts on `redis`. They are called by hash, and sent as text if Redis doesn't know them (any more). */
export function loadScripts(redis: RedisConnection, observe: ScriptObserver = () => undefined): RunScript {
  const texts = new Map(scriptNames().map((name) => [name, readScript(name)]));
  for (const [name, lua] of texts) redis.defineCommand(commandOf(name), { numberOfKeys: KEY_COUNT, lua });
  const commands = redis as unknown as Record<string, Command>;
  return async (name, keys, args) => {
    const command = commands[`${commandOf(name)}Buffer`] as Command;
    const keysAndArgs = [...scriptKeys(keys), ...args];
    const sentAt = performance.now();
    try {
      return await command.apply(redis, keysAndArgs);
    } catch (error) {
      if (!(error as Error).message.startsWith('NOSCRIPT')) throw error;
      const whole = commands.evalBuffer as Command;
      return await whole.call(redis, texts.get(name) as string, KEY_COUNT, ...keysAndArgs);
    } finally {
      observe(name, (performance.now() - sentAt) / 1_000);
    }
  };
}

/** The same for every partition. */
const KEY_COUNT = scriptKeys(partitionKeys(1)[0] as PartitionKeys).length;

function commandOf(name: ScriptName): string {
  return `boomerang:${name}`;
}

export function readScript(name: ScriptName): string {
  return scriptText(`${roomOf(name)}/${name}.lua`);
}

function scriptNames(): ScriptName[] {
  return Object.values(ROOMS).flat();
}

function roomOf(name: ScriptName): string {
  const [room] = Object.entries(ROOMS).find(([, names]) => (names as readonly string[]).includes(name)) ?? [];
  if (!room) throw new Error(`no folder of scripts has ${name}`);
  return room;
}
