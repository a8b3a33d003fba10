import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createClientDirectory } from '@boomerang/redis';
import { startStack, type TestStack, waitFor } from '@boomerang/testkit';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type DashboardPage,
  openDashboard,
  seriousViolations,
  startBrowser,
  type Theme,
} from './support/dashboard-browser.js';
import { findChromium } from './support/find-chromium.js';

const ATTACK = '<img src=x onerror="alert(1)"><script>alert(2)</script>{{7*7}}';
const MOST_GZIP_BYTES = 60_000;

const found = await findChromium();
const why = 'missing' in found ? found.missing : '';
if (why !== '') console.warn(`the dashboard is not tested: ${why}`);

describe.skipIf(why !== '')('the dashboard', () => {
  let stack: TestStack;
  let browser: Browser;
  let receiver: Server;
  let base: string;
  let hook: string;
  let refusing = true;
  let open: DashboardPage;

  beforeAll(async () => {
    [stack, browser] = await Promise.all([startStack(), startBrowser('path' in found ? found.path : '')]);
    base = `http://127.0.0.1:${stack.httpPorts.gateway[0]}`;
    receiver = createServer((request, response) => {
      request.resume();
      response.writeHead(request.url === '/refusing' && refusing ? 410 : 200).end();
    }).listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    hook = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
    open = await openDashboard(browser, base);
  });
  afterAll(async () => {
    await browser?.close();
    receiver?.close();
    await stack?.stop();
  });

  /** Registers a task; its id. */
  async function register(json: object, key = stack.token): Promise<string> {
    const response = await fetch(`${base}/v1/tasks`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ callback: { url: `${hook}/` }, ...json }),
    });
    expect(response.status).toBe(201);
    return ((await response.json()) as { readonly id: string }).id;
  }

  test('refuses a wrong key and says so, and lets in who shows a good one', async () => {
    const { page, signIn } = open;
    await signIn('bmr_no_such_key');
    await page.getByRole('alert').getByText('This key is unknown, wrong or revoked.').waitFor();
    await signIn(stack.token);
    await page.getByText('All is well').waitFor();
    const cookies = await page.context().cookies();
    expect(cookies).toMatchObject([{ httpOnly: true, sameSite: 'Strict' }]);
    expect(JSON.stringify(cookies)).not.toContain(stack.token);
    expect(await page.evaluate('document.cookie')).toBe('');
  });

  test('weighs little, loads all of it from the gateway, and breaks no rule of its policy', async () => {
    const { page, responses, faults } = open;
    await page.getByRole('region', { name: 'What falls due' }).waitFor();
    const hosts = new Set(responses.map((response) => new URL(response.url()).origin));
    expect([...hosts]).toEqual([base]);
    const files = responses.filter((response) => /\.(js|css|svg)$|\/dashboard\/$/.test(response.url()));
    const sizes = await Promise.all(files.map((file) => file.request().sizes()));
    const bytes = sizes.reduce((sum, { responseBodySize }) => sum + responseBodySize, 0);
    expect(files.length).toBeGreaterThanOrEqual(4);
    expect(bytes).toBeGreaterThan(10_000);
    expect(bytes).toBeLessThanOrEqual(MOST_GZIP_BYTES);
    expect(faults).toEqual([]);
  });

  test('shows a task go out and come back without being loaded again', async () => {
    const { page, go } = open;
    await go('/tasks');
    await page.getByText('No task is waiting').waitFor();
    const id = await register({ delay: '5s' });
    await page.getByRole('link', { name: id }).click();
    const story = page.getByRole('region', { name: 'Story' });
    await story.getByText('Registered').waitFor();
    await story.getByText('Ended: delivered').waitFor();
    await story.getByText('Attempt 1').waitFor();
  });

  test('cancels a task after a question', async () => {
    const { page, go } = open;
    const id = await register({ delay: '1h' });
    await go(`/tasks/${id}`);
    await page.getByRole('button', { name: 'Cancel task' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Keep' }).click();
    await page.getByRole('button', { name: 'Cancel task' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel task' }).click();
    await page.getByText('Ended: cancelled').waitFor();
    expect(await page.getByRole('button', { name: 'Cancel task' }).count()).toBe(0);
  });

  test('reschedules, pauses, resumes and fires a task', async () => {
    const { page, go } = open;
    const id = await register({ delay: '1h' });
    const button = (name: string) => page.getByRole('button', { name, exact: true });
    const confirm = (name: string) =>
      page.getByRole('dialog').getByRole('button', { name, exact: true }).click();
    await go(`/tasks/${id}`);
    await button('Reschedule').click();
    await confirm('in 1d');
    await page
      .getByText(/in (1 d|23 h)/)
      .first()
      .waitFor();
    await button('Pause').click();
    await confirm('Pause');
    await page.getByText('It is paused, and goes on once it is resumed').waitFor();
    await button('Resume').click();
    await confirm('Resume');
    await page.getByText('It is not due yet.').waitFor();
    await button('Fire now').click();
    await confirm('Fire now');
    await page.getByText('Ended: delivered').waitFor();
  });

  test('shows attack strings as the text that they are', async () => {
    const { page, go, faults } = open;
    const id = await register({ delay: '1h', text: ATTACK, tags: ['<b>x</b>'] });
    await go('/tasks');
    await page.getByText(ATTACK).first().waitFor();
    await page.getByRole('link', { name: id }).click();
    await page.getByRole('region', { name: 'Payload' }).getByText(ATTACK).waitFor();
    await go(`/tasks/${encodeURIComponent(ATTACK)}`);
    await page.getByText('There is no such task of your client').waitFor();
    expect(await page.locator('main script, main img').count()).toBe(0);
    expect(faults).toEqual([]);
  });

  test('gives who may only read no button that changes anything', async () => {
    const clients = createClientDirectory(stack.redis.redis, stack.keyPepper);
    const reader = await openDashboard(browser, base);
    await reader.signIn(await clients.addKey('test', { permissions: ['read'] }));
    const id = await register({ delay: '1h' });
    await reader.page.getByRole('heading', { name: 'What falls due' }).waitFor();
    await reader.go(`/tasks/${id}`);
    await reader.page.getByText('It is not due yet.').waitFor();
    expect(await reader.page.getByRole('button', { name: 'Cancel task' }).count()).toBe(0);
    await reader.close();
  });

  test('does not find another client’s task', async () => {
    const { page, go } = open;
    const id = await register(
      { delay: '1h', text: 'secret of the rival' },
      await stack.createClient('rival'),
    );
    await go(`/tasks/${id}`);
    await page.getByText('There is no such task of your client').waitFor();
    expect(await page.getByText('secret of the rival').count()).toBe(0);
  });

  test('replays a dead letter', async () => {
    const { page, go } = open;
    await register({ delay: 0, callback: { url: `${hook}/refusing` }, text: 'to be replayed' });
    await go('/dead-letters');
    await page.getByRole('region', { name: `rejected at ${hook}/refusing`, exact: true }).waitFor();
    await page.getByRole('button', { name: /^[0-9a-f-]{36}$/ }).click();
    await page.getByRole('dialog').getByText('to be replayed').waitFor();
    refusing = false;
    await page.getByRole('dialog').getByRole('button', { name: 'Replay' }).click();
    await page.getByText('1 of 1 replayed').waitFor();
    await page.getByText('No dead letters').waitFor();
  });

  test('is worked by keys alone', async () => {
    const { page, go } = open;
    await go('/');
    await page.getByRole('heading', { name: 'What falls due' }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('t');
    await page.locator('tr[data-row]').first().waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.getByRole('region', { name: 'Story' }).waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').fill('dead');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Dead letters' }).waitFor();
  });

  test.each<Theme>(['light', 'dark'])('has nothing that axe finds serious on any page, %s', async (theme) => {
    refusing = true;
    await register({ delay: 0, callback: { url: `${hook}/refusing` } });
    const id = await register({ delay: '1h', json: { a: 1 } });
    const other = await openDashboard(browser, base, theme);
    const found: Record<string, string[]> = { 'sign in': await seriousViolations(other.page) };
    await other.signIn(stack.token);
    await other.page.getByRole('heading', { name: 'What falls due' }).waitFor();
    for (const path of ['/', '/tasks', `/tasks/${id}`, '/dead-letters', '/nowhere']) {
      await other.go(path);
      await other.page.locator('main :is(table, .chart, .task, .empty)').first().waitFor();
      found[path] = await seriousViolations(other.page);
    }
    await other.page.keyboard.press('Control+k');
    found.palette = await seriousViolations(other.page);
    expect(
      Object.fromEntries(Object.entries(found).filter(([, violations]) => violations.length > 0)),
    ).toEqual({});
    expect(other.faults).toEqual([]);
    await other.close();
  });

  test('says when the gateway goes away, and goes on when it is back', async () => {
    const { page, go, responses } = open;
    await go('/');
    await page.getByText('Everything due goes out, on time.').or(page.getByText('needs attention')).waitFor();
    await stack.processes.gateway[0]?.kill();
    await page.getByText('The gateway does not answer').waitFor();
    const before = responses.length;
    await stack.processes.gateway[0]?.restart();
    await waitFor(async () => (await page.getByText('The gateway does not answer').count()) === 0, {
      message: 'the page to go on',
    });
    const loaded = responses.slice(before).filter((response) => response.url().endsWith('.js'));
    expect(loaded).toEqual([]);
  });
});
