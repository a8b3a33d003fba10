// Everything that tries to break what Boomerang promises, in full: each crash point under all circumstances, clocks, Redis
// in trouble, rolling restarts, the engine against its model, the TCP door under siege, and callbacks that are meant to
// lead inside. Continuous integration runs a part of it.
//
//   npm run chaos [-- arguments of vitest]      a path among them takes the place of all tests that are listed here
import { fileURLToPath } from 'node:url';

process.env.BOOMERANG_CHAOS = 'all';
const tests = [
  'test/chaos',
  'packages/redis/src/engine/engine-model',
  'test/e2e/silence',
  'test/e2e/dependencies',
  'test/e2e/crash',
  'packages/redis/src/connection/server-check',
  'packages/redis/src/connection/redis-address',
  'packages/runtime/src/progress',
  'services/gateway/src/operations',
  'services/gateway/src/memory-watch',
  'services/gateway/src/doors',
  'packages/protocol/src',
  'test/e2e/door',
  'packages/address-guard',
  'test/e2e/address-guard',
];
const startedAt = performance.now();
process.on('exit', () => {
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  console.log(`chaos: ${Math.floor(seconds / 60)} min ${seconds % 60} s`);
});
const [node, script, ...args] = process.argv;
const namesTests = args.some((argument) => argument.includes('/'));
process.argv = [node, script, ...(namesTests ? [] : tests), ...args];
await import(fileURLToPath(new URL('test.mjs', import.meta.url)));
