import { setTimeout as sleep } from 'node:timers/promises';

/** A process that can be killed or stopped, and comes back. */
export interface Victim {
  readonly name: string;
  kill(signal: NodeJS.Signals): Promise<void>;
  /** After a SIGKILL. Resolves when it works again. */
  restart(): Promise<void>;
}

/** What was done to a process, by Unix epoch ms. */
export interface Strike {
  readonly name: string;
  readonly how: 'killed' | 'stopped';
  readonly fromMs: number;
  readonly toMs: number;
}

interface StrikeOptions {
  readonly count: number;
  /** 0 to 1. */
  readonly random: () => number;
  /** Longest time that a process stays stopped, ms. */
  readonly longestMs: number;
}

const LONGEST_PAUSE_MS = 1_000;

/** Kills and stops one of the victims after another, chosen by chance; each is back before the next one is struck. */
export async function strikeAtRandom(
  victims: readonly Victim[],
  { count, random, longestMs }: StrikeOptions,
): Promise<Strike[]> {
  const strikes: Strike[] = [];
  for (let i = 0; i < count; i++) {
    await sleep(random() * LONGEST_PAUSE_MS);
    const victim = victims[Math.floor(random() * victims.length)] as Victim;
    const how = random() < 0.5 ? 'killed' : 'stopped';
    const lastsMs = random() * longestMs;
    const fromMs = Date.now();
    await victim.kill(how === 'killed' ? 'SIGKILL' : 'SIGSTOP');
    await sleep(lastsMs);
    await (how === 'killed' ? victim.restart() : victim.kill('SIGCONT'));
    strikes.push({ name: victim.name, how, fromMs, toMs: Date.now() });
  }
  return strikes;
}
