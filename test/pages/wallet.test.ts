import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { sql } from 'slonik';
import { simulatedAddress } from '../../src/custody/simulated/simulated-address.ts';
import { publishLiabilities } from '../../src/liabilities/publish.ts';
import { type RealProvider, startRealProvider } from '../http/oidc/real-provider.ts';
import { browserTest, openBrowser } from '../support/browser.ts';
import { simulatedChain } from '../support/custody.ts';
import { createDataDirectory } from '../support/database.ts';
import { codeOf, examine, openPage, PASSWORD, startPages } from '../support/pages.ts';

const VERIFIER = fileURLToPath(new URL('../../ops/verify-liability.mjs', import.meta.url));
const OUTSIDE = simulatedAddress('somebody else', 1);

async function signIn(page: Page, origin: string, email: string): Promise<void> {
  await page.goto(`${origin}/#/sign-in`);
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('button', { name: 'Sign out' }).first().waitFor();
}

browserTest('somebody secures the account: authenticator, passkey, API key, sessions', async (t) => {
  const exchange = await startPages(t);
  const { origin } = exchange;
  await exchange.person('ada@example.com');
  const { page, wrong } = await openPage(await openBrowser(t), origin);
  await signIn(page, origin, 'ada@example.com');
  await page.getByRole('link', { name: 'Account' }).click();
  await page.getByText('Add a second factor').waitFor();

  await page.getByRole('button', { name: 'Set up an authenticator app' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Your password').fill('not the password');
  await dialog.getByRole('button', { name: 'Go on' }).click();
  await dialog.locator('.wrong').waitFor();
  await dialog.getByLabel('Your password').fill(PASSWORD);
  await dialog.getByRole('button', { name: 'Go on' }).click();
  await dialog.getByRole('img', { name: 'The secret as a QR code' }).waitFor();
  const secret = await dialog.locator('p.mono').innerText();
  await dialog.getByLabel('The code that it shows').fill(codeOf(secret));
  await dialog.getByRole('button', { name: 'Go on' }).click();
  await dialog.getByRole('button', { name: 'I have kept them' }).click();
  await page.getByText('10 recovery codes left.').waitFor();

  await page.getByRole('button', { name: 'Add passkey' }).click();
  await dialog.getByLabel('Name, for yourself').fill('laptop');
  await dialog.getByLabel('Your password').fill(PASSWORD);
  await dialog.getByRole('button', { name: 'Add a passkey' }).click();
  await page.getByRole('button', { name: 'Remove laptop' }).waitFor();

  await page.getByRole('button', { name: 'Replace recovery codes' }).click();
  await dialog.getByRole('button', { name: 'With a passkey' }).click();
  t.is((await dialog.locator('pre').innerText()).split('\n').length, 10);
  await dialog.getByRole('button', { name: 'I have kept them' }).click();

  await page.getByRole('button', { name: 'New key' }).click();
  await dialog.getByLabel('Name, for yourself').fill('grid');
  await dialog.getByLabel('Place, change and cancel orders').check();
  await dialog.getByLabel('Networks it may be used from').fill('everywhere');
  await dialog.getByLabel('Your password').fill(PASSWORD);
  await dialog.getByRole('button', { name: 'Make the key' }).click();
  await dialog.getByText('Must be a network').first().waitFor();
  await dialog.getByLabel('Networks it may be used from').fill('192.0.2.0/24');
  await dialog.getByRole('button', { name: 'Make the key' }).click();
  await dialog.getByText('Keep the secret now').waitFor();
  t.is((await dialog.locator('.mono').nth(1).innerText()).length, 44);
  await dialog.getByRole('button', { name: 'Done' }).click();
  await page.getByText('from 192.0.2.0/24').waitFor();
  await page.getByText('nothing is withdrawn until').waitFor();
  await examine(t, page, 'trading-account');
  await page.getByRole('button', { name: 'Revoke grid' }).click();
  await page.getByText('The key is revoked.').waitFor();

  // Somebody else is signed in: his session is seen, and ended.
  const other = await openPage(await openBrowser(t), origin);
  await other.page.goto(`${origin}/#/sign-in`);
  await other.page.getByLabel('E-mail').fill('ada@example.com');
  await other.page.getByLabel('Password').fill(PASSWORD);
  await other.page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await other.page.getByLabel('Code of your authenticator').fill(codeOf(secret, 1));
  await other.page.getByRole('button', { name: 'Go on' }).click();
  await other.page.getByRole('button', { name: 'Sign out' }).waitFor();
  await page.reload();
  await page.getByRole('button', { name: 'End all others' }).click();
  await page.getByText('All other sessions are over.').waitFor();
  await other.page.getByRole('link', { name: 'Sign in', exact: true }).waitFor();

  await page.getByRole('button', { name: 'Sign out' }).click();
  // Nobody is signed in, and the account asks who comes.
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
  t.deepEqual([...wrong, ...other.wrong], []);
});

browserTest('a deposit arrives, and is withdrawn again with a passkey, live', async (t) => {
  const exchange = await startPages(t);
  const { origin, pool } = exchange;
  const chain = simulatedChain(exchange);
  await exchange.person('ada@example.com', 'customer', { USDT: '500' });
  const { page, wrong } = await openPage(await openBrowser(t), origin);
  await signIn(page, origin, 'ada@example.com');
  await page.getByRole('link', { name: 'Wallet' }).click();
  const dialog = page.getByRole('dialog');

  await page.getByRole('button', { name: 'Withdraw USDT' }).click();
  await dialog.getByText('A withdrawal takes a second factor').waitFor();
  await dialog.getByRole('link', { name: 'Set one up' }).click();
  await page.getByRole('button', { name: 'Add passkey' }).click();
  await dialog.getByLabel('Name, for yourself').fill('laptop');
  await dialog.getByLabel('Your password').fill(PASSWORD);
  await dialog.getByRole('button', { name: 'Add a passkey' }).click();
  await dialog.getByRole('button', { name: 'I have kept them' }).click();
  await page.getByRole('link', { name: 'Wallet' }).click();

  await page.getByRole('button', { name: 'Deposit USDT' }).click();
  await dialog.getByRole('img', { name: 'Address for USDT as a QR code' }).waitFor();
  const address = await dialog.locator('.mono').innerText();
  await examine(t, page, 'trading-deposit');
  await dialog.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('tab', { name: 'Deposits' }).click();
  await chain.payFromOutside({ asset: 'USDT', address, amountMinor: 25_000_000_000n });
  await page.getByRole('cell', { name: /^pending/ }).waitFor();
  await page.getByRole('cell', { name: 'credited' }).waitFor();
  await page.getByRole('row', { name: /^USDT 750 / }).waitFor();

  // A new factor holds withdrawals for a day, which the test does not wait out.
  await pool.query(sql.unsafe`update withdrawal_holds set until_ms = begins_at_ms`);
  await page.getByRole('button', { name: 'Withdraw USDT' }).click();
  await dialog.getByLabel('Address').fill('nowhere');
  await dialog.getByLabel('Amount that arrives').fill('1000');
  await dialog.getByText(/^At most 7/).waitFor();
  await dialog.getByLabel('Amount that arrives').fill('100');
  await dialog.getByRole('button', { name: 'Go on' }).click();
  await dialog.locator('.wrong').waitFor();
  t.is(await dialog.getByLabel('Address').getAttribute('aria-invalid'), 'true');
  await dialog.getByLabel('Address').fill(OUTSIDE);
  await examine(t, page, 'trading-withdraw');
  await dialog.getByRole('button', { name: 'Go on' }).click();
  await dialog.getByText('Look at the address once more').waitFor();
  await dialog.getByRole('button', { name: 'Close' }).click();
  // It waits in the list, and its funds are held.
  await page.getByRole('tab', { name: 'Withdrawals' }).click();
  await page.getByRole('button', { name: /^Confirm withdrawal/ }).click();
  await dialog.getByRole('button', { name: 'Confirm with a passkey' }).click();
  await page.getByText('Your withdrawal is confirmed.').waitFor();
  await page.getByRole('cell', { name: 'paid' }).waitFor();
  await examine(t, page, 'trading-wallet');

  await page.getByRole('tab', { name: 'Address book' }).click();
  await page.getByRole('button', { name: 'Add address' }).click();
  await dialog.getByLabel('Name, for yourself').fill('cold wallet');
  await dialog.getByLabel('Address', { exact: true }).fill('nowhere');
  await dialog.getByRole('button', { name: 'With a passkey' }).click();
  await dialog.getByText('This is not an address').waitFor();
  await dialog.getByLabel('Address', { exact: true }).fill(OUTSIDE);
  await dialog.getByRole('button', { name: 'With a passkey' }).click();
  await page.getByText('The address is listed.').waitFor();
  await page.getByRole('button', { name: 'Allow these only' }).click();
  await dialog.getByRole('button', { name: 'With a passkey' }).click();
  await page.getByText('Withdrawals go to these addresses only.').waitFor();
  await page.getByRole('button', { name: 'Withdraw USDT' }).click();
  await dialog.getByLabel('Address', { exact: true }).fill(simulatedAddress('somebody else', 2));
  await dialog.getByLabel('Amount that arrives').fill('20');
  await dialog.getByRole('button', { name: 'Go on' }).click();
  await dialog.locator('.wrong').waitFor();
  await dialog.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('button', { name: 'Remove cold wallet' }).click();
  await page.getByText('No address is listed.').waitFor();

  await page.getByRole('button', { name: 'Download my proof' }).click();
  await page.getByText('You owned nothing when the newest tree was made, or none was.').waitFor();
  await publishLiabilities(pool, Date.now());
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download my proof' }).click(),
  ]);
  const root = join(await createDataDirectory(t), 'root.json');
  await writeFile(root, await (await fetch(`${origin}/v1/liabilities`)).text());
  // Throws unless the verifier finds that the proof is right.
  const { stdout } = await promisify(execFile)(process.execPath, [VERIFIER, await download.path(), root]);
  t.regex(stdout, /648/);
  t.deepEqual(wrong, []);
});

