import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { ExecutionContext } from 'ava';
import { TOTP } from 'otpauth';
import type { BrowserContext, Page } from 'playwright-core';
import type { Config } from '../../src/config.ts';
import type { Role } from '../../src/domain/roles.ts';
import { createPasswordHasher } from '../../src/http/auth/passwords.ts';
import { createUser } from '../../src/http/auth/sign-in.ts';
import { startTestExchange, type TestExchange } from './running-exchange.ts';
import { confirmAddress } from './traders.ts';

export const PASSWORD = 'correct horse battery';
const BUILT = fileURLToPath(new URL('../../dist/pages/index.html', import.meta.url));
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export interface PagesExchange extends TestExchange {
  /** The origin at which browsers reach it: passkeys are bound to it. */
  readonly origin: string;
  /** Somebody who has confirmed his address and owns these amounts. */
  person(
    email: string,
    role?: Role,
    funds?: Readonly<Record<string, string>>,
  ): Promise<{ userId: number; accountId: number }>;
}

/**
 * A whole exchange on the simulated network, with the pages as `npm run build:pages` left them.
 * @param changeFor what is set otherwise, once the origin is known
 */
export async function startPages(
  t: ExecutionContext,
  changeFor: (origin: string) => Promise<Partial<Config>> = async () => ({}),
): Promise<PagesExchange> {
  if (!existsSync(BUILT)) throw new Error('The pages are not built: npm run build:pages');
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const started = await startTestExchange(t, {
    port,
    publicUrl: origin,
    custody: { simulatedSecret: 'a secret of the simulated network' },
    ...(await changeFor(origin)),
  });
  const passwords = createPasswordHasher();
  return {
    ...started,
    origin,
    async person(email, role = 'customer', funds = {}) {
      const user = await createUser(
        started.pool,
        passwords,
        { email, password: PASSWORD, role },
        { type: 'command_line' },
        Date.now(),
      );
      if (typeof user === 'string') throw new Error(user);
      await confirmAddress(started.pool, email);
      const { id: userId, accountId } = user;
      for (const [asset, amount] of Object.entries(funds)) {
        const credited = await started.server.exchange.credit({ accountId, asset, amount });
        if (!credited.ok) throw new Error(credited.refusal.code);
      }
      return { userId, accountId };
    },
  };
}

/** A page in a browser profile of its own with an authenticator built in; what goes wrong in it is gathered. */
export async function openPage(
  context: BrowserContext,
  origin: string,
): Promise<{ readonly page: Page; readonly wrong: string[] }> {
  const page = await context.newPage();
  const wrong: string[] = [];
  page.on('console', (message) => {
    // A refusal is an answer: the browser reports each.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      wrong.push(message.text());
  });
  page.on('pageerror', (error) => wrong.push(String(error)));
  page.on('request', (request) => {
    const url = new URL(request.url());
    const isOurs = url.origin === origin || url.protocol === 'data:' || url.protocol === 'blob:';
    if (!isOurs) wrong.push(`asked ${url.origin}`);
  });
  const devtools = await context.newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return { page, wrong };
}

/** The code that an authenticator with this secret shows now, or some steps of 30 s from now. */
export function codeOf(secret: string, steps = 0): string {
  return new TOTP({ secret }).generate({ timestamp: Date.now() + steps * 30_000 });
}

/** What axe finds that is serious or worse, for each finding the rule and where. */
export async function seriousFindings(page: Page): Promise<readonly string[]> {
  await page.evaluate(AXE);
  const found = (await page.evaluate('axe.run(document, { resultTypes: ["violations"] })')) as {
    readonly violations: readonly {
      readonly id: string;
      readonly impact: string;
      readonly nodes: readonly { readonly target: readonly string[] }[];
    }[];
  };
  return found.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, nodes }) =>
        `${id}: ${nodes
          .map(({ target }) => target.join(' '))
          .slice(0, 3)
          .join(', ')}`,
    );
}

/**
 * Holds a page as it is to what every page keeps, in light and dark, wide and narrow: axe finds nothing serious, nothing scrolls
 * sideways. With SCREENSHOTS it leaves a picture of each there.
 */
export async function examine(t: ExecutionContext, page: Page, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [1440, 390]) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      t.deepEqual(await seriousFindings(page), [], `${name}, ${colorScheme}, ${width} wide`);
      const overflow = await page.evaluate(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
      t.true((overflow as number) <= 0, `${name} does not scroll sideways at ${width}`);
      const folder = process.env['SCREENSHOTS'];
      if (folder !== undefined)
        await page.screenshot({
          path: `${folder}/${name}-${colorScheme}-${width}.png`,
          fullPage: width < 500,
        });
    }
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 1440, height: 900 });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { readonly port: number };
      server.close(() => resolve(port));
    });
  });
}
