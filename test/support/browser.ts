import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import test, { type ExecutionContext, type ImplementationFn } from 'ava';
import { type BrowserContext, chromium } from 'playwright-core';

/** What a desktop's browser does by itself and a test has no use for. */
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** @throws when there is none, with what to do about it */
function findChromium(): string {
  const { CHROMIUM, PATH = '' } = process.env;
  const folders = [...PATH.split(delimiter).filter((folder) => folder !== ''), '/usr/bin'];
  const candidates =
    CHROMIUM === undefined || CHROMIUM === ''
      ? NAMES.flatMap((name) => folders.map((folder) => join(folder, name)))
      : [CHROMIUM];
  const found = candidates.find(isExecutable);
  if (found !== undefined) return found;
  const where = CHROMIUM === undefined || CHROMIUM === '' ? NAMES.join(', ') : `CHROMIUM=${CHROMIUM}`;
  throw new Error(
    `This test needs Chromium (looked for ${where}). Install it (Debian: apt-get install chromium), name it in CHROMIUM, or set BROWSER_TESTS=off to leave tests in a browser out.`,
  );
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A test in a real browser. With BROWSER_TESTS=off it is shown as skipped; without a browser it fails. */
export function browserTest(title: string, run: ImplementationFn<[]>): void {
  if (process.env['BROWSER_TESTS'] === 'off') test.skip(`${title} (BROWSER_TESTS=off)`, run);
  else test(title, run);
}

/** A new profile in a browser of the test's own; closed at the test's end. */
export async function openBrowser(t: Pick<ExecutionContext, 'teardown'>): Promise<BrowserContext> {
  const browser = await chromium.launch({ executablePath: findChromium(), args: FLAGS });
  t.teardown(() => browser.close());
  return browser.newContext();
}
