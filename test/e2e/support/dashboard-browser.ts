import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, chromium, type Page, type Response } from 'playwright-core';

export type Theme = 'light' | 'dark';

/** A page of a browser of its own, which notes all that it loads and whatever goes wrong in it. */
export interface DashboardPage {
  readonly page: Page;
  readonly responses: readonly Response[];
  /** Errors of scripts, violations of the Content-Security-Policy, and what the page has written to the console as an error. */
  readonly faults: readonly string[];
  signIn(key: string): Promise<void>;
  go(path: string): Promise<void>;
  close(): Promise<void>;
}

export async function startBrowser(path: string): Promise<Browser> {
  // Its sandbox needs privileges that containers rarely give; it loads nothing here but the gateway's own page.
  return chromium.launch({ executablePath: path, args: ['--no-sandbox'] });
}

export async function openDashboard(
  browser: Browser,
  base: string,
  theme: Theme = 'light',
): Promise<DashboardPage> {
  const context = await browser.newContext({ colorScheme: theme, viewport: { width: 1_280, height: 900 } });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const responses: Response[] = [];
  const faults: string[] = [];
  page.on('response', (response) => void responses.push(response));
  page.on('pageerror', (error) => void faults.push(error.message));
  page.on('dialog', (dialog) => {
    faults.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('console', (message) => {
    // The browser says of each answer with an error that it was one.
    if (message.type() === 'error' && !/^Failed to load resource/.test(message.text()))
      faults.push(message.text());
  });
  await page.goto(`${base}/dashboard/`);
  return {
    page,
    responses,
    faults,
    async signIn(key) {
      await page.getByLabel('Key').fill(key);
      await page.getByRole('button', { name: 'Sign in' }).click();
    },
    async go(path) {
      await page.goto(`${base}/dashboard${path}`);
    },
    close: () => context.close(),
  };
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds serious or critical on the page as it is, each with the elements that it is about. */
export async function seriousViolations(page: Page): Promise<string[]> {
  // By the browser's own tools and not as a script of the page, whose policy lets none in.
  await page.evaluate(axeSource);
  const { violations, rules } = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(): Promise<Found> } };
    const { violations, passes } = await axe.run();
    return { violations, rules: passes.length };
  });
  if (rules < 5) throw new Error(`axe has looked at next to nothing: ${rules} rules`);
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
}

interface Found {
  readonly violations: readonly Violation[];
  readonly passes: readonly unknown[];
}

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string }[];
}
