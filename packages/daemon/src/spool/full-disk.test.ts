import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { testFolder } from '../../test-support/engine-files.js';

const spool = fileURLToPath(new URL('../../dist/spool/spool.js', import.meta.url));

/** Runs a script on a disk of its own, as small as it may be: in a namespace, so that it needs no root. */
function onSmallDisk(folder: string, script: string) {
  const mounted = `mount -t tmpfs -o size=64k tmpfs ${folder} && cd ${folder} && exec "$0" --input-type=module -e "$1"`;
  return spawnSync('unshare', ['-rm', 'sh', '-c', mounted, process.execPath, script], { encoding: 'utf8' });
}
const canMount = onSmallDisk(tmpdir(), 'process.exit(0)').status === 0;

/** Fills the disk beside the spool, then adds results, then makes room again. */
const SCRIPT = `
import { rmSync, writeFileSync } from 'node:fs';
import { Spool } from ${JSON.stringify(spool)};
const heard = { dropped: 0, full: 0 };
const listener = { dropped: (n) => { heard.dropped += n; }, damaged: () => {}, full: () => { heard.full += 1; } };
const spool = new Spool('.', 1_048_576, listener);
spool.addProgress({ type: 'task.progress', data: { n: '0' } });
for (let n = 0; ; n += 1) {
  try { writeFileSync('filler' + n, Buffer.alloc(4096)); } catch { break; }
}
const kept = [];
for (let n = 1; n <= 40; n += 1) {
  const result = { type: 'task.completed', data: { n: String(n), output: 'x'.repeat(500) } };
  spool.addResult(result).then(() => kept.push(n));
}
spool.addProgress({ type: 'task.progress', data: { n: '41', message: 'x'.repeat(5000) } });
const numbers = () => spool.first(100).map(({ report }) => Number(report.data.n));
await new Promise((resolve) => setTimeout(resolve, 50));
const before = { kept: kept.length, numbers: numbers() };
for (let n = 0; n < 12; n += 1) rmSync('filler' + n, { force: true });
await new Promise((resolve) => setTimeout(resolve, 1500));
const again = new Spool('.', 1_048_576, listener).first(100).map(({ report }) => Number(report.data.n));
console.log(JSON.stringify({ before, after: kept.length, numbers: numbers(), again, heard }));
process.exit(0);
`;

test.skipIf(!canMount)(
  'a disk that is full loses progress and no result, and takes results once there is room',
  () => {
    const { stdout, stderr } = onSmallDisk(testFolder(), SCRIPT);
    const { before, after, numbers, again, heard } = JSON.parse(stdout || `"${stderr}"`);
    const results = Array.from({ length: 40 }, (_, i) => i + 1);
    expect(before.kept).toBeLessThan(40);
    expect(before.numbers.filter((n: number) => results.includes(n))).toEqual(results);
    expect(before.numbers).not.toContain(41);
    expect(heard.full).toBeGreaterThan(0);
    expect(after).toBe(40);
    expect(numbers.filter((n: number) => results.includes(n))).toEqual(results);
    expect(again).toEqual(numbers);
  },
);
