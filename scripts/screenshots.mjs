// Takes the pictures of docs/dashboard.md: starts a stack, gives it 100,000 tasks and a steady load, and looks at the
// dashboard with a Chromium.
//
//   npm run screenshots [-- folder]       default: docs/dashboard; needs a Chromium on PATH
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { endWithNpm } from './end-with-npm.mjs';
import { ensureBuilt } from './ensure-built.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = resolve(process.argv[2] ?? join(root, 'docs', 'dashboard'));

const PARKED = 100_000;
/** Registrations under way at a time. */
const AT_ONCE = 500;
/** How long the load runs before the first picture, s: the charts show five minutes. */
const WARM_S = 150;

const DESKTOP = { width: 1_280, height: 860 };
const PHONE = { width: 390, height: 780 };
const PICTURES = [
  { name: 'now-light', path: '/', size: DESKTOP, theme: 'light' },
  { name: 'task-light', path: 'task', size: DESKTOP, theme: 'light' },
  { name: 'dead-letters-dark', path: '/dead-letters', size: DESKTOP, theme: 'dark' },
  { name: 'schedules-light', path: '/schedules', size: DESKTOP, theme: 'light' },
  { name: 'now-phone', path: '/', size: PHONE, theme: 'light' },
];

endWithNpm();
await ensureBuilt();
const { startStack } = await import('../packages/testkit/dist/index.js');
const { createClientDirectory } = await import('../packages/redis/dist/index.js');
const { connect, openSession } = await import('../packages/client/dist/index.js');

const stack = await startStack({
  counts: { worker: 2 },
  env: { gateway: { BOOMERANG_CLIENT_REGISTRATIONS_PER_SECOND: '1000000' } },
});
const receiver = await startReceiver();
try {
  const clients = createClientDirectory(stack.redis.redis, stack.keyPepper);
  const permissions = ['register', 'read', 'manage', 'execute', 'admin'];
  const key = await clients.addKey('test', { permissions });
  const base = `http://127.0.0.1:${stack.httpPorts.gateway[0]}`;
  const sessionWith = async (callback, retry) =>
    openSession(await connect({ port: stack.tcpPorts[0] }), {
      token: key,
      callback,
      ...(retry && { retry }),
    });
  const good = await sessionWith({ protocol: 'HTTP', endpoint: `${receiver.url}/hook` });
  const bad = await sessionWith(
    { protocol: 'HTTP', endpoint: `${receiver.url}/billing` },
    { maxAttempts: 2, strategy: 'FIXED', intervalMs: 1_000, maxIntervalMs: 60_000 },
  );
  await park(good);
  await addSchedules(base, key);
  const shown = await register(base, key, {
    delay: '1s',
    callback: { url: `${receiver.url}/flaky` },
    json: { order: 4711, remind: 'customer' },
    retry: { maxAttempts: 8, interval: '20s' },
  });
  const load = startLoad(good, bad);
  await sleep(WARM_S * 1_000);
  await takePictures(base, key, shown);
  clearInterval(load);
} finally {
  receiver.close();
  await stack.stop().catch((error) => console.error(error.message));
}
process.exit(0);

async function startReceiver() {
  let asked = 0;
  const server = createServer((request, response) => {
    request.resume();
    const refused =
      request.url === '/billing' || (request.url === '/flaky' && asked++ < 3) || Math.random() < 0.01;
    setTimeout(() => response.writeHead(refused ? 503 : 200).end(), 2 + Math.random() * 15);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Tasks that wait, most of them soon. */
async function park(session) {
  for (let done = 0; done < PARKED; done += AT_ONCE) {
    const delays = Array.from({ length: AT_ONCE }, () => 120_000 + Math.random() ** 3 * 7 * 86_400_000);
    await Promise.all(delays.map((ms, i) => session.setTimeout(order(done + i), Math.round(ms))));
  }
}

function order(number) {
  return JSON.stringify({ order: 400_000 + number, remind: 'customer' });
}

/** One that is not answered in time is told and left: the load goes on. */
function add(session, ms) {
  session
    .setTimeout(order(Math.floor(Math.random() * 1_000)), Math.round(ms))
    .catch(({ message }) => console.error(message));
}

function startLoad(good, bad) {
  return setInterval(() => {
    const wave = 14 + Math.round(9 * Math.sin(Date.now() / 14_000) + Math.random() * 4);
    for (let i = 0; i < wave; i++) add(good, 200 + Math.random() * 5_000);
    if (Math.random() < 0.05) add(bad, 500);
  }, 100);
}

async function addSchedules(base, key) {
  const callback = { url: `${receiver.url}/reports` };
  for (const cron of [
    '0 9 * * mon-fri',
    '*/15 8-18 * * *',
    '0 */2 * * *',
    '30 3 * * *',
    '0 0 * * *',
    '5,35 * * * *',
  ]) {
    await register(base, key, { cron, timeZone: 'Europe/Berlin', callback, json: { report: cron } });
  }
  for (const repeatInterval of ['10m', '45m', '6h'])
    await register(base, key, { repeatInterval, callback, text: 'tick' });
}

async function register(base, key, json) {
  const response = await fetch(`${base}/v1/tasks`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(json),
  });
  if (response.status !== 201) throw new Error(`a registration was answered with ${await response.text()}`);
  return (await response.json()).id;
}

async function takePictures(base, key, task) {
  mkdirSync(folder, { recursive: true });
  const executablePath = execFileSync('which', ['chromium'], { encoding: 'utf8' }).trim();
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  for (const { name, path, size, theme } of PICTURES) {
    const page = await browser.newPage({
      viewport: size,
      colorScheme: theme,
      locale: 'en-GB',
      deviceScaleFactor: 1,
    });
    await page.goto(`${base}/dashboard${path === 'task' ? `/tasks/${task}` : path}`);
    await page.getByLabel('Key').fill(key);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.locator('main :is(table, .chart, .task)').first().waitFor();
    await sleep(3_000);
    await page.screenshot({ path: join(folder, `${name}.png`) });
    await page.close();
    console.log(`${name}.png`);
  }
  await browser.close();
}
