import { type StackRedis, type TestStack, waitFor } from '@boomerang/testkit';
import { expect } from 'vitest';

const ports = (stack: TestStack<StackRedis>) => Object.values(stack.httpPorts).flat();
const pids = (stack: TestStack<StackRedis>) =>
  Object.values(stack.processes).flatMap((services) => services.map(({ pid }) => pid));

async function answer(port: number, path: string): Promise<{ ok: boolean; reason: string }> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  const { reason = '' } = (await response.json()) as { reason?: string };
  return { ok: response.ok, reason };
}

/** Waits until `/readyz` of every service says yes, or no. */
export async function waitForReadiness(
  stack: TestStack<StackRedis>,
  ready: boolean,
  timeoutMs = 20_000,
): Promise<void> {
  const message = `every service to be ${ready ? 'ready' : 'not ready'}`;
  const agree = async () =>
    (await Promise.all(ports(stack).map((port) => answer(port, '/readyz')))).every(({ ok }) => ok === ready);
  await waitFor(agree, { timeoutMs, message });
}

/** Why services want to be started anew. */
export async function reasonsToRestart(stack: TestStack<StackRedis>): Promise<string[]> {
  const answers = await Promise.all(ports(stack).map((port) => answer(port, '/livez')));
  return answers.filter(({ ok }) => !ok).map(({ reason }) => reason);
}

/** Runs `ordeal`; nobody may die meanwhile or ask to be started anew. */
export async function withoutRestart(
  stack: TestStack<StackRedis>,
  ordeal: () => Promise<void>,
): Promise<void> {
  const before = pids(stack);
  const reasons: string[] = [];
  const timer = setInterval(
    async () => reasons.push(...(await reasonsToRestart(stack).catch((error) => [String(error)]))),
    500,
  );
  try {
    await ordeal();
  } finally {
    clearInterval(timer);
  }
  expect(reasons).toEqual([]);
  expect(pids(stack)).toEqual(before);
  for (const pid of before) process.kill(pid, 0);
}
