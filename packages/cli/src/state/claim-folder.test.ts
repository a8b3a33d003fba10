import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { claimFolder } from './claim-folder.js';
import { isAlive, processMark } from './process-mark.js';

let folder: string;
let base: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'boomerang-claim-'));
  base = join(folder, 'redis');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function deadPid(): Promise<number> {
  const child = spawn('true');
  await once(child, 'exit');
  return child.pid as number;
}

describe('claiming a folder', () => {
  test('gives each of those who ask at once another one', async () => {
    const claims = await Promise.all([claimFolder(base), claimFolder(base), claimFolder(base)]);
    expect(claims.map(({ path }) => path).sort()).toEqual([base, `${base}-2`, `${base}-3`]);
  });

  test('gives the first one again once it was released', async () => {
    (await claimFolder(base)).release();
    expect((await claimFolder(base)).path).toBe(base);
  });

  test('takes over from a stack that is dead, even if its pid is used again', async () => {
    writeFileSync(`${base}.claim`, JSON.stringify({ owner: { pid: await deadPid(), startedAt: '1' } }));
    const first = await claimFolder(base);
    expect(first.path).toBe(base);
    first.release();
    writeFileSync(
      `${base}.claim`,
      JSON.stringify({ owner: { pid: process.pid, startedAt: 'another time' } }),
    );
    expect((await claimFolder(base)).path).toBe(process.platform === 'linux' ? base : `${base}-2`);
  });

  test('waits for the server of a dead stack to end', async () => {
    const server = spawn('sleep', ['0.4']);
    const claim = {
      owner: { pid: await deadPid(), startedAt: '1' },
      user: processMark(server.pid as number),
    };
    writeFileSync(`${base}.claim`, JSON.stringify(claim));
    const waits: string[] = [];
    const onWait = (path: string) => void waits.push(path);
    expect((await claimFolder(base, { onWait })).path).toBe(base);
    expect(isAlive(claim.user)).toBe(false);
    expect(waits).toEqual([base]);
  });

  test('gives the wait up when it is asked to', async () => {
    const claim = { owner: { pid: await deadPid(), startedAt: '1' }, user: processMark(process.pid) };
    writeFileSync(`${base}.claim`, JSON.stringify(claim));
    const stop = new AbortController();
    const onWait = () => stop.abort();
    await expect(claimFolder(base, { signal: stop.signal, onWait })).rejects.toThrow('aborted');
  });
});