browserTest('somebody links an OpenID provider in the account, then signs in with it', async (t) => {
  let provider: RealProvider | undefined;
  const exchange = await startPages(t, async (at) => {
    provider = await startRealProvider(t, 'real', { callback: `${at}/sign-in/callback` });
    return { oidcProviders: [provider.config] };
  });
  const { origin } = exchange;
  await exchange.person('ada@example.com');
  const { page, wrong } = await openPage(await openBrowser(t), origin);
  const visitor = { sub: 'ada', email: 'ada@example.com', email_verified: true };
  // The provider is real; its cookies are kept by the test.
  await page.route(`${provider!.config.issuer}/**`, async (route) => {
    const query = await provider!.visit(route.request().url(), visitor);
    await route.fulfill({ status: 302, headers: { location: `${origin}/sign-in/callback${query}` } });
  });
  await page.goto(`${origin}/#/sign-in`);
  await page.getByRole('button', { name: 'Sign in with The provider real' }).click();
  await page.getByText('then link the provider in your account').waitFor();

  await signIn(page, origin, 'ada@example.com');
  await page.getByRole('link', { name: 'Account' }).click();
  await page.getByRole('button', { name: 'Link The provider real' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Your password').fill('not the password');
  await dialog.getByRole('button', { name: 'Go to The provider real' }).click();
  await dialog.locator('.wrong').waitFor();
  await dialog.getByLabel('Your password').fill(PASSWORD);
  await dialog.getByRole('button', { name: 'Go to The provider real' }).click();
  await page.getByRole('button', { name: 'Unlink The provider real' }).waitFor();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Sign in with The provider real' }).click();
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
  t.deepEqual(
    wrong.filter((text) => text !== `asked ${provider!.config.issuer}`),
    [],
  );
});
