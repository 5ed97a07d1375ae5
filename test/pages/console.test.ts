import type { Browser, BrowserContext, Page } from 'playwright-core';
import { browserTest, openBrowser } from '../support/browser.ts';
import { codeOf, examine, openPage, PASSWORD, type PagesExchange, startPages } from '../support/pages.ts';

interface AtConsole {
  readonly page: Page;
  readonly wrong: string[];
}

/** Signs an operator in for the first time: he sets up an authenticator and adds a passkey. */
async function openConsole(
  context: BrowserContext,
  { origin }: PagesExchange,
  email: string,
): Promise<AtConsole> {
  const at = await openPage(context, origin);
  const { page } = at;
  await page.goto(`${origin}/console`);
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByLabel('Your password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Go on' }).click();
  const secret = await page.locator('p.mono').innerText();
  await page.getByLabel('The code that it shows').fill(codeOf(secret));
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByRole('button', { name: 'I have kept them' }).click();
  await page.getByRole('button', { name: 'Add passkey' }).click();
  await page.getByLabel('Name, for yourself').fill('a key');
  await page.getByLabel('Your password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Add a passkey' }).click();
  await page.getByText('The passkey is added.').waitFor();
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  return at;
}

async function askFor(
  { server }: PagesExchange,
  who: { readonly userId: number; readonly accountId: number },
  amount: string,
): Promise<string> {
  const { withdrawals } = server.exchange;
  const asked = await withdrawals.request({
    ...who,
    asset: 'USDT',
    amount,
    fee: '2',
    network: 'simulated',
    address: 'sim10123456789abcdef0123456789abcdef00000000',
    clientWithdrawalId: null,
    unitValue: '1',
    flags: ['new_address', 'new_account'],
  });
  if (!asked.ok) throw new Error(asked.refusal.code);
  await withdrawals.confirm(asked.value.withdrawal.withdrawalNo, 0);
  return String(asked.value.withdrawal.withdrawalNo);
}

browserTest(
  'two operators approve a withdrawal by passkey, live, with the keyboard; another is rejected',
  async (t) => {
    const exchange = await startPages(t);
    const customer = await exchange.person('carol@example.com', 'customer', { USDT: '100000' });
    await exchange.person('tess@example.com', 'treasurer');
    await exchange.person('rick@example.com', 'risk');
    const first = await openBrowser(t);
    const second = await (first.browser() as Browser).newContext();
    const tess = await openConsole(first, exchange, 'tess@example.com');
    const rick = await openConsole(second, exchange, 'rick@example.com');

    await askFor(exchange, customer, '2500');
    // The first column of the list comes by itself: nobody reloads.
    await tess.page.getByRole('button', { name: '2,500 USDT' }).waitFor();
    await tess.page.keyboard.press('j');
    await tess.page.keyboard.press('Enter');
    await tess.page.getByText('0 of 2').last().waitFor();
    await tess.page.getByText('first withdrawal to this address; account younger than a week').waitFor();
    await rick.page.getByRole('button', { name: '2,500 USDT' }).click();
    await examine(t, tess.page, 'console-withdrawal');
    await tess.page.keyboard.press('a');
    await tess.page.getByText('Your approval counts; others are missing.').waitFor();
    await tess.page.getByText('You have approved it.').waitFor();
    await rick.page.getByText('tess@example.com (treasurer)').first().waitFor();
    await rick.page.getByRole('button', { name: /^Approve with passkey/ }).click();
    await rick.page.getByText('It is approved, and goes on its way.').waitFor();
    await tess.page.getByText('approved, and that was enough by rick@example.com').waitFor();

    await askFor(exchange, customer, '3000');
    await rick.page.getByRole('button', { name: '3,000 USDT' }).click();
    await rick.page.getByRole('button', { name: /^Reject/ }).click();
    await rick.page.getByLabel('Why').fill('not the owner’s address');
    await rick.page.getByRole('button', { name: 'Reject with passkey' }).click();
    await rick.page.getByText('It is rejected.').waitFor();
    await rick.page.getByText('not the owner’s address').first().waitFor();

    for (const [key, name] of [
      ['2', 'markets'],
      ['3', 'users'],
      ['4', 'reconciliation'],
      ['5', 'health'],
    ] as const) {
      await tess.page.keyboard.press('Escape');
      await tess.page.keyboard.press(key);
      await tess.page.getByRole('heading', { level: 1 }).waitFor();
      await tess.page.waitForTimeout(300);
      await examine(t, tess.page, `console-${name}`);
    }
    t.deepEqual([...tess.wrong, ...rick.wrong], []);
  },
);
